"""The layers an offer stands on: written under the stack's lock, acyclic, effective trust following."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from catalog.enums import StackLayer
from catalog.models import Offer, StackEdge
from catalog.questions.engine import questions
from catalog.questions.validation import AnswerError, clean_answer
from catalog.trust import lock_stack, recompute
from marketplace.audit.journal import record
from marketplace.errors import RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

CYCLE = (
    "Cette couche repose déjà sur votre offre : une pile ne peut pas tourner en rond. "
    "Choisissez une autre couche."
)


def layer_region(text: str) -> str:
    """One region by the rule of the storage regions; empty when not said. Raises AnswerError."""
    found = clean_answer(questions()["storage_regions"], text) or []
    if len(found) > 1:
        raise AnswerError("Une seule région par couche.")
    return str(found[0]) if found else ""


def add_edge(offer: Offer, *, actor: Actor, base: Offer | None = None, **fields: Any) -> StackEdge:
    """Raises RuleBroken on a cycle, ValidationError on a constraint."""
    with transaction.atomic():
        lock_stack()
        if base is not None and offer.pk in below([base.pk]):
            raise RuleBroken("stack_cycle", CYCLE, field="base")
        edge = StackEdge(offer=offer, base=base, **fields)
        edge.full_clean()
        try:
            with transaction.atomic():
                edge.save()
        except IntegrityError as error:
            raise RuleBroken("stack_cycle", CYCLE, field="base") from error
        recompute([offer.pk])
        record(offer, "stack_edge_added", actor=actor, detail={"edge": str(edge), "layer": edge.layer})
    return edge


def remove_edge(edge: StackEdge, *, actor: Actor) -> None:
    with transaction.atomic():
        lock_stack()
        record(edge.offer, "stack_edge_removed", actor=actor, detail={"edge": str(edge), "layer": edge.layer})
        offer = edge.offer_id
        edge.delete()
        recompute([offer])


def below(offers: list[int]) -> set[int]:
    """These offers and everything they stand on."""
    seen: set[int] = set()
    level = set(offers)
    while level:
        seen |= level
        found = StackEdge.objects.filter(offer__in=level, base__isnull=False).values_list(
            "base_id", flat=True
        )
        level = set(found) - seen
    return seen


def above(offers: list[int]) -> set[int]:
    """Everything that stands on these offers, themselves left out."""
    seen: set[int] = set()
    level = set(offers)
    while level:
        found = StackEdge.objects.filter(base__in=level).values_list("offer_id", flat=True)
        level = set(found) - seen - set(offers)
        seen |= level
    return seen


def own_layer(offer: Offer) -> str:
    if "saas" in offer.service_models:
        return StackLayer.SOFTWARE
    if "iaas" in offer.service_models:
        return StackLayer.INFRASTRUCTURE
    return StackLayer.PLATFORM
