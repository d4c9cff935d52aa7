"""Provers: whole builds of real data, compared mart by mart."""
