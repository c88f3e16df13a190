"""Issuing, revoking and listing our credentials. Reads and writes the database; signs with our own key."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from catalog.actions.documents import kept_files
from catalog.enums import OfferState
from catalog.models import Offer
from catalog.questions.conditions import effective
from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from qualification.enums import DossierState, SignedKind
from qualification.gaiax import status
from qualification.gaiax.labels import label_levels
from qualification.gaiax.material import CONFIGURED
from qualification.gaiax.report import PASS
from qualification.labels import label_facts
from qualification.models import Dossier, GaiaxVerification, SignedFinding
from qualification.signing import content, keys
from qualification.signing.abilities import asking_abilities, revoking_abilities
from qualification.signing.jwt import sign

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LISTED_FIRST = "Seule une offre référencée a des constats à signer. Menez d’abord son dossier à son terme."
ANCHORS = "Ce verdict n’a pas été rendu sur les ancres de la place de marché : il ne peut pas être signé."
NOT_PASSED = "Seul un titre vérifié conforme reçoit un constat signé. Corrigez-le, puis vérifiez de nouveau."


def issue_for_offer(offer: Offer, *, actor: Actor) -> SignedFinding:
    """The findings of the day on a listed offer. Raises NotAllowed, MoveRefused when it is not listed."""
    require(asking_abilities(actor), "create")
    decided = Dossier.objects.filter(offer=offer, state=DossierState.DECIDED).order_by("-decided_at").first()
    if offer.state != OfferState.LISTED or decided is None or offer.live_version is None:
        raise MoveRefused("offer_not_listed", LISTED_FIRST, about=offer)
    facts, ends = _offer_facts(offer, decided)
    subject = content.offer_subject(facts)
    return _issue(
        SignedKind.OFFER, subject, actor=actor, offer=offer, organisation=decided.organisation, ends=ends
    )


def issue_for_verification(row: GaiaxVerification, *, actor: Actor) -> SignedFinding:
    """The verdict on a credential. Raises NotAllowed, RuleBroken unless it passed on our own anchors."""
    require(asking_abilities(actor), "create")
    if row.report.get("anchors") != CONFIGURED:
        raise RuleBroken("anchors_not_ours", ANCHORS)
    if row.report.get("verdict") != PASS:
        raise RuleBroken("not_passed", NOT_PASSED)
    url = f"{settings.SITE_URL}{row.get_absolute_url()}"
    subject = content.verification_subject(row.text, row.report, url=url)
    return _issue(SignedKind.VERIFICATION, subject, actor=actor, organisation=row.organisation)


def revoke(finding: SignedFinding, *, actor: Actor, reason: str) -> SignedFinding:
    """The list says so at once. Raises NotAllowed, MoveRefused when it is revoked already, RuleBroken."""
    require(revoking_abilities(actor, finding), "revoke")
    if not reason.strip():
        raise RuleBroken("reason_missing", "Écrivez le motif de la révocation.", field="reason")
    with transaction.atomic():
        locked = SignedFinding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
        if locked.revoked_at is not None:
            raise MoveRefused(
                "already_revoked", "Ce titre est déjà révoqué. Rechargez la page.", about=locked
            )
        locked.revoked_at, locked.revoked_by, locked.revoked_reason = (
            timezone.now(),
            actor.user,
            reason.strip(),
        )
        locked.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
        record(locked, "revoke", actor=actor, reason=reason)
    return locked


def status_list(purpose: str, number: int, *, now: dt.datetime) -> str:
    """The signed list: which of its entries are set, read from the rows at this instant. Two queries."""
    size = status.LEAST_BITS
    rows = SignedFinding.objects.all()
    set_ = rows.revoked() if purpose == status.REVOCATION else rows.suspended()
    inside = set_.filter(pk__gte=number * size, pk__lt=(number + 1) * size).values_list("pk", flat=True)
    encoded = status.encode((pk - number * size for pk in inside), size=size)
    document = content.status_list(
        list_url(purpose, number), issuer=keys.own_did(), purpose=purpose, encoded=encoded, now=now
    )
    return _sign(document, keys.current_key())


def list_url(purpose: str, number: int) -> str:
    return f"{settings.SITE_URL}{reverse('qualification:status_list', args=[purpose, number])}"


def _issue(
    kind: str, subject: dict[str, Any], *, actor: Actor, organisation: Any, **more: Any
) -> SignedFinding:
    ends, offer = more.get("ends", ()), more.get("offer")
    now = timezone.now().replace(microsecond=0)
    until = now + dt.timedelta(days=settings.SIGNED_FINDING_DAYS)
    until = content.first_end(until, ends, zone=timezone.get_current_timezone())
    with transaction.atomic():
        key = keys.current_key()
        row = SignedFinding.objects.create(
            kind=kind,
            organisation=organisation,
            offer=offer,
            key=key,
            valid_from=now,
            valid_until=until,
            issued_by=actor.user,
        )
        number, index = divmod(row.pk, status.LEAST_BITS)
        envelope = content.Envelope(
            id=row.address,
            issuer=keys.own_did(),
            context=keys.own_context(),
            valid_from=now,
            valid_until=until,
            index=index,
            lists={purpose: list_url(purpose, number) for purpose in status.PURPOSES},
        )
        row.text = _sign(content.credential(envelope, subject), key)
        row.save(update_fields=["text"])
        record(row, "issue", actor=actor, detail={"kind": kind, "key": key.kid})
    return row


def _sign(document: dict[str, Any], key: Any) -> str:
    return sign(document, key=keys.private_key(key), did=keys.own_did(), method=keys.method_of(key))


def _offer_facts(offer: Offer, decided: Dossier) -> tuple[content.OfferFacts, list[dt.date | None]]:
    """The facts, and the days on which what they rest on ends."""
    version = offer.live_version
    if version is None:
        raise MoveRefused("offer_not_listed", LISTED_FIRST, about=offer)
    known = label_facts(offer, version.answers, on=timezone.localdate())
    runs = decided.runs.exclude(verdict="").order_by("check_code", "-run_number").distinct("check_code")
    checks = tuple(
        content.CheckResult(
            run.check_code, run.verdict, run.rule, run.check_version, run.done_at or run.created_at
        )
        for run in runs
    )
    facts = content.OfferFacts(
        url=f"{settings.SITE_URL}{offer.get_absolute_url()}",
        name=offer.name,
        supplier=offer.supplier.legal_name or offer.supplier.name,
        identifier=offer.supplier.identifier,
        version=version.number,
        answers=effective(version.answers),
        files={name: row.sha256 for name, row in kept_files(version.answers).items()},
        decided_on=timezone.localdate(decided.decided_at),
        outcome=decided.outcome,
        checks=checks,
        levels=label_levels(known),
    )
    return facts, [held.until for held in known.coverage.held]
