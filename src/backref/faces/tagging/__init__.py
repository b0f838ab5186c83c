"""Tagged links: made, kept as placements, and recognised when they come back."""
