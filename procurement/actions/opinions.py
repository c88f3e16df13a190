"""The avis of the RSSI and of the DPO, on an analysis or on an order. They advise, they never block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from marketplace.accounts.enums import Role
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed
from marketplace.notifications.outbox import notify
from procurement.abilities import opinion_refusal
from procurement.actions.orders import advance_after_opinion
from procurement.enums import AssessmentState, OpinionKind
from procurement.enums_orders import OrderState
from procurement.facts import sha256_of
from procurement.models import Assessment, Opinion, Order
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User


def advise_on_assessment(
    assessment: Assessment, *, actor: Actor, kind: str, verdict: str, text: str
) -> Opinion:
    """Raises NotAllowed, MoveRefused unless the avis were asked. With both, the authority is told."""
    adviser = _adviser(actor, kind=kind, organisation_id=assessment.project.organisation_id)
    with transaction.atomic():
        row = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
        if row.state != AssessmentState.AWAITING_OPINIONS:
            raise MoveRefused("opinion_not_asked", "Aucun avis n’est demandé sur cette analyse.")
        opinion = Opinion.objects.create(
            assessment=row,
            kind=kind,
            verdict=verdict,
            text=text,
            given_by=adviser,
            content_sha256=sha256_of(row.facts or {}),
            facts=row.facts,
        )
        record(opinion, "give", actor=actor, to_state=verdict, reason=text)
        if len(current_opinions(row)) == len(OpinionKind):
            _tell_authority(row)
    return opinion


def advise_on_order(order: Order, *, actor: Actor, kind: str, verdict: str, text: str) -> Opinion:
    """Raises NotAllowed, MoveRefused unless the order waits for its avis."""
    adviser = _adviser(actor, kind=kind, organisation_id=order.buyer_id)
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if row.state != OrderState.AWAITING_OPINIONS:
            raise MoveRefused("opinion_not_asked", "Aucun avis n’est demandé sur ce bon de commande.")
        opinion = Opinion.objects.create(
            order=row,
            kind=kind,
            verdict=verdict,
            text=text,
            given_by=adviser,
            content_sha256=row.content_hash(),
        )
        record(opinion, "give", actor=actor, to_state=verdict, reason=text)
        notify(
            row.authors.all(),
            subject=f"Avis reçu sur {row.number}",
            body=f"{opinion.get_kind_display()} : {opinion.get_verdict_display()}.",
            url=reverse("procurement:order", args=[row.number]),
            organisation=row.buyer,
        )
        advance_after_opinion(row, actor=actor)
    return opinion


def current_opinions(assessment: Assessment) -> dict[str, Opinion]:
    """The newest avis of each kind given on exactly these facts; one query."""
    given = assessment.opinions.filter(content_sha256=sha256_of(assessment.facts or {}))
    newest: dict[str, Opinion] = {}
    for opinion in given.select_related("given_by").order_by("given_at", "pk"):
        newest[opinion.kind] = opinion
    return newest


def _adviser(actor: Actor, *, kind: str, organisation_id: int) -> User:
    """The person who advises. Raises NotAllowed."""
    refusal = opinion_refusal(actor, kind=kind, organisation_id=organisation_id)
    if refusal or actor.user is None:
        raise NotAllowed("not_allowed", refusal or "Un avis est donné par une personne.")
    return actor.user


def _tell_authority(assessment: Assessment) -> None:
    project = assessment.project
    notify(
        people_holding(project.organisation, Role.QUALIFIED_AUTHORITY),
        subject=f"Sensibilité à décider : {project.number}",
        body="Les avis du RSSI et du DPO sont donnés.",
        url=assessment.get_absolute_url(),
        organisation=project.organisation,
    )
