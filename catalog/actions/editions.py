"""Where an edition starts from: an older version of the same offer, or another offer of the supplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from catalog.actions.authoring import create_draft, refuse_if_not_editable
from catalog.models import Offer, OfferVersion
from catalog.models.search_row import OfferSearchRow
from catalog.questions.engine import is_unknown, questions
from marketplace.errors import MoveRefused, RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def restart_from(
    offer: Offer, *, number: int, actor: Actor, expected_version: int | None = None
) -> OfferVersion:
    """A new version to edit, copied from the frozen version `number`; nothing goes online.

    The version being prepared, if any, is frozen as it is: it stays readable by its supplier and may be
    started from again. Raises RuleBroken (no such version), MoveRefused (never online, or closed),
    VersionStale.
    """
    made: list[OfferVersion] = []

    def apply(locked: Offer) -> None:
        refuse_if_not_editable(locked)
        if locked.live_version_id is None:
            raise MoveRefused("never_online", "Cette offre n’a jamais été en ligne : modifiez son brouillon.")
        wanted = locked.versions.filter(number=number, frozen_at__isnull=False).first()
        if wanted is None:
            raise RuleBroken(
                "no_such_version",
                f"La version {number} n’est pas une version figée. Choisissez-en une dans l’historique.",
                field="number",
            )
        if (draft := locked.draft_version) is not None:
            draft.freeze()
        made.append(wanted.successor(created_by=actor.user))

    with transaction.atomic():
        detail = {"started_from": number}
        offer.touch(
            "edition_restarted", actor=actor, apply=apply, expected_version=expected_version, detail=detail
        )
        OfferSearchRow.objects.refresh([offer.pk])
    return made[0]


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy takes and what it leaves, in numbers and names."""

    answers: dict[str, Any]
    plans: int
    certificates: tuple[str, ...]
    marks: tuple[str, ...]
    layers: tuple[str, ...]


def copy_plan(offer: Offer) -> CopyPlan:
    """A certificate says something of one service: like marks and layers, it stays with it."""
    asked, newest = questions(), offer.shown_for_edit
    said = {
        name: value
        for name, value in (newest.answers if newest else {}).items()
        if name in asked and not asked[name].derived and not is_unknown(value)
    }
    certificates = [name for name in said if asked[name].type == "certificate"]
    return CopyPlan(
        answers={name: value for name, value in said.items() if name not in certificates},
        plans=newest.plans.count() if newest else 0,
        certificates=tuple(asked[name].short for name in certificates),
        marks=tuple(mark.name for mark in offer.trust_marks.order_by("pk")),
        layers=tuple(
            edge.base.name if edge.base else edge.base_name
            for edge in offer.stack_edges.select_related("base").order_by("pk")
        ),
    )


def copy_offer(offer: Offer, *, name: str, actor: Actor) -> Offer:
    """A new draft of the same supplier with the newest answers and prices. Raises RuleBroken by field."""
    with transaction.atomic():
        made = create_draft(actor=actor, answers={**copy_plan(offer).answers, "name": name})
        newest, draft = offer.shown_for_edit, made.draft_version
        if newest is not None and draft is not None:
            for plan in newest.plans.prefetch_related("lines"):
                plan.copy_to(draft)
        OfferSearchRow.objects.refresh([made.pk])
    return made
