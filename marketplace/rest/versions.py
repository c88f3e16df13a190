"""The ETag of an object is its row version; `If-Match` says which one was read."""

import re

from rest_framework.request import Request

from marketplace.errors import VersionMissing, VersionStale

FORM = re.compile(r'^(?:W/)?"?(\d{1,10})"?$')


def etag_of(obj: object) -> str:
    """`"3"`; empty when the object has no version."""
    version = getattr(obj, "version", None)
    return f'"{version}"' if isinstance(version, int) else ""


def expected_version(request: Request, obj: object, *, required: bool) -> int | None:
    """The version named by If-Match, compared with `obj` now; the lock compares it again.

    None when the header is absent, or `*` where no version is required: it names none. Raises
    VersionMissing (428), VersionStale (412) also on a tag we never gave.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        if required:
            raise VersionMissing
        return None
    match = FORM.match(header)
    version = int(match[1]) if match else None
    current = getattr(obj, "version", version)
    if version is None or version != current:
        raise VersionStale(current=current or 0, about=obj)
    return version
