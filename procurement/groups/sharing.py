"""Telling a need to other administrations: each author agrees, any of them takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from procurement.actions.projects import refuse_closed
from procurement.groups.enums import ShareState, ShownPart
from procurement.models import NeedShare, Project, ShareConsent

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LARGEST = Decimal("999999999999.99")


def propose(
    project: Project, *, actor: Actor, volume: Decimal, unit: str, shown: Sequence[str] = ()
) -> NeedShare:
    """With the actor's agreement; shared at once when nobody else wrote the need. Raises MoveRefused,
    RuleBroken naming the field."""
    refuse_closed(project)
    check_volume(volume)
    if not project.categories and not project.service_models:
        raise RuleBroken(
            "nothing_to_match",
            "Dites d’abord les catégories ou les modèles cherchés\u00a0: c’est par eux qu’on vous trouve.",
            field="project",
        )
    with transaction.atomic():
        row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        if row.shares.living().exists():
            raise MoveRefused("share_living", "Ce besoin est déjà partagé. Retirez d’abord ce partage.")
        made = NeedShare.objects.create(
            project=row,
            shown=sorted(set(shown)),
            content=_content(row, shown),
            categories=row.categories or [],
            service_models=row.service_models or [],
            volume=volume,
            unit=unit,
        )
        made.journal_creation(actor=actor, detail={"project": row.number, "shown": made.shown})
        _agree(made, actor=actor)
        others = [author for author in row.authors.all() if not actor.is_person(author)]
        notify(
            others,
            subject=f"Votre accord pour partager {row.number}",
            body="Ce besoin sera lu par d’autres administrations si chaque auteur l’accepte.",
            url=made.get_absolute_url(),
            organisation=row.organisation,
        )
    made.refresh_from_db()
    return made


def consent(share: NeedShare, *, actor: Actor, expected_version: int | None = None) -> NeedShare:
    """Safe to run twice. Raises MoveRefused when it is no longer proposed."""
    with transaction.atomic():
        row = NeedShare.objects.select_for_update(of=("self",)).get(pk=share.pk)
        refuse_decided(row)
        row.touch("consent", actor=actor, apply=lambda _: None, expected_version=expected_version)
        _agree(row, actor=actor)
    share.refresh_from_db()
    return share


def refuse_decided(share: NeedShare) -> None:
    if share.state != ShareState.PROPOSED:
        raise MoveRefused("share_decided", f"L’état de ce partage est « {share.get_state_display()} ».")


def withdraw(share: NeedShare, *, actor: Actor, expected_version: int | None = None) -> NeedShare:
    """A group already formed keeps its members."""
    return share.perform("withdraw", actor=actor, expected_version=expected_version)


def check_volume(volume: Decimal) -> None:
    if not (volume.is_finite() and 0 < volume <= LARGEST):
        raise RuleBroken("volume_out_of_range", "Donnez un volume positif, comme 2500.", field="volume")


def _agree(share: NeedShare, *, actor: Actor) -> None:
    """Shares once all today's authors agreed."""
    if actor.user is None:
        raise NotAllowed("not_allowed", "Un auteur du projet donne son accord lui-même.")
    ShareConsent.objects.get_or_create(share=share, author=actor.user)
    given = set(share.consents.values_list("author_id", flat=True))
    if set(share.project.authors.values_list("pk", flat=True)) <= given:
        share.perform("share", actor=actor)


def _content(project: Project, shown: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"title": project.title, "organisation": project.organisation.name}
    if ShownPart.DESCRIPTION in shown:
        told["description"] = project.description
    if ShownPart.CALENDAR in shown:
        told["starts_on"], told["ends_on"] = (
            day.isoformat() if day else None for day in (project.starts_on, project.ends_on)
        )
    if ShownPart.COST in shown:
        told["full_cost_eur_ht"] = None if project.full_cost_eur_ht is None else str(project.full_cost_eur_ht)
    return told
