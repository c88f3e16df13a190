"""Reading an official Gaia-X release: its files, what they are, and the shapes put in a form quick to prune.

`reading` bounds and refuses archives; `content` says what each file is; `packing` keeps shapes. Pure, and
run in the child process (`qualification.gaiax.child`): every message of `BadRelease` is for a person.
"""


class BadRelease(ValueError):
    """The release is refused whole; the message says why, in French."""
