"""Consultations: written by the buyer, answered under seal, opened by two people after the deadline."""
