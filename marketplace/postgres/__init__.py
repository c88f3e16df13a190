"""Django's PostgreSQL, with what every page pays twice made cheaper: see `base`."""
