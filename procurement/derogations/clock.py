"""What only the clock or the catalogue changes: alerts before the end, the end, offers to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from catalog.models import Offer
from marketplace.accounts.actors import system_actor
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text
from procurement.actions.assessments import result_now
from procurement.actions.eligibility import judge_offers
from procurement.derogations.actions import people_of
from procurement.derogations.enums import DerogationState
from procurement.enums import Standing
from procurement.models import Derogation
from procurement.models.derogation import ALERT_DAYS
from procurement.order_people import people_holding


def follow_derogations(*, on: dt.date) -> None:
    """Safe to run twice: an alert is told once, an end journalled once. Pages do not wait for it."""
    ending = Derogation.objects.filter(
        state=DerogationState.ACTIVE, ends_on__lte=on + dt.timedelta(days=ALERT_DAYS[0])
    )
    for derogation in ending.select_related("project__organisation").order_by("pk"):
        if derogation.state_on(on) == DerogationState.EXPIRED:
            _expire(derogation, on=on)
        else:
            _alert(derogation, on=on)


def _expire(derogation: Derogation, *, on: dt.date) -> None:
    def still_over(row: Derogation) -> None:
        if row.state_on(on) != DerogationState.EXPIRED:
            raise MoveRefused("not_over", "Le dernier jour n’est pas passé.")

    try:
        with transaction.atomic():
            derogation.expire(actor=system_actor("beat"), apply=still_over)
            _notify(derogation, "terminée", "R9 s’applique de nouveau sans dérogation.", key="over")
    except MoveRefused:  # journalled in the meantime
        return


def _alert(derogation: Derogation, *, on: dt.date) -> None:
    """The nearest alert reached; those passed before the finding are not told after it."""
    if derogation.ends_on is None:
        return
    left = (derogation.ends_on - on).days
    reached = min(days for days in ALERT_DAYS if left <= days)
    body = f"Dernier jour\u00a0: {date_text(derogation.ends_on)}. Préparez le passage à une offre conforme."
    _notify(derogation, f"dans ses {reached} derniers jours", body, key=str(reached))


def _notify(derogation: Derogation, said: str, body: str, *, key: str) -> None:
    notify(
        people_of(derogation),
        subject=f"Dérogation R9 {said}\u00a0: {derogation.project.number}",
        body=body,
        url=derogation.get_absolute_url(),
        organisation=derogation.project.organisation,
        key=f"derogation:{derogation.uuid}:{key}",
    )


def prompt_reviews(offers: Iterable[int]) -> None:
    """An offer that complies today with a project under derogation: its authority is asked to look,
    once an offer. Nothing runs until they sign a finding."""
    known = list(
        Offer.objects.public().filter(pk__in=list(offers)).select_related("supplier", "live_version")
    )
    waiting = Derogation.objects.living().filter(available_on__isnull=True)
    for derogation in waiting.select_related("project__organisation") if known else ():
        for offer in _complying(derogation, known):
            _ask_to_look(derogation, offer)


def _complying(derogation: Derogation, offers: list[Offer]) -> list[Offer]:
    project = derogation.project
    assessment = project.decided_assessment()
    if assessment is None:
        return []
    assessment.project = project
    judged = judge_offers(offers, result=result_now(assessment), service_models=project.service_models)
    return [row.offer for row in judged if row.standing == Standing.ELIGIBLE]


def _ask_to_look(derogation: Derogation, offer: Offer) -> None:
    project = derogation.project
    notify(
        people_holding(project.organisation_id, Role.QUALIFIED_AUTHORITY),
        subject=f"Une offre à examiner pour la dérogation de {project.number}",
        body=f"« {offer.name} » respecte aujourd’hui les obligations du projet. Est-elle acceptable ? "
        "Le délai ne court que si vous le constatez, par un acte motivé et signé.",
        url=derogation.get_absolute_url(),
        organisation=project.organisation,
        key=f"derogation:{derogation.uuid}:offer:{offer.pk}",
    )
