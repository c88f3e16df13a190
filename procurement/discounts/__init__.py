"""Discounts that a purchasing vehicle gives on the public prices of the offers ordered under it."""
