"""The ETag of an object is its row version; `If-Match` says which one was read."""

import re

from rest_framework.request import Request

from marketplace.errors import RuleBroken, VersionMissing, VersionStale

FORM = re.compile(r'^(?:W/)?"?(\d{1,10})"?$')


def etag_of(obj: object) -> str:
    """`"3"`; empty when the object has no version."""
    version = getattr(obj, "version", None)
    return f'"{version}"' if isinstance(version, int) else ""


def expected_version(request: Request, obj: object, *, required: bool) -> int | None:
    """The version named by If-Match, compared with `obj` now; the lock compares it again.

    None when the header is absent or `*`. Raises VersionMissing (428), VersionStale (412),
    RuleBroken (400) when it is not one of our ETags.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        if required:
            raise VersionMissing
        return None
    if header == "*":
        return None
    match = FORM.match(header)
    if match is None:
        message = '« If-Match » reprend l’en-tête « ETag » reçu, par exemple « "3" ».'
        raise RuleBroken("bad_if_match", message, field="If-Match")
    version = int(match[1])
    current = getattr(obj, "version", version)
    if version != current:
        raise VersionStale(current=current)
    return version
