"""Asking for the verification of a Gaia-X credential: at once, or by a worker that fetches what it needs."""

from __future__ import annotations

import logging
import math
from typing import Any

from django.conf import settings
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.errors import NotAllowed, RuleBroken, TooManyTries
from marketplace.leases import LeaseState, claim, fail, finish, put_back, sweep
from marketplace.ui.visitors import WINDOW, count_place
from qualification.gaiax import bounds, did, resolve, sandbox
from qualification.gaiax.chain import BadCertificates, read_pem
from qualification.gaiax.envelope import Malformed
from qualification.gaiax.material import CONFIGURED, NO_ANCHORS, SUPPLIED, Material
from qualification.gaiax.report import interrupted
from qualification.hosts import BUSY_SECONDS, HostBusy
from qualification.models import GaiaxVerification
from qualification.releases.books import Book, current_book
from qualification.signing.keys import own_context

logger = logging.getLogger(__name__)

Report = dict[str, Any]


def ask(
    *, actor: Actor, text: str, did_documents: Any = None, anchors: Any = None
) -> Report | GaiaxVerification:
    """The report when documents and anchors are both given, else the row that a worker will judge.

    Raises NotAllowed without an organisation, TooManyTries beyond a minute's count, RuleBroken naming
    the field that cannot be read. A report reached at once is not kept.
    """
    if actor.organisation is None:
        raise NotAllowed("no_organisation", "Rejoignez d’abord une organisation.")
    _refuse_too_many(actor.organisation.pk)
    given = _given(text, did_documents=did_documents, anchors=anchors)
    if set(given) == {"did_documents", "anchors"}:
        material = Material(**given, origin=SUPPLIED, own_context=own_context(), release=current_book().text)
        report = sandbox.verify_apart(text, material, now=timezone.now())
        return {name: value for name, value in report.items() if name != "facts"}
    row = GaiaxVerification.objects.create(organisation=actor.organisation, text=text, given=given)
    _bell().ring(row)
    return row


def _refuse_too_many(organisation_id: int) -> None:
    refused = count_place(f"gaiax organisation {organisation_id}", most=settings.GAIAX_PER_MINUTE)
    if refused is None:
        return
    error = TooManyTries(
        "too_many_verifications",
        f"{refused.most} vérifications par minute au plus par organisation. Réessayez dans une minute.",
    )
    seconds = math.ceil((refused.until - timezone.now()).total_seconds())
    # The window is the database's: another clock never makes the wait longer than it.
    error.retry_after = min(max(1, seconds), math.ceil(WINDOW.total_seconds()))
    raise error


def _given(text: str, *, did_documents: Any, anchors: Any) -> dict[str, Any]:
    if not text.strip():
        raise RuleBroken("empty", "Collez un titre ou une présentation.", field="credential")
    if len(text) > bounds.DOCUMENT:
        said = f"Ce document dépasse {bounds.DOCUMENT} caractères. Vérifiez les titres un par un."
        raise RuleBroken("too_long", said, field="credential")
    given: dict[str, Any] = {}
    if did_documents not in (None, "", [], {}):
        given["did_documents"] = _documents(did_documents)
    if anchors not in (None, "", []):
        given["anchors"] = _anchors(anchors)
    return given


def _documents(value: Any) -> dict[str, Any]:
    try:
        if not isinstance(value, str | list | dict):
            raise Malformed("Une liste de documents DID est attendue.")
        found = did.by_did(value)
    except Malformed as error:
        raise RuleBroken("did_documents", f"Documents DID : {error}", field="did_documents") from None
    if not found or not all(name.startswith("did:") for name in found):
        said = "Chaque document DID porte son identifiant (« id ») : « did:web:… »."
        raise RuleBroken("did_documents", said, field="did_documents")
    return found


def _anchors(value: Any) -> str:
    texts = value if isinstance(value, list) else [value]
    try:
        if not all(isinstance(one, str) for one in texts) or not read_pem(texts):
            raise BadCertificates("Au moins un certificat est attendu, en PEM.")
    except BadCertificates as error:
        raise RuleBroken("anchors", f"Ancres : {error}", field="anchors") from None
    return "\n".join(texts)


def run_verification(pk: int) -> bool:
    """Fetch, judge, write once. False: nothing to do now, or others look at one of the hosts: it comes back,
    the attempt not counted. Network, and a child process."""
    row = claim(GaiaxVerification, pk)
    if row is None:
        return False
    try:
        book = current_book()
        report, fetched = judge(row, book=book)
    except HostBusy:
        put_back(row, seconds=BUSY_SECONDS)
        return False
    except Exception as error:
        # Ours, never the sender's: given back, then unknown.
        logger.exception("verification %s failed", row.uuid)
        if row.attempt < row.MAX_ATTEMPTS:
            return fail(row, f"{type(error).__name__}: {error}")
        return finish(row, report=interrupted(NO_ANCHORS).as_dict(), last_error=str(error)[:2000])
    return finish(row, report=report, material=fetched, release_id=book.pk)


def judge(row: GaiaxVerification, *, book: Book) -> tuple[Report, dict[str, Any]]:
    """The report, and what was fetched to reach it. Network, and a child process. Raises HostBusy."""
    fetched = resolve.everything_for(row.text, documents=row.given.get("did_documents"))
    return judge_with(row.text, fetched, anchors=row.given.get("anchors"), book=book), fetched


def judge_with(
    text: str, fetched: dict[str, Any], *, anchors: str | None = None, book: Book | None = None
) -> Report:
    """With the release in force unless another book is given, on our own anchors unless others are. A child
    process, no network."""
    book = book if book is not None else current_book()
    origin = SUPPLIED
    if anchors is None:
        anchors = book.anchors
        origin = CONFIGURED if anchors else NO_ANCHORS
    material = Material(
        **fetched,
        anchors=anchors,
        origin=origin,
        own_context=own_context(),
        notaries=tuple(settings.GAIAX_NOTARIES),
        release=book.text,
    )
    return sandbox.verify_apart(text, material, now=timezone.now())


def sweep_verifications() -> int:
    """Ring for rows nobody was told of; what killed every worker is unknown; old ones are forgotten."""
    lost = GaiaxVerification.objects.filter(lease_state=LeaseState.DEAD, report={})
    lost.update(report=interrupted(NO_ANCHORS).as_dict(), done_at=timezone.now())
    GaiaxVerification.objects.purge()
    return sweep(GaiaxVerification, _bell().ring_now)


def _bell() -> Any:
    from qualification import tasks

    return tasks.verify_gaiax
