"""A fictitious call of the SME programme, open, and what a fictitious SME did with it and the one before."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.site.demo.acting import act
from qualification.programmes import applications, calls, progress
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall

SOURCE = "Texte fictif de démonstration"
LETTER = "Lettre fictive DEMO-PME-01"


def load_programmes(offers: dict[str, Offer]) -> None:
    manager, author = act("programmes@operateur.example"), act("responsable@logiciels.example")
    past = _call(manager, "Relève fictive de l’an dernier")
    _chosen(_sent(past, offers["messagerie"], author), manager=manager, author=author)
    current = _call(manager, "Relève fictive en cours")
    _draft(current, offers["coffre"], author)
    _sent(current, offers["archivage"], author)


def _call(manager: Actor, title: str) -> ProgrammeCall:
    now = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    call = calls.create_call(
        actor=manager,
        programme="pme-secnumcloud",
        title=f"{title} (démonstration)",
        description="Appel fictif : aucune candidature n’est transmise à qui que ce soit.",
        opens_at=now - dt.timedelta(days=20),
        closes_at=now + dt.timedelta(days=40),
        source=SOURCE,
    )
    return calls.publish_call(call, actor=manager)


def _draft(call: ProgrammeCall, offer: Offer, author: Actor) -> ProgrammeApplication:
    made = applications.open_application(call, actor=author, offer=offer)
    return applications.save_draft(
        made,
        actor=author,
        work_plan="Analyse d’écart, puis dépôt de la demande auprès de l’ANSSI (fictif).",
        planned_months=20,
        shares_evidence=True,
    )


def _sent(call: ProgrammeCall, offer: Offer, author: Actor) -> ProgrammeApplication:
    return applications.send(_draft(call, offer, author), actor=author)


def _chosen(made: ProgrammeApplication, *, manager: Actor, author: Actor) -> None:
    """Chosen eight months ago: the call and the letter are set back, the milestone is told as it would be."""
    today = timezone.localdate()
    progress.record_outcome(
        made,
        "record_selected",
        actor=manager,
        decided_on=today,
        decision_reference=LETTER,
        reason="Lettre fictive.",
    )
    back = dt.timedelta(days=300)
    ProgrammeApplication.objects.filter(pk=made.pk).update(
        sent_at=timezone.now() - back, decided_on=today - dt.timedelta(days=240)
    )
    ProgrammeCall.objects.filter(pk=made.call_id).update(
        opens_at=made.call.opens_at - back, closes_at=made.call.closes_at - back
    )
    made.refresh_from_db()
    progress.record_milestone(
        made,
        actor=author,
        code="J0",
        reached_on=today - dt.timedelta(days=90),
        reference="Courrier fictif DEMO-J0",
    )
    first = made.missing_reports()[0]
    progress.report_progress(
        made,
        actor=author,
        year=first.year,
        quarter=first.number,
        done="Analyse d’écart menée sur les 278 exigences (fictif).",
        next_steps="Rédaction de la politique de sécurité.",
    )
