"""Writing a convention, both signatures, its end, and the amounts of each year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.files.sniff import PDF
from marketplace.files.store import store_upload
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from procurement.actions.projects import refuse_closed
from procurement.conventions.abilities import CHARGERS, convention_abilities
from procurement.conventions.enums import SIGNED_BY_BOTH
from procurement.enums import OPEN_PROJECTS, Hosting
from procurement.models import Convention, ConventionCharge, Project
from procurement.obligations import project_people
from procurement.order_people import people_holding
from procurement.routes.picker import STATE_KINDS

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from catalog.models import Offer
    from marketplace.accounts.actors import Actor

LARGEST = Decimal("999999999999.99")


def of_the_state(project: Project) -> bool:
    return project.organisation.kind in STATE_KINDS


def may_convene(project: Project) -> bool:
    """Whether the page of a project offers it: of the State, and an internal cloud is meant."""
    return (
        of_the_state(project) and project.hosting == Hosting.INTERNAL_CLOUD and project.state in OPEN_PROJECTS
    )


def write_convention(
    project: Project,
    *,
    actor: Actor,
    offer: Offer,
    subject: str,
    starts_on: dt.date,
    ends_on: dt.date,
    provider: str = "",
) -> Convention:
    """A draft. `provider` blank: the supplier's name. Raises MoveRefused, RuleBroken naming the field."""
    _check(project, offer=offer, starts_on=starts_on, ends_on=ends_on)
    with transaction.atomic():
        made = Convention.objects.create(
            number=next_number("CNV"),
            project=project,
            offer=offer,
            provider=provider or offer.supplier.name,
            subject=subject,
            starts_on=starts_on,
            ends_on=ends_on,
            written_by=actor.user,
        )
        made.journal_creation(actor=actor, detail={"project": project.number, "offer": offer.number})
        _tell(made, (Role.AUTHORISING_OFFICER,), "à signer", f"Avec {made.provider}, pour {project}.")
    return made


def _check(project: Project, *, offer: Offer, starts_on: dt.date, ends_on: dt.date) -> None:
    refuse_closed(project)
    if not of_the_state(project):
        raise RuleBroken(
            "not_of_the_state",
            "Un cloud interne de l’État se prend par convention entre services de l’État. "
            "Choisissez une autre voie d’achat.",
            field="project",
        )
    if not offer.is_internal_state:
        raise RuleBroken(
            "offer_not_internal",
            "Cette offre n’est pas un cloud interne de l’État\u00a0: elle se commande.",
            field="offer",
        )
    if ends_on < starts_on:
        message = (
            f"Le dernier jour précède le premier ({date_text(starts_on)}). Choisissez un jour postérieur."
        )
        raise RuleBroken("end_before_start", message, field="ends_on")


def sign(
    convention: Convention, *, actor: Actor, signed_on: dt.date, expected_version: int | None = None
) -> Convention:
    """The administration's signature. Who wrote it is refused again under the lock."""

    def apply(row: Convention) -> None:
        refusal = convention_abilities(actor, row)["sign"]
        if refusal:
            raise NotAllowed("not_allowed", refusal)
        _refuse_future(signed_on, field="signed_on")
        row.signed_by, row.signed_on = actor.user, signed_on

    with transaction.atomic():
        convention.perform("sign", actor=actor, apply=apply, expected_version=expected_version)
        _tell(
            convention, (Role.PURCHASING,), "signée", f"La signature de {convention.provider} est attendue."
        )
    return convention


def countersign(
    convention: Convention,
    *,
    actor: Actor,
    countersigned_on: dt.date,
    document: UploadedFile,
    expected_version: int | None = None,
) -> Convention:
    """The other service signed: `document` carries both signatures. Raises RuleBroken naming the field."""

    def apply(row: Convention) -> None:
        _refuse_future(countersigned_on, field="countersigned_on")
        row.countersigned_on = countersigned_on
        row.document = store_upload(
            document, owner=row.project.organisation, actor=actor, accept=(PDF,), field="document"
        )

    with transaction.atomic():
        convention.perform("countersign", actor=actor, apply=apply, expected_version=expected_version)
        _tell(convention, CHARGERS, "en vigueur", "Les montants de chaque année peuvent être enregistrés.")
    return convention


def end(
    convention: Convention, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Convention:
    return _closed(convention, "end", actor=actor, reason=reason, expected_version=expected_version)


def abandon(
    convention: Convention, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Convention:
    return _closed(convention, "abandon", actor=actor, reason=reason, expected_version=expected_version)


def record_charge(
    convention: Convention,
    *,
    actor: Actor,
    year: int,
    expected_eur_ht: Decimal,
    charged_eur_ht: Decimal | None = None,
    reference: str = "",
    expected_version: int | None = None,
) -> Convention:
    """What a year is to cost, and what was re-invoiced of it; written again, the journal keeps both.

    Raises MoveRefused once abandoned, RuleBroken naming the field.
    """

    def apply(row: Convention) -> None:
        refuse_uncharged(row)
        _check_charge(row, year=year, amounts=(expected_eur_ht, charged_eur_ht))
        _check_charged(row, charged=charged_eur_ht, reference=reference)
        ConventionCharge.objects.update_or_create(
            convention=row,
            year=year,
            defaults={
                "expected_eur_ht": expected_eur_ht,
                "charged_eur_ht": charged_eur_ht,
                "reference": reference,
                "recorded_by": actor.user,
                "recorded_at": timezone.now(),
            },
        )

    detail = {"year": year, "expected_eur_ht": expected_eur_ht, "charged_eur_ht": charged_eur_ht}
    return convention.touch(
        "record_charge", actor=actor, apply=apply, expected_version=expected_version, detail=detail
    )


def refuse_uncharged(row: Convention) -> None:
    if not row.is_living and row.state not in SIGNED_BY_BOTH:
        raise MoveRefused("convention_over", "Cette convention est abandonnée\u00a0: rien ne se refacture.")


def _check_charge(row: Convention, *, year: int, amounts: tuple[Decimal | None, ...]) -> None:
    if not row.starts_on.year <= year <= row.ends_on.year:
        message = (
            f"La convention court de {row.starts_on.year} à {row.ends_on.year}. Choisissez une de ces années."
        )
        raise RuleBroken("year_outside", message, field="year")
    for field, amount in zip(("expected_eur_ht", "charged_eur_ht"), amounts, strict=True):
        if amount is not None and not (amount.is_finite() and 0 <= amount <= LARGEST):
            message = "Donnez un montant de 0 à 999 999 999 999,99 €."
            raise RuleBroken("amount_out_of_range", message, field=field)


def _check_charged(row: Convention, *, charged: Decimal | None, reference: str) -> None:
    if charged is None:
        return
    if row.state not in SIGNED_BY_BOTH:
        message = "La refacturation commence quand les deux services ont signé. Laissez ce montant vide."
        raise RuleBroken("not_signed_by_both", message, field="charged_eur_ht")
    if not reference:
        raise RuleBroken("reference_missing", "Donnez la référence de la refacturation.", field="reference")


def _closed(
    convention: Convention, name: str, *, actor: Actor, reason: str, expected_version: int | None
) -> Convention:
    def apply(row: Convention) -> None:
        row.closing_reason = reason

    return convention.perform(
        name, actor=actor, reason=reason, apply=apply, expected_version=expected_version
    )


def _refuse_future(day: dt.date, *, field: str) -> None:
    if day > timezone.localdate():
        raise RuleBroken("date_to_come", "Cette date est à venir. Donnez celle de la signature.", field=field)


def _tell(convention: Convention, roles: tuple[str, ...], said: str, body: str) -> None:
    project = convention.project
    notify(
        [*project_people(project), *people_holding(project.organisation, *roles)],
        subject=f"{convention} {said}",
        body=body,
        url=convention.get_absolute_url(),
        organisation=project.organisation,
    )
