"""The process that parses what strangers send: limits first, then the work. Imports no Django.

Reads one JSON request on its standard input, writes one JSON answer. Killed by the kernel beyond its
processor time or address space, by its parent beyond its time on the clock.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys

CPU_SECONDS = 10
MEMORY_BYTES = 1 << 30


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: dict[str, object]) -> dict[str, object]:
    """`{"needs": text}` → the DIDs and status lists it names; otherwise a verification and its report."""
    from qualification.gaiax import claims, envelope, revocation
    from qualification.gaiax.report import Findings
    from qualification.gaiax.verify import Material, verify

    if "needs" in request:
        items = envelope.read(str(request["needs"]), Findings())
        lists = sorted(set(revocation.lists_named(items)))
        return {"dids": sorted(set(claims.dids_of(items))), "lists": lists}
    material = Material(**request["material"])  # type: ignore[arg-type]  # written by `sandbox` alone
    now = dt.datetime.fromisoformat(str(request["now"]))
    return verify(str(request["text"]), material, now=now).as_dict()


if __name__ == "__main__":
    limit()
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
