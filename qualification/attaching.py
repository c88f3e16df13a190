"""A verified Gaia-X presentation attached to the offer it describes, judged again, and detached."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.actions.documents import kept_files
from catalog.models import Offer, OfferVersion, Supplier
from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotVisible, RuleBroken
from qualification.checks.gaiax_credential import CHECK
from qualification.enums import Verdict
from qualification.facts_web import CredentialFacts
from qualification.gaiax.claims import moment
from qualification.gaiax.drift import drift
from qualification.gaiax.identity import same_number
from qualification.gaiax.material import CONFIGURED
from qualification.gaiax.report import PASS
from qualification.models import CheckRun, GaiaxRelease, GaiaxVerification, OfferCredential
from qualification.releases.books import current_book
from qualification.signing.abilities import asking_abilities, attached_abilities
from qualification.signing.drafts import TERMS
from qualification.signing.keys import own_context
from qualification.watch import look_now

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

CODE = CHECK.code
NO_REASON = "Dites pourquoi ce titre est détaché."
DETACHED_ALREADY = "Ce titre est déjà détaché. Rechargez la page."
ANCHORS = "Ce verdict n’a pas été rendu sur les ancres de la place de marché : il ne peut pas être affiché."
NOT_PASSED = "Seul un titre conforme peut être rattaché à une offre. Corrigez-le, puis vérifiez de nouveau."
NO_IDENTITY = "L’identité de votre organisation n’est pas vérifiée : le titre ne peut pas lui être rapporté."
OTHER_NUMBER = (
    "Le numéro d’immatriculation du titre n’est pas celui de votre organisation, ou le titre ne décrit "
    "aucune offre. Joignez les titres du fournisseur et de son numéro."
)


def attach(row: GaiaxVerification, offer: Offer, *, actor: Actor) -> OfferCredential:
    """Replaces the one attached before. Raises NotAllowed, NotVisible (not one's own offer), RuleBroken."""
    require(asking_abilities(actor), "create")
    if actor.organisation is None or offer.supplier.organisation_id != actor.organisation.pk:
        raise NotVisible
    if row.report.get("anchors") != CONFIGURED:
        raise RuleBroken("anchors_not_ours", ANCHORS)
    if row.report.get("verdict") != PASS:
        raise RuleBroken("not_passed", NOT_PASSED)
    found = _described(row, offer)
    label = label_of(row.report["facts"]["labels"], found)
    with transaction.atomic():
        kept, _ = OfferCredential.objects.update_or_create(
            offer=offer,
            defaults={
                "text": row.text,
                "material": row.material,
                "report": row.report,
                "facts": found,
                "level": label["level"] if label else "",
                "issuer": label["issuer"] if label else found["issuer"],
                "valid_until": _end(found, label),
                "verified_at": row.done_at or timezone.now(),
                "attached_at": timezone.now(),
                "attached_by": actor.user,
                # Another text: what was said of the one before is not said of it.
                "uuid": uuid.uuid4(),
                "verdict": Verdict.PASS,
                "judged_at": row.done_at or timezone.now(),
                "said": "",
                "release": row.release,
                "detached_at": None,
                "detached_by": None,
                "detached_reason": "",
            },
        )
        record(kept, "attach", actor=actor, detail={"offer": offer.pk, "level": kept.level})
        look_now(offer, CODE)
    return kept


def detach(kept: OfferCredential, *, actor: Actor, reason: str) -> OfferCredential:
    """Shown no more; kept, with the reason. Raises NotAllowed, MoveRefused (it is already), RuleBroken."""
    require(attached_abilities(actor, kept), "detach")
    if not reason.strip():
        raise RuleBroken("reason_missing", NO_REASON, field="reason")
    with transaction.atomic():
        row = OfferCredential.objects.select_for_update(of=("self",)).select_related("offer").get(pk=kept.pk)
        if row.detached_at is not None:
            raise MoveRefused("already_detached", DETACHED_ALREADY, about=row)
        row.detached_at, row.detached_by, row.detached_reason = timezone.now(), actor.user, reason.strip()
        row.save(update_fields=["detached_at", "detached_by", "detached_reason"])
        record(row, "detach", actor=actor, reason=reason, detail={"offer": row.offer_id})
        look_now(row.offer, CODE)
    return row


def credential_facts(version: OfferVersion, _on: dt.date) -> CredentialFacts:
    """What the check reads. Three queries, one more with conditions joined."""
    supplier = version.offer.supplier
    kept = OfferCredential.objects.attached().filter(offer=version.offer).select_related("offer").first()
    if kept is None:
        return CredentialFacts()
    book = current_book()
    return CredentialFacts(
        credential=str(kept.uuid),
        text=kept.text,
        issuer=kept.issuer,
        level=kept.level,
        numbers=tuple(kept.facts["numbers"]),
        identifier=supplier.identifier if supplier.identity_checked_at is not None else "",
        drift=drifted(kept, version),
        anchors=book.anchors,
        notaries=tuple(settings.GAIAX_NOTARIES),
        own_context=own_context(),
        release=book.sha256,
        rulebook=book.text,
    )


def judged_again(run: CheckRun) -> None:
    """The presentation stands as its check found it. An unknown is ours, or its hosts': it changes nothing,
    and the last pass says nothing any more once it is too old. Call in the transaction of the result."""
    judged = run.evidence.get("credential")
    if run.check_code != CODE or not judged or run.verdict == Verdict.UNKNOWN:
        return
    failed = run.verdict == Verdict.FAIL
    OfferCredential.objects.filter(uuid=judged).update(
        verdict=Verdict.FAIL if failed else Verdict.PASS,
        judged_at=run.done_at,
        said=run.message if failed else "",
        release=GaiaxRelease.objects.filter(sha256=(run.evidence.get("release") or {}).get("sha256")).first(),
    )


def _described(row: GaiaxVerification, offer: Offer) -> dict[str, Any]:
    """What it says of an offer of this very supplier. Raises RuleBroken."""
    supplier = offer.supplier
    if supplier.identity_checked_at is None or not supplier.identifier:
        raise RuleBroken("identity_not_verified", NO_IDENTITY)
    offers = row.report.get("facts", {}).get("offers", [])
    mine = [one for one in offers if is_of(one, supplier)]
    named = [one for one in mine if one["name"] == offer.name]
    if not mine:
        raise RuleBroken("number_differs", OTHER_NUMBER)
    return dict((named or mine)[0])


def is_of(found: Mapping[str, Any], supplier: Supplier) -> bool:
    """Whether one of the registration numbers told is this supplier's, verified."""
    if supplier.identity_checked_at is None or not supplier.identifier:
        return False
    return any(same_number(number, supplier.identifier) for number in found["numbers"])


def attached_to(offer: Offer) -> OfferCredential | None:
    """None too when it was detached, or when the offer has gone to another supplier since. One query."""
    kept = OfferCredential.objects.attached().filter(offer=offer).select_related("offer").first()
    return kept if kept is not None and is_of(kept.facts, offer.supplier) else None


def label_of(labels: list[dict[str, Any]], found: Mapping[str, Any]) -> dict[str, Any] | None:
    """The label that a recognised clearing house, which is not the supplier, has given this credential."""
    houses = set(settings.GAIAX_CLEARING_HOUSES) - {found["issuer"]}
    covering = [one for one in labels if one["issuer"] in houses and found["credential"] in one["covers"]]
    return covering[0] if covering else None


def _end(found: Mapping[str, Any], label: Mapping[str, Any] | None) -> dt.datetime | None:
    ends = [moment(one["until"]) for one in (found, label) if one and one["until"]]
    return min((end for end in ends if end is not None), default=None)


def drifted(kept: OfferCredential, version: OfferVersion | None) -> tuple[str, ...]:
    """What the credential says and the version read no longer does. One query with conditions joined."""
    answers = version.answers if version is not None else {}
    files = kept_files({name: answers[name] for name in TERMS if answers.get(name)})
    return drift(
        kept.facts,
        name=kept.offer.name,
        description=str(answers.get("description") or ""),
        terms=tuple(row.sha256 for row in files.values()),
    )
