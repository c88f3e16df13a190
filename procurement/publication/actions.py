"""The publication of a contract: draft from what is held, answers, review, publication, modifications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.enums import IdentifierScheme, Role
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from procurement.actions import releases
from procurement.budgets.amounts import committed_amounts
from procurement.enums_orders import VehicleKind
from procurement.models import Award, Contract, Publication, PublicationRelease, PurchasingVehicle
from procurement.order_people import people_holding
from procurement.publication import decp, duty, judging, ocds
from procurement.publication.consultation import consultation_facts
from procurement.publication.enums import PublicationState
from procurement.publication.facts import Buyer, ChangeFacts, MarketFacts
from procurement.publication.fields import BY_NAME
from procurement.publication.sources import (
    Held,
    award_of,
    encoded,
    facts_of,
    held_of_contract,
    held_of_vehicle,
    named,
    suppliers_of,
)

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

EXECUTES = (
    "Ce bon de commande exécute un marché déjà passé ({kind}) : il n’est pas publié en propre. "
    "Ce qui est publié est ce marché, par l’acheteur qui l’a passé."
)
FOR_OTHERS = (
    "Ce marché a été passé par une centrale d’achat : c’est elle qui le publie, pas votre administration."
)
NOT_OWN = (
    "Un accord-cadre n’est publié que par l’acheteur qui l’a passé. Si c’est votre administration, dites-le."
)
NOT_ATTESTED = "Relisez, puis attestez que rien n’y est secret ni personnel : ce qui est publié le reste."
NO_SIRET = "Votre administration n’a pas de SIRET ici : le format officiel identifie l’acheteur par lui."

TO_COME = "Cette date est à venir : indiquez le jour où le marché a été publié."
TAKEN = "Un marché de votre administration porte déjà ce numéro ici : donnez-en un autre."


def draft_of_contract(contract: Contract, *, actor: Actor) -> Publication:
    """Raises MoveRefused for an order that executes a contract passed before, or when a draft exists."""
    if contract.order.vehicle is not None:
        kind = contract.order.vehicle.get_kind_display().lower()
        raise MoveRefused("not_published", EXECUTES.format(kind=kind))
    if Publication.objects.filter(contract=contract).exists():
        raise MoveRefused("publication_exists", "La publication de ce contrat est déjà commencée.")
    return _draft(contract.buyer, held_of_contract(contract), actor=actor, contract=contract)


def draft_of_vehicle(vehicle: PurchasingVehicle, *, actor: Actor, own: bool = False) -> Publication:
    """`own`: the person says that the actor's administration passed this framework agreement."""
    assert actor.organisation is not None
    if vehicle.kind == VehicleKind.CENTRAL_PURCHASING:
        raise MoveRefused("not_published", FOR_OTHERS)
    if vehicle.kind == VehicleKind.FRAMEWORK and not own:
        raise RuleBroken("framework_of_others", NOT_OWN, field="own")
    if Publication.objects.filter(vehicle=vehicle).exists():
        raise MoveRefused("publication_exists", "La publication de ce marché est déjà commencée.")
    return _draft(actor.organisation, held_of_vehicle(vehicle), actor=actor, vehicle=vehicle)


def draft_if_due(contract: Contract, *, actor: Actor) -> Publication | None:
    """In the transaction that opens the contract: a draft where its amount asks for one."""
    if contract.order.vehicle is not None or contract.buyer.identifier_scheme != IdentifierScheme.SIRET:
        return None
    told = duty.duty_of(committed_amounts(contract.order).ht, on=timezone.localdate())
    if told.standing not in (duty.DUE, duty.CHOICE):
        return None
    publication = draft_of_contract(contract, actor=actor)
    _tell_purchasing(publication, "Données essentielles à publier", told.text)
    return publication


def draft_of_award_if_due(vehicle: PurchasingVehicle, *, actor: Actor) -> Publication | None:
    """In the transaction that notifies a contract passed here: a draft where its amount asks for one."""
    buyer = actor.organisation
    if buyer is None or buyer.identifier_scheme != IdentifierScheme.SIRET:
        return None
    told = duty.duty_of(vehicle.maximum_eur_ht, on=timezone.localdate())
    if told.standing not in (duty.DUE, duty.CHOICE):
        return None
    publication = draft_of_vehicle(vehicle, actor=actor)
    _tell_purchasing(publication, "Données essentielles à publier", told.text)
    return publication


def _draft(buyer: Organisation, held: Held, *, actor: Actor, **source: Any) -> Publication:
    if buyer.identifier_scheme != IdentifierScheme.SIRET:
        raise MoveRefused("buyer_without_siret", NO_SIRET)
    values = {name: value for name, (value, _) in held.items()}
    if _taken(buyer.identifier, values.get("reference", "")):
        del values["reference"]
    number = next_number("PUB")
    with transaction.atomic():
        publication = Publication.objects.create(
            number=number,
            ocid=_ocid(number, source.get("vehicle")),
            buyer=buyer,
            buyer_siret=buyer.identifier,
            reference=values.get("reference", ""),
            notified_on=values.get("notified_on"),
            answers=encoded(values),
            held={name: where for name, (_, where) in held.items() if name in values},
            **source,
        )
        publication.journal_creation(actor=actor, detail={"ocid": publication.ocid})
    return publication


def _ocid(number: str, vehicle: PurchasingVehicle | None) -> str:
    """Of the consultation that made the contract, shared by its lots; else the publication's own."""
    award = award_of(vehicle)
    return releases.ocid_of(number if award is None else award.consultation.number)


def _taken(siret: str, reference: str, *, but: int | None = None) -> bool:
    rows = Publication.objects.filter(buyer_siret=siret, reference=reference)
    if but is not None:
        rows = rows.exclude(pk=but)
    return bool(reference) and rows.exists()


def save_answers(
    publication: Publication, *, actor: Actor, values: Mapping[str, Any], expected_version: int | None = None
) -> Publication:
    """What was typed replaces the answers of the same names; None takes one away. What lacks may lack.

    Raises MoveRefused out of the draft, RuleBroken by field.
    """
    unknown = set(values) - set(BY_NAME)
    if unknown:
        raise ValueError(f"no such field: {unknown}")

    def apply(row: Publication) -> None:
        refuse_uneditable(row)
        before = row.answers
        kept = {name: value for name, value in before.items() if name not in values}
        answers = kept | encoded(values)
        facts = facts_of(row, answers)
        refused = judging.refusals(facts, today=timezone.localdate())
        if _taken(row.buyer_siret, facts.reference, but=row.pk):
            refused.setdefault("reference", []).append(TAKEN)
        if refused:
            raise RuleBroken("publication_refused", "Certaines réponses sont à reprendre.", fields=refused)
        row.answers, row.reference, row.notified_on = answers, facts.reference, facts.notified_on
        row.held = {name: where for name, where in row.held.items() if answers.get(name) == before.get(name)}

    try:
        with transaction.atomic():
            return publication.touch("edit", actor=actor, apply=apply, expected_version=expected_version)
    except IntegrityError as error:
        raise RuleBroken("publication_once", TAKEN, field="reference") from error


def refuse_uneditable(publication: Publication) -> None:
    if publication.state != PublicationState.DRAFT:
        raise MoveRefused(
            "publication_not_draft",
            "Seul un brouillon se modifie. Une publication relue se reprend d’abord en brouillon ; "
            "une publication parue se corrige par une modification.",
            about=publication,
        )


def review(
    publication: Publication, *, actor: Actor, attested: bool, expected_version: int | None = None
) -> Publication:
    """Read again by the service achats. `attested`: the person says that nothing in it is secret or personal.

    Raises RuleBroken by field.
    """

    def apply(row: Publication) -> None:
        refuse_incomplete(row)
        if not attested:
            raise RuleBroken("not_attested", NOT_ATTESTED, field="attested")
        row.reviewed_by, row.reviewed_at = actor.user, timezone.now()

    return publication.review(actor=actor, expected_version=expected_version, apply=apply)


def refuse_incomplete(publication: Publication) -> MarketFacts:
    """The facts, once all that the format asks is there and right."""
    facts = facts_of(publication)
    wrong = {name: [f"Répondez à « {BY_NAME[name].label} »."] for name in judging.missing(facts)}
    for name, sentences in judging.refusals(facts, today=timezone.localdate()).items():
        wrong.setdefault(name, []).extend(sentences)
    if wrong:
        labels = ", ".join(BY_NAME[name].shown.lower() for name in wrong)
        raise RuleBroken(
            "publication_incomplete", f"À compléter avant la relecture : {labels}.", fields=wrong
        )
    return facts


def publish(publication: Publication, *, actor: Actor, expected_version: int | None = None) -> Publication:
    """The objects are made and frozen, and the first release leaves, in one transaction."""
    facts: MarketFacts | None = None

    def apply(row: Publication) -> None:
        nonlocal facts
        facts = refuse_incomplete(row)
        row.published_by, row.published_at = actor.user, timezone.now()
        row.decp = decp.marche(facts, published_on=timezone.localdate(row.published_at))

    with transaction.atomic():
        releases.one_at_a_time()
        publication.perform("publish", actor=actor, apply=apply, expected_version=expected_version)
        assert facts is not None and publication.published_at is not None
        award = award_of(publication.vehicle)
        consulted = None
        if award is not None:
            consulted = consultation_facts(award.consultation, award=award)
            _release_tender(publication, award, actor=actor)
        before = PublicationRelease.objects.newest(publication.ocid)
        issue = releases.issue(
            publication.ocid, before, at=publication.published_at, lot=award.lot.number if award else 1
        )
        written = ocds.notified(issue, facts, consulted, before=before.ocds if before else None)
        releases.add(issue, written, actor=actor, publication=publication)
    return publication


def _release_tender(publication: Publication, award: Award, *, actor: Actor) -> None:
    """What was asked of suppliers invited was public to nobody: it leaves with the contract, as it stood."""
    row = award.consultation
    if PublicationRelease.objects.newest(publication.ocid) is not None or row.published_at is None:
        return
    issue = releases.issue(publication.ocid, None, at=row.published_at)
    buyer = Buyer(publication.buyer_siret, publication.buyer.name)
    written = ocds.tendered(issue, buyer, consultation_facts(row))
    releases.add(issue, written, actor=actor, publication=publication)


def modify(
    publication: Publication,
    *,
    actor: Actor,
    change: ChangeFacts,
    attested: bool,
    expected_version: int | None = None,
) -> Publication:
    """A modification more; what was published stays. Raises MoveRefused before publication, RuleBroken."""
    now = timezone.now()
    added: dict[str, Any] = {}

    def apply(row: Publication) -> None:
        refuse_unmodifiable(row)
        _refuse_change(row, change, attested=attested)
        assert row.decp is not None
        rank = len(row.modifications) + 1
        added.update(decp.modification(change, rank=rank, published_on=timezone.localdate(now)))
        row.decp = decp.with_modification(row.decp, added)

    with transaction.atomic():
        releases.one_at_a_time()
        publication.touch(
            "modify", actor=actor, apply=apply, reason=change.rationale, expected_version=expected_version
        )
        last = PublicationRelease.objects.newest(publication.ocid)
        assert last is not None  # published
        award = award_of(publication.vehicle)
        issue = releases.issue(publication.ocid, last, at=now, lot=award.lot.number if award else 1)
        told = replace(change, holders=named(change.holders, suppliers_of(publication)))
        written = ocds.amended(issue, last.ocds, told)
        releases.add(issue, written, actor=actor, publication=publication, modification=added)
    return publication


def refuse_unmodifiable(publication: Publication) -> None:
    if publication.state != PublicationState.PUBLISHED:
        raise MoveRefused(
            "publication_not_published",
            "Une modification s’ajoute à ce qui est publié. Un brouillon se complète.",
            about=publication,
        )


def _refuse_change(row: Publication, change: ChangeFacts, *, attested: bool) -> None:
    last = row.modifications[-1]["dateNotificationModification"] if row.modifications else None
    after = dt.date.fromisoformat(last) if last else row.notified_on
    assert after is not None
    refused = judging.change_refusals(change, today=timezone.localdate(), after=after)
    if not attested:
        refused["attested"] = [NOT_ATTESTED]
    if refused:
        raise RuleBroken("modification_refused", "Certaines réponses sont à reprendre.", fields=refused)


def mark_elsewhere(
    publication: Publication,
    *,
    actor: Actor,
    where: str,
    published_on: dt.date,
    expected_version: int | None = None,
) -> Publication:
    """It was published by another way, so it is not published here. Raises RuleBroken on a day to come."""
    if published_on > timezone.localdate():
        raise RuleBroken("date_to_come", TO_COME, field="published_on")

    def apply(row: Publication) -> None:
        row.elsewhere, row.elsewhere_on = where, published_on

    return publication.perform("mark_elsewhere", actor=actor, apply=apply, expected_version=expected_version)


def _tell_purchasing(publication: Publication, subject: str, body: str) -> None:
    notify(
        people_holding(publication.buyer, Role.PURCHASING),
        subject=f"{subject} : {publication.number}",
        body=body,
        url=publication.get_absolute_url(),
        organisation=publication.buyer,
    )


def tell_late(*, actor: Actor, on: dt.date) -> int:
    """Once for each publication whose two months are over; safe to run twice."""
    told = 0
    for publication in Publication.objects.due_before(on).filter(late_told_at__isnull=True).for_pages():
        if not publication.is_late(on):
            continue

        def apply(row: Publication) -> None:
            row.late_told_at = timezone.now()

        with transaction.atomic():
            publication.touch("late", actor=actor, apply=apply)
            _tell_purchasing(
                publication,
                "Publication en retard",
                f"La limite était le {publication.due_on:%d/%m/%Y} : {duty.limit_source()}.",
            )
        told += 1
    return told
