"""What the raw folder holds."""
