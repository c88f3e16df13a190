"""Missing needs: reported once, joined by others, merged, answered, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from catalog.enums import OPEN_NEEDS, NeedState
from catalog.models import Category, MissingNeed, NeedJoin, Offer
from catalog.needs.abilities import VOICE, needs_abilities
from marketplace.accounts.abilities import require
from marketplace.accounts.models import User
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

MOST_NEAR = 5


def near_needs(text: str, *, but: MissingNeed | None = None) -> list[MissingNeed]:
    """What to read before reporting or merging: at most five open needs that say the same."""
    rows = MissingNeed.objects.open().near(text).with_joins()
    return list((rows.exclude(pk=but.pk) if but else rows)[:MOST_NEAR])


def report(
    *,
    actor: Actor,
    title: str,
    description: str = "",
    service_models: Iterable[str] = (),
    category: Category | None = None,
    searched: str = "",
) -> MissingNeed:
    """The author's administration is the first to join. Raises NotAllowed."""
    organisation = _administration(actor)
    with transaction.atomic():
        need = MissingNeed.objects.create(
            number=next_number("BES"),
            organisation=organisation,
            created_by=actor.user,
            title=title,
            description=description,
            service_models=sorted(set(service_models)),
            category=category,
            searched=searched,
        )
        NeedJoin.objects.create(need=need, organisation=organisation, joined_by=actor.user)
        need.journal_creation(actor=actor)
    return need


def join(need: MissingNeed, *, actor: Actor) -> MissingNeed:
    """« Moi aussi ». An administration counts once: safe to run twice.

    Raises NotAllowed, MoveRefused once the need is closed.
    """
    organisation = _administration(actor)
    with transaction.atomic():
        row = MissingNeed.objects.select_for_update(of=("self",)).get(pk=need.pk)
        if row.state not in OPEN_NEEDS:
            raise _closed(row)
        _, is_new = NeedJoin.objects.get_or_create(
            need=row, organisation=organisation, defaults={"joined_by": actor.user}
        )
        if is_new:
            need.touch("join", actor=actor, apply=lambda _: None)
    return need


def leave(need: MissingNeed, *, actor: Actor) -> MissingNeed:
    """The need is no longer one's administration's, whoever of it had joined. Safe to run twice; what was
    written stays, and a need that nobody has any more is the curator's to close.

    Raises NotAllowed, MoveRefused once the need is closed.
    """
    organisation = _administration(actor)
    with transaction.atomic():
        row = MissingNeed.objects.select_for_update(of=("self",)).get(pk=need.pk)
        if row.state not in OPEN_NEEDS:
            raise _closed(row)
        gone, _ = NeedJoin.objects.filter(need=row, organisation=organisation).delete()
        if gone:
            need.touch("leave_need", actor=actor, apply=lambda _: None)
    return need


def _administration(actor: Actor) -> Organisation:
    require(needs_abilities(actor), "create")
    if actor.organisation is None:
        raise NotAllowed("not_allowed", VOICE)
    return actor.organisation


def _closed(need: MissingNeed) -> MoveRefused:
    if need.merged_into is not None:
        return MoveRefused(
            "need_merged", f"Ce besoin a été fusionné avec {need.merged_into.number}. Rejoignez celui-là."
        )
    return MoveRefused(
        "need_closed",
        f"Ce besoin est clos : « {need.get_state_display()} ». S’il reste le vôtre, signalez-le de nouveau.",
    )


def answer(
    need: MissingNeed, *, actor: Actor, reason: str, expected_version: int | None = None
) -> MissingNeed:
    with transaction.atomic():
        need.answer_with(actor=actor, reason=reason, expected_version=expected_version)
        _tell(need, subject=f"Réponse au besoin {need.number}", body=reason)
    return need


def cover(
    need: MissingNeed, *, actor: Actor, offer: Offer, reason: str = "", expected_version: int | None = None
) -> MissingNeed:
    """Raises RuleBroken when those who have the need could not read the offer."""
    if not Offer.objects.public().filter(pk=offer.pk).exists():
        raise RuleBroken(
            "offer_not_public", "Cette offre n’est pas en ligne. Choisissez une offre publiée.", field="offer"
        )
    with transaction.atomic():
        need.cover(actor=actor, offer=offer, reason=reason, expected_version=expected_version)
        _tell(
            need,
            subject=f"Besoin {need.number} couvert",
            body=f"L’opérateur indique l’offre « {offer.name} ». Elle n’est pas jugée conforme à votre "
            f"projet pour autant. {reason}".strip(),
        )
    return need


def dismiss(
    need: MissingNeed, *, actor: Actor, reason: str, expected_version: int | None = None
) -> MissingNeed:
    with transaction.atomic():
        need.dismiss(actor=actor, reason=reason, expected_version=expected_version)
        _tell(need, subject=f"Besoin {need.number} écarté", body=f"Motif\u00a0: {reason}")
    return need


def reopen(
    need: MissingNeed, *, actor: Actor, reason: str, expected_version: int | None = None
) -> MissingNeed:
    with transaction.atomic():
        need.reopen(actor=actor, reason=reason, expected_version=expected_version)
        _tell(need, subject=f"Besoin {need.number} rouvert", body=f"Motif\u00a0: {reason}")
    return need


def merge(
    need: MissingNeed,
    *,
    actor: Actor,
    into: MissingNeed,
    reason: str = "",
    expected_version: int | None = None,
) -> MissingNeed:
    """Every join moves to `into`; those merged into `need` before follow. Both rows are locked, the
    older first: two opposite merges wait for one another, then the second is refused.

    Raises RuleBroken (merged with itself, or with a closed one), MoveRefused, VersionStale.
    """
    if need.pk == into.pk:
        raise RuleBroken("need_itself", "Un besoin ne se fusionne pas avec lui-même.", field="into")
    with transaction.atomic():
        rows = MissingNeed.objects.select_for_update(of=("self",)).filter(pk__in=[need.pk, into.pk])
        target = {row.pk: row for row in rows.order_by("pk")}[into.pk]
        need.refresh_from_db(fields=["state"])
        need.check_move("merge")
        if target.state not in OPEN_NEEDS:
            raise RuleBroken(
                "need_closed", f"{target.number} est clos. Choisissez un besoin encore ouvert.", field="into"
            )
        people = _people(need)
        need.merge(actor=actor, into=target, reason=reason, expected_version=expected_version)
        moved = _move_joins(need, target)
        MissingNeed.objects.filter(merged_into=need, state=NeedState.MERGED).update(merged_into=target)
        target.touch(
            "absorb", actor=actor, apply=lambda _: None, detail={"need": need.number, "organisations": moved}
        )
        body = f"Il est suivi avec ceux qui disent la même chose. {reason}".strip()
        notify(
            people,
            subject=f"Besoin {need.number} fusionné avec {target.number}",
            body=body,
            url=target.get_absolute_url(),
        )
    return need


def _move_joins(need: MissingNeed, target: MissingNeed) -> int:
    """How many administrations `target` gains; one that was in both stays once, at its first date."""
    known = NeedJoin.objects.filter(need=target).values("organisation_id")
    gained = need.joins.exclude(organisation__in=known).update(need=target)
    need.joins.all().delete()
    return gained


def _tell(need: MissingNeed, *, subject: str, body: str) -> None:
    notify(_people(need), subject=subject, body=body, url=need.get_absolute_url())


def _people(need: MissingNeed) -> list[User]:
    """Who joined, and the author while the need is still their administration's; one query."""
    theirs = need.joins.filter(organisation=need.organisation_id)
    author = Q(pk__in=theirs.values("need__created_by"))
    return list(User.objects.filter(Q(pk__in=need.joins.values("joined_by")) | author))
