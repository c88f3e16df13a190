"""What every check of one web page shares: looking at it, and whose fault it is when it cannot be read."""

from typing import Protocol

from qualification.checks.base import Judgement
from qualification.checks.website import DOUBTS, FAULTS
from qualification.enums import Verdict
from qualification.facts_web import Page
from qualification.fetcher import FetchResult, Limits, fetch

# Shorter than for the offer's own site: several pages are looked at in one round.
PAGE = Limits(seconds=6.0)


class Looked(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def page(self) -> Page | None: ...


def look(url: str, *, limits: Limits = PAGE) -> Page:
    """Network, through the safe fetcher."""
    return page_of(fetch(url, limits=limits))


def page_of(result: FetchResult) -> Page:
    headers = tuple(sorted(result.headers.items()))
    return Page(result.reason, result.final_url, result.status, headers, result.body)


def unreached(facts: Looked, what: str) -> Judgement | None:
    """Why the page says nothing, with the fault where it lies; None when it answered.

    ``what`` starts a sentence: « La page d’état ».
    """
    page = facts.page
    if page is None:
        return Judgement(Verdict.UNKNOWN, f"{what} n’a pas été consultée.", {"url": facts.url})
    evidence = evidence_of(facts)
    if page.reason in FAULTS:
        fault, repair = FAULTS[page.reason]
        return Judgement(Verdict.FAIL, f"{what} {facts.url} : {fault}.", evidence, f"{repair}.")
    if page.reason or page.status is None or page.status >= 500:
        doubt = DOUBTS.get(page.reason) or f"le serveur répond {page.status}"
        return Judgement(
            Verdict.UNKNOWN,
            f"{what} {facts.url} n’a pas pu être lue : {doubt}. Cela ne compte pas contre le fournisseur.",
            evidence,
            "Vérifiez qu’elle est joignable, puis relancez ce contrôle.",
        )
    if page.status >= 400:
        return Judgement(
            Verdict.WARN,
            f"{what} {facts.url} répond {page.status} : elle n’existe pas à cette adresse.",
            evidence,
            "Indiquez une adresse qui existe.",
        )
    return None


def evidence_of(facts: Looked) -> dict[str, object]:
    page = facts.page
    if page is None:
        return {"url": facts.url}
    return {
        "url": facts.url,
        "final_url": page.final_url,
        "reason": page.reason or None,
        "status": page.status,
    }


def not_given(what: str, remedy: str) -> Judgement:
    return Judgement(Verdict.UNKNOWN, f"{what} n’est pas indiquée.", {"url": None}, remedy)


def not_asked(what: str) -> Judgement:
    """The question does not concern this kind of offer."""
    return Judgement(Verdict.PASS, f"Sans objet pour cette offre : {what}.")
