"""Where an address is, and what covers it."""
