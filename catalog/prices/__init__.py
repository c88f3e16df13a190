"""Prices that can be computed: components, tiers, dated changes, the cost of a usage, the cost of leaving.

Pure functions on frozen dataclasses; nothing here reads the database.
"""
