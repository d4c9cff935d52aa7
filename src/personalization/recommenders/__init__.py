"""Models that rank products, and their evaluation."""
