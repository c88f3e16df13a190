"""Applications: opened prefilled, kept as drafts, sent with a receipt, taken back, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.numbering import next_number
from qualification.programmes import tell
from qualification.programmes.abilities import application_abilities
from qualification.programmes.calls import refuse_unless_open
from qualification.programmes.content import WRITTEN, conditions_of, digest, frozen_content, prefilled
from qualification.programmes.eligibility import all_met
from qualification.programmes.enums import ApplicationState
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor


def open_application(call: ProgrammeCall, *, actor: Actor, offer: Offer) -> ProgrammeApplication:
    """A draft prefilled from the offer. Raises NotAllowed, MoveRefused (call not open), RuleBroken."""
    organisation = offer.supplier.organisation
    if organisation is None or actor.organisation != organisation:
        raise NotAllowed("not_your_offer", "Choisissez l’une de vos offres.", field="offer")
    if not call.programme.is_support:
        raise RuleBroken("not_a_support_call", "Cet appel attend un groupement, pas une offre seule.")
    refuse_unless_open(call)
    try:
        with transaction.atomic():
            application = ProgrammeApplication.objects.create(
                number=next_number("CAN"),
                call=call,
                organisation=organisation,
                offer=offer,
                created_by=actor.user,
                contact_email=actor.user.email if actor.user is not None else "",
                **prefilled(offer),
            )
            application.journal_creation(actor=actor, detail={"call": call.number})
    except IntegrityError:
        raise RuleBroken(
            "application_exists", "Cette offre a déjà une candidature à cet appel.", field="offer"
        ) from None
    return application


def save_draft(
    application: ProgrammeApplication, *, actor: Actor, expected_version: int | None = None, **written: Any
) -> ProgrammeApplication:
    """Whatever is written is kept, complete or not, before and after the cut-off."""
    if unknown := set(written) - set(WRITTEN):
        raise ValueError(f"not written by hand: {sorted(unknown)}")

    def apply(row: ProgrammeApplication) -> None:
        require(application_abilities(actor, row), "edit")
        if row.state != ApplicationState.DRAFT:
            raise MoveRefused(
                "wrong_state",
                "Une candidature se modifie en brouillon. Avant la clôture, reprenez-la d’abord.",
                about=row,
            )
        for name, value in written.items():
            setattr(row, name, value)

    return application.touch("edit", actor=actor, apply=apply, expected_version=expected_version)


def send(
    application: ProgrammeApplication, *, actor: Actor, expected_version: int | None = None
) -> ProgrammeApplication:
    """Freeze what is said and give the receipt. The database's clock says whether it is late.

    Raises MoveRefused (late, call cancelled), RuleBroken (something missing, a condition not met).
    """
    require(application_abilities(actor, application), "send")
    with transaction.atomic():
        now = refuse_unless_open(application.call)
        locked = ProgrammeApplication.objects.select_for_update(of=("self",)).select_related(
            "call", "organisation", "offer__supplier__organisation"
        )
        row = locked.get(pk=application.pk)
        row.check_move("send")
        _check_complete(row)
        content = frozen_content(row)
        application.send(
            actor=actor, content=content, sha256=digest(content), at=now, expected_version=expected_version
        )
        tell.sent(application)
    return application


def take_back(
    application: ProgrammeApplication, *, actor: Actor, expected_version: int | None = None
) -> ProgrammeApplication:
    """To correct it, before the cut-off only: after it, what was sent stays sent."""
    require(application_abilities(actor, application), "take_back")
    with transaction.atomic():
        refuse_unless_open(application.call)
        application.take_back(actor=actor, expected_version=expected_version)
    return application


def withdraw(
    application: ProgrammeApplication, *, actor: Actor, reason: str, expected_version: int | None = None
) -> ProgrammeApplication:
    require(application_abilities(actor, application), "withdraw")
    with transaction.atomic():
        application.withdraw(actor=actor, reason=reason, expected_version=expected_version)
        if application.sent_at is not None:
            tell.withdrawn(application, reason=reason)
    return application


def _check_complete(application: ProgrammeApplication) -> None:
    """Raises RuleBroken naming each field to fill, then each condition not met with its remedy."""
    empty = {
        name: [f"Répondez à « {label} » avant d’envoyer."]
        for name, label in (
            ("summary", "Le projet"),
            ("work_plan", "Étapes et calendrier"),
            ("contact_email", "Adresse de contact"),
        )
        if not getattr(application, name).strip()
    }
    if empty:
        raise RuleBroken("incomplete", "Il manque des réponses : complétez le brouillon.", fields=empty)
    found = conditions_of(application.call.programme, application.offer)
    if not all_met(found):
        open_ones = "\u00a0; ".join(
            f"{each.title} : {each.message} {each.remedy}".strip() for each in found if each.verdict != "pass"
        )
        raise RuleBroken("not_eligible", f"Une condition n’est pas remplie. {open_ones}")
