"""The seal, without database: a key pair, its private half split 2-of-3, secrets of holders, contexts.

What is promised and what is not: docs/decisions/0011-sealed-responses.md.
"""
