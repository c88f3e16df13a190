"""A curator corrects what is online: dated, sourced, told to the supplier, journaled; never a promise of its
supplier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.actions.authoring import category_codes
from catalog.actions.documents import joined
from catalog.actions.reviews import managers_of
from catalog.enums import OfferState
from catalog.models import Offer, OfferSearchRow, OfferVersion, VersionReview
from catalog.questions.engine import Question, changed
from catalog.questions.validation import clean_answers
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.events.bus import emit
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

CORRECTABLE = (OfferState.UNCLAIMED, OfferState.LISTED, OfferState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why the answers change. `source`: where the truth was read, asked for a public sheet."""

    reason: str
    source: str = ""
    url: str = ""
    read_on: dt.date | None = None


def refuse_uncorrectable(offer: Offer) -> None:
    """Raises MoveRefused: closed, never online, or being prepared by its supplier, who would lose it."""
    if offer.state not in CORRECTABLE or offer.live_version_id is None:
        state = offer.get_state_display()
        raise MoveRefused("not_online", f"L’offre est « {state} » : il n’y a rien en ligne à corriger.")
    if offer.draft_version is not None or VersionReview.objects.waiting(offer).exists():
        raise MoveRefused(
            "version_in_edition",
            "Son fournisseur prépare une version de cette offre. Demandez-lui la correction, "
            "ou attendez que sa version soit décidée.",
        )


def correct(
    offer: Offer,
    *,
    actor: Actor,
    answers: Mapping[str, Any],
    ground: Ground,
    expected_version: int | None = None,
) -> OfferVersion:
    """Put online a version that differs by these answers alone; the former one stays readable.

    Of an offer that has a supplier, answers that are important (« material ») are left to a dossier. Raises
    RuleBroken by field, MoveRefused (`refuse_uncorrectable`), VersionStale.
    """
    given = clean_answers(answers, categories=category_codes())
    _refuse_badly_grounded(offer, given, ground)
    made: list[OfferVersion] = []

    def apply(locked: Offer) -> None:
        refuse_uncorrectable(locked)
        live = locked.live_version
        assert live is not None
        differing = changed(live.answers, {**live.answers, **given})
        _refuse_wrong(locked, differing)
        version = live.successor(created_by=actor.user)
        version.answers = {**live.answers, **given}
        version.save(update_fields=["answers"])
        _show(locked, version, said={question.id: _said(ground) for question in differing})
        made.append(version)
        detail.update(version=version.number, questions=[question.id for question in differing])

    detail: dict[str, Any] = {"source": ground.source, "url": ground.url}
    with transaction.atomic():
        told: dict[str, Any] = {"reason": ground.reason, "detail": detail}
        offer.touch("answers_corrected", actor=actor, apply=apply, expected_version=expected_version, **told)
        OfferSearchRow.objects.refresh([offer.pk])
        emit("offer.version_online", {"offer": offer.pk, "version": made[0].pk})
        _tell(offer, made[0], ground, names=detail["questions"])
    return made[0]


def _show(offer: Offer, version: OfferVersion, *, said: dict[str, Any]) -> None:
    """Put online, with what was said of each correction so far."""
    kept = dict(offer.corrections)
    offer.show_version(version.freeze())
    offer.corrections = kept | said


def _said(ground: Ground) -> dict[str, str]:
    read_on = ground.read_on.isoformat() if ground.read_on else ""
    return {
        "source": ground.source,
        "url": ground.url,
        "read_on": read_on,
        "on": timezone.localdate().isoformat(),
    }


def _refuse_badly_grounded(offer: Offer, given: Mapping[str, Any], ground: Ground) -> None:
    faults: dict[str, list[str]] = {}
    if settings.DEMONSTRATION and offer.source_key:
        raise RuleBroken(
            "demonstration_real_offer",
            "Dans la démonstration, aucun fait fictif n’est attaché à une offre réelle.",
        )
    if not ground.reason.strip():
        faults["reason"] = ["Dites pourquoi la fiche est corrigée."]
    if offer.state == OfferState.UNCLAIMED and not ground.source.strip():
        faults["source"] = ["Dites où le fait a été lu : une fiche publique cite ses sources."]
    if offer.state == OfferState.UNCLAIMED and ground.read_on is None:
        faults["read_on"] = ["Donnez le jour de la lecture."]
    if ground.read_on is not None and ground.read_on > timezone.localdate():
        faults["read_on"] = ["Le jour de la lecture n’est pas encore venu. Donnez un jour passé."]
    for name, _ in joined(given):
        faults[name] = ["Un fichier ne se joint pas ici : seul le fournisseur joint les siens."]
    if "name" in given and not given["name"]:
        faults["name"] = ["Donnez un nom à l’offre."]
    if faults:
        raise RuleBroken("correction_refused", "La correction est à compléter.", fields=faults)


def _refuse_wrong(locked: Offer, differing: list[Question]) -> None:
    if not differing:
        raise RuleBroken("nothing_corrected", "Rien ne change : modifiez au moins une réponse.")
    important = [question for question in differing if question.material]
    if locked.state != OfferState.UNCLAIMED and important:
        said = "Elle engage le fournisseur : demandez-lui une nouvelle version, qu’un dossier examine."
        fields = {question.id: [said] for question in important}
        raise RuleBroken("material_answer", "Une réponse importante ne se corrige pas ici.", fields=fields)


def _tell(offer: Offer, version: OfferVersion, ground: Ground, *, names: list[str]) -> None:
    organisation = offer.supplier.organisation
    if organisation is None:
        return
    count = f"{len(names)} réponse{'s' if len(names) > 1 else ''}"
    notify(
        managers_of(organisation.pk),
        subject=f"Fiche corrigée par l’opérateur : {offer.name}",
        body=f"{count} de la version en ligne. Motif : {ground.reason} "
        "Si la correction est inexacte, proposez une nouvelle version.",
        url=version.offer.get_absolute_url() + "historique/",
        organisation=organisation,
    )
