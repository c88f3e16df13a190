"""What one person asks and another confirms: waivers of a check that could not conclude, and links between a
register's line and an offer. Each act is one transaction, journalled; nobody answers their own request."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Offer
from catalog.registers.reading import row_key
from catalog.registers.specs import REGISTERS
from marketplace.accounts.abilities import require
from marketplace.accounts.enums import OrganisationState
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from qualification import tell
from qualification.abilities import person_of
from qualification.abilities_confirmed import confirmed_abilities, link_refusal, waiver_refusal
from qualification.enums import Verdict
from qualification.models import CheckRun, Dossier, RegisterLink, Waiver
from qualification.models.confirmed import IN_FORCE, Confirmed
from qualification.registers.issuers import lines_of
from qualification.schemes import load_scheme

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LONGEST = dt.timedelta(days=366)
T = TypeVar("T", bound=Confirmed)


def ask_waiver(run: CheckRun, *, actor: Actor, reason: str, valid_until: dt.date) -> Waiver:
    """Of a check whose last result reads unknown. Raises MoveRefused when it concluded."""
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=run.dossier_id)
        require({"ask": waiver_refusal(actor, dossier)}, "ask")
        run.dossier = dossier
        if not run.is_over or run.current != Verdict.UNKNOWN:
            raise MoveRefused("nothing_to_waive", "Ce contrôle a conclu : il n’y a pas d’écart à accepter.")
        _check_reason(reason)
        _check_end(valid_until)
        return _asked(
            Waiver(
                offer=dossier.offer,
                dossier=dossier,
                check_code=run.check_code,
                run=run,
                valid_until=valid_until,
                reason=reason,
                asked_by=person_of(actor),
            ),
            actor=actor,
        )


def ask_link(offer: Offer, *, actor: Actor, register: str, decision: str, reason: str) -> RegisterLink:
    """Between the line that bears this very number and the offer of a verified supplier."""
    require({"ask": link_refusal(actor, offer)}, "ask")
    _check_reason(reason)
    organisation = offer.supplier.organisation
    if organisation is None or organisation.state != OrganisationState.VERIFIED:
        raise RuleBroken(
            "supplier_not_verified",
            "Le fournisseur de cette offre n’est pas une organisation vérifiée : vérifiez-la d’abord.",
            field="offer",
        )
    if register not in REGISTERS:
        raise RuleBroken("unknown_register", "Ce registre n’existe pas.", field="register")
    edition, lines = lines_of(register, on=timezone.localdate())
    found = [line for line in lines if (line.get("decision") or "") == decision.strip() != ""]
    if len(found) != 1:
        raise RuleBroken(
            "line_not_found",
            "Aucune ligne du registre ne porte exactement ce numéro. Un nom voisin ne prouve rien.",
            field="decision",
        )
    with transaction.atomic():
        return _asked(
            RegisterLink(
                offer=offer,
                register=register,
                key=row_key(found[0]),
                row=found[0],
                edition=edition,
                organisation=organisation,
                reason=reason,
                asked_by=person_of(actor),
            ),
            actor=actor,
        )


def _asked(row: T, *, actor: Actor) -> T:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise RuleBroken(
            "asked_already", "Une demande est déjà ouverte ou en vigueur ici : terminez-la d’abord."
        ) from None
    record(row, "ask", actor=actor, reason=row.reason)
    tell.confirmation_asked(row)  # type: ignore[arg-type]  # the two kinds of it
    return row


def accept(row: T, *, actor: Actor, reason: str) -> T:
    return _answer(row, actor=actor, accepted=True, reason=reason)


def refuse(row: T, *, actor: Actor, reason: str) -> T:
    return _answer(row, actor=actor, accepted=False, reason=reason)


def _answer(row: T, *, actor: Actor, accepted: bool, reason: str) -> T:
    """Raises NotAllowed for who asked, MoveRefused when somebody just answered."""
    _check_reason(reason)
    with transaction.atomic():
        locked = _locked(row)
        require(confirmed_abilities(actor, locked), "accept" if accepted else "refuse")
        if locked.answered_at is not None or locked.ended_at is not None:
            raise MoveRefused("answered_already", "Une réponse a déjà été donnée.", about=locked)
        locked.accepted, locked.answer = accepted, reason
        locked.answered_by, locked.answered_at = person_of(actor), timezone.now()
        locked.save()
        record(locked, "accept" if accepted else "refuse", actor=actor, reason=reason)
    return locked


def end(row: T, *, actor: Actor, reason: str) -> T:
    """Also how who asked takes back a request nobody answered."""
    _check_reason(reason)
    with transaction.atomic():
        locked = _locked(row)
        require(confirmed_abilities(actor, locked), "end")
        if locked.ended_at is not None or locked.accepted is False:
            raise MoveRefused("ended_already", "Il n’est plus en vigueur.", about=locked)
        locked.end_reason, locked.ended_by, locked.ended_at = reason, person_of(actor), timezone.now()
        locked.save()
        record(locked, "end", actor=actor, reason=reason)
    return locked


def _locked(row: T) -> T:
    found: Any = type(row)._default_manager.select_for_update(of=("self",))
    locked: T = found.select_related("offer__supplier").get(pk=row.pk)
    return locked


def refuse_unknowns(dossier: Dossier) -> None:
    """An offer is listed once each mandatory check has concluded, or its silence is waived. Two queries."""
    mandatory = load_scheme(dossier.scheme, dossier.scheme_edition).mandatory
    if not mandatory:
        return
    rows = dossier.runs.filter(check_code__in=mandatory).select_related("dossier")
    last = {run.check_code: run for run in rows.order_by("check_code", "run_number")}
    waived = set(
        Waiver.objects.in_force(timezone.localdate())
        .filter(offer=dossier.offer_id)
        .values_list("check_code", flat=True)
    )
    unknown = [
        run.title
        for code, run in last.items()
        if run.current in ("", Verdict.UNKNOWN) and not run.is_set_aside and code not in waived
    ]
    if unknown:
        raise RuleBroken(
            "unknown_mandatory",
            f"Contrôle obligatoire non vérifié : {', '.join(unknown)}. Relancez-le, ou faites accepter un "
            "écart par une autre personne.",
        )


def published(offer: Offer) -> list[Waiver]:
    """In force today, as its sheet shows them. One query."""
    rows = Waiver.objects.in_force(timezone.localdate()).filter(offer=offer).for_lists()
    return [row for row in rows.order_by("check_code") if row.standing == IN_FORCE]


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken("reason_missing", "Motivez : ce texte est publié ou relu.", field="reason")


def _check_end(valid_until: dt.date) -> None:
    today = timezone.localdate()
    if not today < valid_until <= today + LONGEST:
        raise RuleBroken(
            "waiver_end", "Choisissez une fin après aujourd’hui, dans un an au plus.", field="valid_until"
        )
