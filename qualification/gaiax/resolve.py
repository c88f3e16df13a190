"""The documents and chains that a verification needs, through the one safe fetcher. Network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from qualification.fetcher import FetchResult, Limits, fetch
from qualification.gaiax import bounds, did, sandbox
from qualification.gaiax.envelope import Malformed, strict_json
from qualification.hosts import Looks

MOST_DOCUMENTS = 10
# All documents, chains and lists of one verification together, in seconds of network; waiting for a place at
# a host is counted apart (`Looks`). With the two child processes, below the task's time limit.
BUDGET = 15.0
EACH = 5.0

Get = Callable[..., FetchResult]


@dataclass(slots=True)
class Budget:
    """Seconds of network left."""

    seconds: float = BUDGET


def everything_for(text: str, *, documents: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `Material` takes of the network: DID documents (unless given), chains, status lists. A child
    process says what is needed. Raises HostBusy when others look at one of the hosts: nothing was judged."""
    budget, get = Budget(), Looks()
    dids, urls = sandbox.needs_apart(text)
    if documents is None:
        documents = documents_of(dids, get=get, budget=budget)
    return {
        "did_documents": documents,
        "chains": chains_of(documents, get=get, budget=budget),
        "status_lists": status_lists_of(urls, get=get, budget=budget),
    }


def documents_of(dids: Iterable[str], *, get: Get = fetch, budget: Budget | None = None) -> dict[str, Any]:
    """The DID documents that could be read; one that could not is absent. Redirects are not followed:
    a DID is its host's word."""
    budget = budget or Budget()
    found: dict[str, Any] = {}
    for name in list(dict.fromkeys(dids))[:MOST_DOCUMENTS]:
        body = _body(did.url_of(name), bounds.DID_DOCUMENT, get=get, budget=budget)
        if body is None:
            continue
        try:
            found[name] = strict_json(body)
        except Malformed:
            found[name] = None
    return found


def chains_of(documents: dict[str, Any], *, get: Get = fetch, budget: Budget | None = None) -> dict[str, str]:
    """The PEM text of each `x5u` that the documents name, by its address."""
    budget = budget or Budget()
    urls = dict.fromkeys(url for document in documents.values() for url in _x5u(document))
    found: dict[str, str] = {}
    for url in list(urls)[:MOST_DOCUMENTS]:
        body = _body(url, bounds.CHAIN, get=get, budget=budget)
        if body is not None:
            found[url] = body.decode("ascii", "replace")
    return found


def status_lists_of(urls: Iterable[str], *, get: Get = fetch, budget: Budget | None = None) -> dict[str, str]:
    """The text of each status list that could be read, by its address; redirects are not followed."""
    budget = budget or Budget()
    found: dict[str, str] = {}
    for url in list(dict.fromkeys(urls))[:MOST_DOCUMENTS]:
        body = _body(url, bounds.DOCUMENT, get=get, budget=budget)
        if body is not None:
            found[url] = body.decode("ascii", "replace")
    return found


def _x5u(document: Any) -> Iterable[str]:
    methods = document.get("verificationMethod", []) if isinstance(document, dict) else []
    for method in methods if isinstance(methods, list) else []:
        key = method.get("publicKeyJwk") if isinstance(method, dict) else None
        if isinstance(key, dict) and isinstance(key.get("x5u"), str) and not key.get("x5c"):
            yield key["x5u"]


def _body(url: str | None, most: int, *, get: Get, budget: Budget) -> bytes | None:
    if url is None or budget.seconds <= 0:
        return None
    result = get(url, limits=Limits(seconds=min(EACH, budget.seconds), bytes=most, redirects=0))
    budget.seconds -= result.duration_ms / 1000
    return result.body if result.ok and result.status == 200 else None
