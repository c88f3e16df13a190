"""Marks and layers of an offer's document: each declared again where that can be done, else told why not.

They follow the rules of their own pages, one by one: what one of them breaks leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog import stack, trust
from catalog.abilities import CONFIRMED
from catalog.actions.declarations import DECLARABLE, edit_mark
from catalog.enums import Origin, Scheme, StackLayer, TrustStatus
from catalog.models import Offer
from catalog.questions.validation import AnswerError
from marketplace.errors import MoveRefused, RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`path`: where it is in the document (« stack.0 »); `what` and `why` in French."""

    path: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Parts:
    """How many marks and layers of the document the offer now declares, and those it does not."""

    marks: int = 0
    layers: int = 0
    left_out: tuple[LeftOut, ...] = ()


def bring_parts(offer: Offer, *, actor: Actor, marks: Sequence[Entry], layers: Sequence[Entry]) -> Parts:
    """Call in the transaction of the import. Declared already and alike: counted, not written again."""
    no_mark = _each("declared_marks", marks, lambda one: _mark(offer, one, actor=actor), name=_mark_name)
    no_layer = _each("stack", layers, lambda one: _layer(offer, one, actor=actor), name=_layer_name)
    return Parts(len(marks) - len(no_mark), len(layers) - len(no_layer), (*no_mark, *no_layer))


def _each(
    part: str, entries: Sequence[Entry], bring: Callable[[Entry], object], *, name: Callable[[Entry], str]
) -> list[LeftOut]:
    found = []
    for index, entry in enumerate(entries):
        try:
            with transaction.atomic():
                bring(entry)
        except (RuleBroken, MoveRefused) as error:
            found.append(LeftOut(f"{part}.{index}", name(entry), error.message))
        except (ValidationError, AnswerError) as error:
            why = error.messages[0] if isinstance(error, ValidationError) else str(error)
            found.append(LeftOut(f"{part}.{index}", name(entry), why))
    return found


def _mark_name(mark: Entry) -> str:
    scope = mark.get("scope")
    named = mark.get("label") or Scheme(mark["scheme"]).label
    return f"{named}, {scope}" if scope else named


def _mark(offer: Offer, given: Entry, *, actor: Actor) -> None:
    """Its certificate is no part of the document. Raises what refuses it."""
    status = TrustStatus(given["status"])
    if status not in DECLARABLE:
        raise RuleBroken(
            "status_not_declarable", f"Le statut « {status.label} » ne se déclare pas : il est constaté."
        )
    key = {name: given.get(name, "") for name in ("scheme", "label", "scope")}
    there = offer.trust_marks.select_related("offer__supplier").filter(**key).first()
    if there is None:
        trust.add_mark(offer, actor=actor, origin=Origin.DECLARED, **given)
        return
    if all(getattr(there, name) == value for name, value in given.items()):
        return
    if there.belongs_to_operator:
        raise RuleBroken("confirmed", CONFIRMED)
    edit_mark(there, actor=actor, fields={name: v for name, v in given.items() if name != "scheme"})


def _layer_name(layer: Entry) -> str:
    named = layer.get("base_name") or f"offre {layer['base']}"
    return f"{named}, {StackLayer(layer['layer']).label.lower()}"


def _layer(offer: Offer, given: Entry, *, actor: Actor) -> None:
    """Raises what refuses it: an offer that is not in this catalogue, a circle, a region that is none."""
    base, region = _base(given, actor=actor), stack.layer_region(given["region"])
    said = {"layer": given["layer"], "inherits": given["inherits"]}
    name = "" if base else given["base_name"]
    there = offer.stack_edges.filter(base=base, base_name=name, region=region).first()
    if there is None:
        stack.add_edge(offer, actor=actor, base=base, base_name=name, region=region, **said)
    elif any(getattr(there, field) != value for field, value in said.items()):
        raise RuleBroken(
            "layer_told_otherwise",
            "Cette couche est déjà déclarée autrement. Retirez-la dans la page de la pile, puis reprenez.",
        )


def _base(given: Entry, *, actor: Actor) -> Offer | None:
    if given["base"] is None:
        return None
    found = Offer.objects.visible_to(actor).filter(uuid=given["base"]).first()
    if found is None:
        raise RuleBroken(
            "offer_not_found",
            "Cette offre n’est pas, ou n’est plus, à ce catalogue. Nommez plutôt l’hébergeur.",
        )
    return found
