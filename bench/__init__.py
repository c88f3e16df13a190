"""Benchmarks with their oracles. Nothing of the product imports this folder.

`make bench-web`: CPU time per request of the main pages on 10,000 invented offers, under production
settings, beside a bare WSGI « hello » on the same server; see `bench/web.py`.
"""
