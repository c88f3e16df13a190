"""The statement of applicability of an offer: what its supplier states, requirement by requirement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.errors import NotAllowed, RuleBroken, VersionStale
from qualification.enums import Implementation
from qualification.models import Applicability, Evidence
from qualification.schemes import Scheme

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stated:
    """One line. ``status`` empty: not said. ``evidence``: (number, title)."""

    applicable: bool
    justification: str = ""
    status: str = ""
    evidence: tuple[tuple[str, str], ...] = ()

    @property
    def mark(self) -> str:
        """Of what it says: the lock of the page that shows it."""
        numbers = sorted(number for number, _title in self.evidence)
        said = json.dumps([self.applicable, self.justification, self.status, numbers])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def words(self) -> str:
        return "Applicable" if self.applicable else "Non applicable"

    @property
    def status_words(self) -> str:
        return str(Implementation(self.status).label) if self.status else ""

    @property
    def evidence_words(self) -> str:
        return ", ".join(f"{title} ({number})" for number, title in self.evidence)


# The lock of a line that nobody wrote yet.
UNSAID = "-"


def mark_of(line: Stated | None) -> str:
    return line.mark if line is not None else UNSAID


def state(
    offer: Offer,
    *,
    actor: Actor,
    scheme: Scheme,
    requirement: str,
    applicable: bool,
    justification: str = "",
    status: str = "",
    evidence: Collection[Evidence] = (),
    shown: str = "",
) -> Applicability:
    """Write or replace one line; the former one stays in the journal. ``shown``: the mark of the line that
    was read, empty when nobody asks. Raises RuleBroken on a field, VersionStale when it changed since."""
    _check_owner(offer, actor)
    if requirement not in {one.code for one in scheme.active}:
        raise RuleBroken("unknown_requirement", "Cette exigence n’existe pas.", field="requirement")
    if not applicable and not justification.strip():
        raise RuleBroken(
            "justification_missing", "Dites pourquoi l’exigence ne s’applique pas.", field="justification"
        )
    _check_evidence(offer, evidence)
    said = {
        "applicable": applicable,
        "justification": justification.strip(),
        "status": status if applicable else "",
    }
    with transaction.atomic():
        _refuse_if_changed(offer, (edition_key(scheme), requirement), shown)
        row, _made = Applicability.objects.update_or_create(
            offer=offer,
            scheme=edition_key(scheme),
            requirement=requirement,
            defaults={**said, "stated_by": actor.user, "stated_at": timezone.now()},
        )
        row.evidence.set(evidence)
        numbers = [one.number for one in evidence]
        where = {"scheme": row.scheme, "requirement": requirement}
        record(offer, "state_applicability", actor=actor, detail={**where, **said, "evidence": numbers})
    return row


def _refuse_if_changed(offer: Offer, key: Key, shown: str) -> None:
    """Writers of one offer's statement come one after another: the row of the offer is held."""
    locked = type(offer).objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if shown and mark_of(stated_of(locked).get(key)) != shown:
        raise VersionStale(current=0, message=CHANGED)


CHANGED = (
    "Quelqu’un a enregistré cette ligne pendant votre lecture. Votre texte est gardé ici : relisez, puis "
    "enregistrez de nouveau pour le garder."
)


def _check_evidence(offer: Offer, evidence: Collection[Evidence]) -> None:
    if any(one.organisation_id != offer.supplier.organisation_id for one in evidence):
        raise RuleBroken("evidence_not_yours", "Choisissez vos propres preuves.", field="evidence")


def _check_owner(offer: Offer, actor: Actor) -> None:
    own = actor.organisation is not None and offer.supplier.organisation_id == actor.organisation.pk
    if not own or not actor.is_supplier:
        raise NotAllowed("not_your_offer", "Seul le fournisseur de l’offre déclare ce qui s’y applique.")


def edition_key(scheme: Scheme) -> str:
    """Of the edition, its level left out: a requirement is the same at every level."""
    return f"{scheme.code}-{scheme.edition}"


def stated_of(offer: Offer) -> Mapping[Key, Stated]:
    """By edition and requirement. Two queries."""
    rows = Applicability.objects.filter(offer=offer).prefetch_related("evidence")
    return {
        (row.scheme, row.requirement): Stated(
            row.applicable,
            row.justification,
            row.status,
            tuple((one.number, one.title) for one in row.evidence.all()),
        )
        for row in rows
    }
