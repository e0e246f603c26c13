"""Fictitious tickets, blind spots and plans to try the product with."""
