"""Who is told of what, in the transaction of the act."""

from __future__ import annotations

from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Membership, User
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text, datetime_text
from qualification.programmes.enums import ApplicationState
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall, ProgressReport


def sent(application: ProgrammeApplication) -> None:
    """The receipt, to the applicant's people."""
    assert application.sent_at is not None
    notify(
        _people(application),
        subject=f"Récépissé de la candidature {application.number}",
        body=f"Reçue le {datetime_text(application.sent_at)} (heure de Paris) "
        f"pour « {application.call.title} ».\n"
        f"Empreinte SHA-256 : {application.sent_sha256}\n\n"
        "Le choix et le versement reviennent à l’opérateur du programme.",
        url=application.get_absolute_url(),
        key=f"{application.number}:sent-{application.version}",
    )


def withdrawn(application: ProgrammeApplication, *, reason: str) -> None:
    notify(
        _managers(),
        subject=f"Candidature {application.number} retirée",
        body=f"{application.organisation.name}. Motif : {reason}",
        url=application.get_absolute_url(),
        key=f"{application.number}:withdrawn",
    )


def outcome_recorded(application: ProgrammeApplication, *, reason: str) -> None:
    assert application.decided_on is not None
    words = f"Choix de l’opérateur du {date_text(application.decided_on)}, {application.decision_reference}."
    notify(
        _people(application),
        subject=f"Candidature {application.number} : {application.get_state_display().lower()}",
        body=f"{words} {reason}".strip(),
        url=application.get_absolute_url(),
        key=f"{application.number}:outcome-{application.version}",
    )


def reported(application: ProgrammeApplication, report: ProgressReport) -> None:
    notify(
        _managers(),
        subject=f"Rapport du {report.period} sur {application.number}",
        body=f"{application.organisation.name}, « {application.offer.name} ».",
        url=application.get_absolute_url(),
        key=f"{application.number}:report-{report.period.key}",
    )


def call_changed(call: ProgrammeCall, *, what: str, body: str) -> None:
    """To everyone whose application is still a draft or is sent."""
    waiting = call.applications.filter(state__in=(ApplicationState.DRAFT, ApplicationState.SENT))
    organisations = waiting.values_list("organisation_id", flat=True)
    holding = Membership.objects.filter(organisation__in=organisations).holding(
        Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER
    )
    users = [membership.user for membership in holding.select_related("user")]
    notify(users, subject=what, body=body, url=call.get_absolute_url(), key=f"{call.number}:{call.version}")


def _people(application: ProgrammeApplication) -> list[User]:
    holding = Membership.objects.filter(organisation=application.organisation_id).holding(
        Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER
    )
    return [membership.user for membership in holding.select_related("user")]


def _managers() -> list[User]:
    holding = Membership.objects.filter(organisation__kind=OrganisationKind.OPERATOR).holding(
        Role.PROGRAMME_MANAGER
    )
    return [membership.user for membership in holding.select_related("user")]
