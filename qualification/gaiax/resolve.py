"""The documents and chains that a verification needs, through the one safe fetcher. Network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from qualification.fetcher import FetchResult, Limits, fetch
from qualification.gaiax import bounds, did, sandbox
from qualification.gaiax.envelope import Malformed, strict_json

MOST_DOCUMENTS = 10
# All documents and chains of one verification together, in seconds.
BUDGET = 15.0
EACH = 5.0

Get = Callable[..., FetchResult]


def everything_for(text: str, *, documents: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `Material` takes of the network: DID documents (unless given), chains, status lists. A child
    process says what is needed."""
    until = time.monotonic() + BUDGET
    dids, urls = sandbox.needs_apart(text)
    if documents is None:
        documents = documents_of(dids, until=until)
    return {
        "did_documents": documents,
        "chains": chains_of(documents, until=until),
        "status_lists": status_lists_of(urls, until=until),
    }


def documents_of(dids: Iterable[str], *, get: Get = fetch, until: float | None = None) -> dict[str, Any]:
    """The DID documents that could be read; one that could not is absent. Redirects are not followed:
    a DID is its host's word. ``until``: monotonic seconds."""
    end = until if until is not None else time.monotonic() + BUDGET
    found: dict[str, Any] = {}
    for name in list(dict.fromkeys(dids))[:MOST_DOCUMENTS]:
        body = _body(did.url_of(name), bounds.DID_DOCUMENT, get=get, until=end)
        if body is None:
            continue
        try:
            found[name] = strict_json(body)
        except Malformed:
            found[name] = None
    return found


def chains_of(documents: dict[str, Any], *, get: Get = fetch, until: float | None = None) -> dict[str, str]:
    """The PEM text of each `x5u` that the documents name, by its address."""
    end = until if until is not None else time.monotonic() + BUDGET
    urls = dict.fromkeys(url for document in documents.values() for url in _x5u(document))
    found: dict[str, str] = {}
    for url in list(urls)[:MOST_DOCUMENTS]:
        body = _body(url, bounds.CHAIN, get=get, until=end)
        if body is not None:
            found[url] = body.decode("ascii", "replace")
    return found


def status_lists_of(urls: Iterable[str], *, get: Get = fetch, until: float | None = None) -> dict[str, str]:
    """The text of each status list that could be read, by its address; redirects are not followed."""
    end = until if until is not None else time.monotonic() + BUDGET
    found: dict[str, str] = {}
    for url in list(dict.fromkeys(urls))[:MOST_DOCUMENTS]:
        body = _body(url, bounds.DOCUMENT, get=get, until=end)
        if body is not None:
            found[url] = body.decode("ascii", "replace")
    return found


def _x5u(document: Any) -> Iterable[str]:
    methods = document.get("verificationMethod", []) if isinstance(document, dict) else []
    for method in methods if isinstance(methods, list) else []:
        key = method.get("publicKeyJwk") if isinstance(method, dict) else None
        if isinstance(key, dict) and isinstance(key.get("x5u"), str) and not key.get("x5c"):
            yield key["x5u"]


def _body(url: str | None, most: int, *, get: Get, until: float) -> bytes | None:
    left = until - time.monotonic()
    if url is None or left <= 0:
        return None
    result = get(url, limits=Limits(seconds=min(EACH, left), bytes=most, redirects=0))
    return result.body if result.ok and result.status == 200 else None
