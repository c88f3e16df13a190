"""What leaves of a consultation open to all, at once: asked, changed, ended, awarded.

Call each in the transaction of its act, after `releases.one_at_a_time` and before any row lock is taken. A
buyer without SIRET has no release: the official format identifies it by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.enums import IdentifierScheme
from marketplace.errors import RuleBroken
from procurement.actions import releases
from procurement.models import Award, Consultation, LotOutcome, PublicationRelease
from procurement.publication import judging, ocds
from procurement.publication.consultation import consultation_facts, status_of, tenderers_of
from procurement.publication.facts import AwardFacts, Buyer, EndFacts
from procurement.publication.sources import holders_of

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

UNIDENTIFIED = (
    "Aucun identifiant officiel du titulaire (SIRET, TVA…) n’est tenu ici : décochez, l’attribution partira "
    "avec les données essentielles du marché, où il est demandé."
)
NOT_ATTESTED = "Relisez, puis attestez que rien n’y est secret ni personnel : tout le monde le lira."


def refuse_unread(row: Consultation, *, attested: bool) -> None:
    """Raises RuleBroken by field: what everybody will read is reviewed first, by the person who publishes."""
    if not row.is_public:
        return
    wrong: dict[str, list[str]] = {}
    for name, label, text in _public_texts(row):
        if trace := judging.personal_traces(text):
            wrong.setdefault(name, []).append(f"{label} : {trace}")
    if not attested:
        wrong["attested"] = [NOT_ATTESTED]
    if wrong:
        raise RuleBroken("not_attested", " ".join(each[0] for each in wrong.values()), fields=wrong)


def _public_texts(row: Consultation) -> Iterator[tuple[str, str, str]]:
    """Field, words for it, text."""
    yield "title", "Objet", row.title
    yield "description", "Ce qui est attendu", row.description
    yield "reduction_reason", "Motif du délai réduit", row.reduction_reason
    yield "selection_criteria", "Critères du choix des candidats", row.selection_criteria
    for criterion in row.criteria.all():
        yield "criteria", f"Critère « {criterion.label} »", criterion.label
    for lot in row.lots.prefetch_related("price_items"):
        items = [item.label for item in lot.price_items.all()]
        yield "lots", f"Lot {lot.number}", "\n".join([lot.title, lot.description, *items])


def refuse_personal(row: Consultation, text: str, *, field: str) -> None:
    """Raises RuleBroken on a text that everybody would read."""
    trace = judging.personal_traces(text) if row.is_public else ""
    if trace:
        raise RuleBroken("personal_data", trace, field=field)


def release_tender(row: Consultation, *, actor: Actor) -> PublicationRelease | None:
    """At the publication of a consultation open to all, or of a call for candidates."""
    buyer = _buyer(row)
    if not row.is_public or buyer is None or row.published_at is None:
        return None
    issue = releases.issue(releases.ocid_of(row.number), None, at=row.published_at)
    written = ocds.tendered(issue, buyer, consultation_facts(row))
    return releases.add(issue, written, actor=actor, consultation=row)


def release_change(row: Consultation, *, actor: Actor, rationale: str) -> PublicationRelease | None:
    """At a notice: what changed, in the words of the notice; None when nothing left of it before."""
    before, buyer = last_release(row), _buyer(row)
    if before is None or buyer is None:
        return None
    issue = releases.issue(before.ocid, before, at=timezone.now())
    facts = consultation_facts(row)
    written = ocds.tender_amended(issue, before.ocds, buyer, facts, rationale=rationale)
    return releases.add(issue, written, actor=actor, consultation=row)


def release_invitation(row: Consultation, *, actor: Actor) -> PublicationRelease | None:
    """Once candidates are chosen: until when they answer. Nobody is named nor counted."""
    before, buyer = last_release(row), _buyer(row)
    if before is None or buyer is None:
        return None
    issue = releases.issue(before.ocid, before, at=timezone.now())
    written = ocds.tender_invited(issue, before.ocds, buyer, consultation_facts(row))
    return releases.add(issue, written, actor=actor, consultation=row)


def release_lot_end(outcome: LotOutcome, *, actor: Actor) -> PublicationRelease | None:
    """At the end of a lot alone; None when nothing left before."""
    row = outcome.consultation
    before = last_release(row)
    if before is None:
        return None
    issue = releases.issue(before.ocid, before, at=timezone.now(), lot=outcome.lot.number)
    facts = EndFacts(status_of(outcome.kind), outcome.reason, timezone.localdate(outcome.decided_at))
    written = ocds.lot_ended(issue, before.ocds, facts)
    return releases.add(issue, written, actor=actor, consultation=row)


def release_end(row: Consultation, *, actor: Actor) -> PublicationRelease | None:
    """« sans suite » is cancelled, « infructueux » unsuccessful."""
    before = last_release(row)
    if before is None:
        return None
    issue = releases.issue(before.ocid, before, at=timezone.now())
    facts = EndFacts(status_of(row.state), row.closing_reason, timezone.localdate())
    written = ocds.tender_ended(issue, before.ocds, facts)
    return releases.add(issue, written, actor=actor, consultation=row)


def release_award(award: Award, *, actor: Actor) -> PublicationRelease | None:
    """At the notification, once reviewed; None when nothing left before. Raises RuleBroken when the holder
    has no identifier of the official list: it is asked with the contract."""
    row = award.consultation
    before, holders = last_release(row), holders_of(award.supplier)
    if before is None:
        return None
    if not holders:
        raise RuleBroken("holder_unidentified", UNIDENTIFIED, field="attested")
    facts = AwardFacts(
        title=award.lot.title,
        holders=holders,
        amount_eur_ht=award.amount_eur_ht,
        decided_on=timezone.localdate(award.decided_at) if award.decided_at else None,
        tenderers=tenderers_of(row),
    )
    issue = releases.issue(before.ocid, before, at=timezone.now(), lot=award.lot.number)
    return releases.add(issue, ocds.awarded(issue, before.ocds, facts), actor=actor, consultation=row)


def last_release(row: Consultation) -> PublicationRelease | None:
    """The newest of its process; None while nothing of it is public."""
    first = row.releases.order_by("pk").first()
    return PublicationRelease.objects.newest(first.ocid) if first is not None else None


def _buyer(row: Consultation) -> Buyer | None:
    organisation = row.organisation
    if organisation.identifier_scheme != IdentifierScheme.SIRET:
        return None
    return Buyer(organisation.identifier, organisation.name)
