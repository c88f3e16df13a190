"""Supplier diversity (R15): told where one looks for offers, never where responses are judged."""
