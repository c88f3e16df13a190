"""The process that parses what strangers send: limits first, then the work. Imports no Django.

Reads one JSON request on its standard input, writes one JSON answer. Killed by the kernel beyond its
processor time or address space, by its parent beyond its time on the clock.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import resource
import sys
from typing import Any

CREDENTIAL, RELEASE = "credential", "release"
# Seconds of processor, bytes of memory: a release is read once, by an operator who waits for it.
LIMITS = {CREDENTIAL: (10, 1 << 30), RELEASE: (120, 3 << 30)}


def limit(kind: str) -> None:
    seconds, memory = LIMITS[kind]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: dict[str, object]) -> dict[str, object]:
    """`{"needs": text}` → the DIDs and status lists it names; otherwise a verification and its report."""
    from qualification.gaiax import claims, envelope, revocation
    from qualification.gaiax.material import Material
    from qualification.gaiax.report import Findings
    from qualification.gaiax.verify import verify

    if "needs" in request:
        items = envelope.read(str(request["needs"]), Findings())
        lists = sorted(set(revocation.lists_named(items)))
        return {"dids": sorted(set(claims.dids_of(items))), "lists": lists}
    material = Material(**request["material"])  # type: ignore[arg-type]  # written by `sandbox` alone
    now = dt.datetime.fromisoformat(str(request["now"]))
    return verify(str(request["text"]), material, now=now).as_dict()


def read_release(request: dict[str, Any]) -> dict[str, Any]:
    """`{"archive": base64}` or `{"files": {path: base64}}` → `{"content": …}` or `{"refused": words}`."""
    from qualification.gaiax.release import BadRelease, content, reading

    try:
        if "archive" in request:
            files = reading.archive_files(base64.b64decode(request["archive"]))
        else:
            files = {name: base64.b64decode(text) for name, text in request["files"].items()}
        return {"content": content.content_of(files)}
    except BadRelease as refused:
        return {"refused": str(refused)}


if __name__ == "__main__":
    limit(kind := sys.argv[1])
    answered = answer if kind == CREDENTIAL else read_release
    json.dump(answered(json.load(sys.stdin)), sys.stdout)
