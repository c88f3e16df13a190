"""Calls and applications for tests, made through the actions as the pages do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Organisation
from qualification.programmes import applications, calls, progress, projects
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall, ProjectProposal
from tests.qualification.builders import make_offer

LETTER = {"decision_reference": "Lettre d’essai 12"}


def minute(**delta: float) -> dt.datetime:
    """A whole minute, so far from now."""
    return (timezone.now() + dt.timedelta(**delta)).replace(second=0, microsecond=0)


def make_call(manager: Actor, *, state: str = "published", **values: Any) -> ProgrammeCall:
    given = {
        "programme": "pme-secnumcloud",
        "title": "Relève d’essai",
        "opens_at": minute(days=-10),
        "closes_at": minute(days=10),
        "source": "Texte d’essai du 1er novembre 2026",
        **values,
    }
    call = calls.create_call(actor=manager, **given)
    return calls.publish_call(call, actor=manager) if state == "published" else call


def make_sme_offer(organisation: Organisation, **answers: Any) -> Offer:
    """A SaaS offer of a declared PME."""
    offer = make_offer(organisation, **{"service_models": ["saas"], **answers})
    offer.supplier.size = "pme"
    offer.supplier.save(update_fields=["size"])
    return offer


def make_application(
    author: Actor, manager: Actor, *, state: str = "draft", call: ProgrammeCall | None = None
) -> ProgrammeApplication:
    """Driven to ``state`` by its people: draft, sent, selected, waitlisted, rejected."""
    assert author.organisation is not None
    call = call or make_call(manager)
    offer = make_sme_offer(author.organisation)
    made = applications.open_application(call, actor=author, offer=offer)
    written = {"work_plan": "J0 dans six mois.", "contact_email": "projet@essai.example"}
    applications.save_draft(made, actor=author, **written)
    if state != "draft":
        applications.send(made, actor=author)
    if state not in ("draft", "sent"):
        choose(made, manager, f"record_{state}")
    return made


def choose(made: ProgrammeApplication, manager: Actor, move: str = "record_selected", **values: Any) -> None:
    given = {"decided_on": timezone.localdate(), **LETTER, **values}
    progress.record_outcome(made, move, actor=manager, **given)


def chosen_on(made: ProgrammeApplication, day: dt.date) -> ProgrammeApplication:
    """As if the operator had chosen it that day: a past that no action would accept."""
    ProgrammeApplication.objects.filter(pk=made.pk).update(decided_on=day)
    made.refresh_from_db()
    return made


def make_projects_call(manager: Actor, *, state: str = "published") -> ProgrammeCall:
    """One need with two targets."""
    call = make_call(manager, state="draft", programme="offre-cloud", title="Appel à projets d’essai")
    targets = [("functional", "Partager à deux", "En moins de 5 s"), ("technical", "Chiffrement", "AES-256")]
    projects.add_need(call, actor=manager, title="Partage de fichiers", targets=targets)
    return calls.publish_call(call, actor=manager) if state == "published" else call


def make_proposal(lead: Actor, partner: Actor, manager: Actor, *, state: str = "draft") -> ProjectProposal:
    """A publisher and an integrator, which confirms unless the state asked is « invited »."""
    assert partner.organisation is not None
    call = make_projects_call(manager)
    made = projects.open_proposal(
        call, actor=lead, title="Projet d’essai", role="publisher", part="Le logiciel"
    )
    written = {"summary": "Un coffre.", "work_plan": "Six mois."}
    projects.save_proposal(made, actor=lead, needs=call.needs.all(), **written)
    projects.invite(
        made, actor=lead, organisation=partner.organisation, role="integrator", part="L’intégration"
    )
    if state != "invited":
        projects.answer_invitation(made, actor=partner, confirms=True)
    if state not in ("invited", "draft"):
        projects.send(made, actor=lead)
    return made
