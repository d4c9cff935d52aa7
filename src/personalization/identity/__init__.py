"""Identifiers, normalised and hashed."""
