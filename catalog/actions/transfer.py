"""An offer's document brought back: all of it or nothing, and a rehearsal by the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from rest_framework.exceptions import ValidationError

from catalog.actions.authoring import category_codes, create_draft, save_answers, save_plans
from catalog.actions.transfer_parts import Parts, bring_parts
from catalog.categories import category_words
from catalog.models import Offer
from catalog.questions.diff import Change, changes
from catalog.questions.validation import clean_answers
from catalog.serializers import plan_inputs
from catalog.serializers_transfer import OfferDocumentInput
from catalog.transfer import refused
from marketplace.errors import RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Report:
    """What an import changes; `plans` is None when the document gives none."""

    changes: tuple[Change, ...]
    plans: int | None
    parts: Parts


@dataclass(frozen=True, slots=True)
class Imported:
    offer: Offer
    parts: Parts


def rehearse(document: Mapping[str, Any], *, actor: Actor, into: Offer | None) -> Report:
    """The import made then undone. Raises what the import would raise."""
    before = _answers(into)
    with transaction.atomic():
        made = bring_back(document, actor=actor, into=into)
        after = _answers(Offer.objects.get(pk=made.offer.pk))
        transaction.set_rollback(True)
    if into is not None:
        into.refresh_from_db()
    labels = category_words()
    plans = document.get("plans")
    return Report(
        changes=tuple(changes(before, after, categories=labels)),
        plans=len(plans) if isinstance(plans, list) else None,
        parts=made.parts,
    )


def bring_back(
    document: Mapping[str, Any], *, actor: Actor, into: Offer | None, expected_version: int | None = None
) -> Imported:
    """A new draft, or the version in edition of `into`. Answers and plans together, or nothing; marks and
    layers where they can be declared (`parts` tells the others).

    Raises RuleBroken naming each value at fault, MoveRefused, VersionStale.
    """
    given = OfferDocumentInput(data=document)
    try:
        given.is_valid(raise_exception=True)
    except ValidationError as error:
        raise _all_faults(refused(error), document) from error
    said = given.validated_data
    answers, plans = dict(said.get("answers") or {}), said.get("plans")
    marks, layers = said.get("declared_marks") or [], said.get("stack") or []
    if not (answers or marks or layers) and plans is None:
        raise RuleBroken(
            "document_empty",
            "Le document ne contient ni réponse ni formule à reprendre, ni qualification, ni couche.",
            field="answers",
        )
    with transaction.atomic():
        if into is None:
            offer = create_draft(actor=actor, answers=answers)
        else:
            offer = into
            save_answers(offer, actor=actor, answers=answers, expected_version=expected_version)
        if plans is not None:
            save_plans(offer, actor=actor, plans=plan_inputs(plans))
        parts = bring_parts(offer, actor=actor, marks=marks, layers=layers)
    return Imported(offer, parts)


def _all_faults(shape: RuleBroken, document: Mapping[str, Any]) -> RuleBroken:
    """The faults of shape, and what the rules say of the answers whose shape is right: told at once."""
    answers = document.get("answers") if isinstance(document, Mapping) else None
    if not isinstance(answers, Mapping):
        return shape
    wrong = {field.partition(".")[0] for field in shape.fields}
    try:
        clean_answers(
            {name: value for name, value in answers.items() if name not in wrong}, categories=category_codes()
        )
    except RuleBroken as rules:
        return RuleBroken(shape.code, shape.message, fields={**shape.fields, **rules.fields})
    return shape


def _answers(offer: Offer | None) -> dict[str, Any]:
    newest = offer.shown_for_edit if offer is not None else None
    return dict(newest.answers) if newest else {}
