"""Official Gaia-X releases: loaded and pinned, previewed on the presentations kept, put in force, left again.

`books`: which release judges; `loading`: from a folder, an archive or an address to a row; `trials`: the
preview; `choosing`: what is in force.
"""
