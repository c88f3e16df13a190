"""AIPD and homologation of a project, as their papers say: recorded, never decided here."""
