"""Codes of the checks that do nothing, as many as a whole dossier has (bench.pipeline)."""

EMPTY_CODES = tuple(f"bench_{number:02d}" for number in range(25))
