"""Who earned an order: mathematics of the methods that learn from all journeys."""
