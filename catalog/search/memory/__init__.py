"""The index in memory: roaring bitmaps of slots, derived from the search rows by each web process.

`store` keeps what does not depend on the day, appended to and never rewritten; `clock` what does;
`orders` the sorted walks; `find` answers on a generation; `rows` reads PostgreSQL; `keeper` holds the
generation in force and brings it up to date; `file` keeps one on disk. docs/decisions tells why.
"""
