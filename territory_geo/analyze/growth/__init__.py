"""Growth: what the next years need, and what a new market or a new rep changes today."""
