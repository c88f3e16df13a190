"""The process that judges an XML against a schema: limits first, then the work. Imports nothing of ours.

`schema_child.py SCHEMA.xsd`, the XML on its standard input; one JSON answer. A file made of faults alone
costs minutes and gigabytes to judge: the kernel stops this process, not the one that serves the pages.
"""

from __future__ import annotations

import json
import resource
import sys

SECONDS = 4
BYTES = 1 << 30
FAULTS_KEPT = 5


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def faults(content: bytes, schema: str) -> dict[str, object]:
    """`{"total": 0, "first": []}` of a valid document; else `[kind, path, message]` of the first faults."""
    from lxml import etree

    closed = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    judge = etree.XMLSchema(file=schema)
    judge.validate(etree.fromstring(content, closed))
    log = judge.error_log
    first = [(each.type_name, each.path or "", each.message) for each in log[:FAULTS_KEPT]]
    return {"total": len(log), "first": first}


if __name__ == "__main__":
    limit()
    json.dump(faults(sys.stdin.buffer.read(), sys.argv[1]), sys.stdout)
