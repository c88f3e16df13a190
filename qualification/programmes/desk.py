"""What of the programmes waits for this person on their desk."""

from __future__ import annotations

from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from qualification.programmes.enums import ApplicationState, CallState
from qualification.programmes.models import ProgrammeApplication

MOST = 30


def rows(actor: Actor) -> list[Rows]:
    """One reading for a supplier's people and for who runs programmes, none for others."""
    if actor.is_supplier and actor.has(*SUPPLIER_ROLES):
        return [_supplier_rows(actor)]
    return [_manager_rows(actor)] if actor.has(Role.PROGRAMME_MANAGER) else []


def _supplier_rows(actor: Actor) -> Rows:
    own = ProgrammeApplication.objects.visible_to(actor).for_lists()
    waiting = own.filter(state__in=(ApplicationState.DRAFT, ApplicationState.SELECTED)).order_by("pk")[:MOST]
    return one_row_each(
        waiting, lambda one: _draft_row(one) if one.state == ApplicationState.DRAFT else _report_row(one)
    )


def _draft_row(application: ProgrammeApplication) -> DeskRow | None:
    """Only while it can still be sent."""
    call = application.call
    if call.state != CallState.PUBLISHED or call.closes_at <= timezone.now():
        return None
    return DeskRow(
        object_label=f"{application.number} {application.offer.name}",
        url=application.get_absolute_url(),
        expected=f"Terminer puis envoyer la candidature à « {call.title} »",
        due_on=timezone.localdate(call.closes_at),
        since=application.state_since,
        button="Ouvrir la candidature",
    )


def _report_row(application: ProgrammeApplication) -> DeskRow | None:
    owed = application.missing_reports()
    if not owed:
        return None
    return DeskRow(
        object_label=f"{application.number} {application.offer.name}",
        url=application.get_absolute_url(),
        expected=f"Envoyer le rapport du {owed[0]}",
        due_on=owed[0].due_on,
        button="Envoyer le rapport",
    )


def _manager_rows(actor: Actor) -> Rows:
    """What is sent to a call that is closed waits for the operator's letter to be written down."""
    waiting = ProgrammeApplication.objects.visible_to(actor).filter(
        state=ApplicationState.SENT, call__closes_at__lte=timezone.now()
    )
    return one_row_each(
        waiting.select_related("call", "organisation").order_by("sent_at", "pk")[:MOST],
        lambda one: DeskRow(
            object_label=f"{one.number} {one.organisation.name}",
            url=one.get_absolute_url(),
            expected=f"Enregistrer le choix de l’opérateur pour « {one.call.title} »",
            since=one.sent_at,
            button="Enregistrer le choix",
        ),
    )
