"""Who is told of what, in the transaction of the act. Subjects and bodies are read by people."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Membership, User
from marketplace.accounts.models.membership import MembershipQuerySet
from marketplace.notifications.outbox import notify
from qualification import limits
from qualification.models import (
    CheckAlert,
    Decision,
    Dispute,
    Dossier,
    DossierMessage,
    RegisterLink,
    Waiver,
)


def submitted(dossier: Dossier) -> None:
    _tell(
        _operator(Role.QUALIFICATION_OFFICER),
        dossier,
        what="submitted",
        subject=f"Dossier {dossier.number} envoyé",
        body=f"« {dossier.offer.name} » : les contrôles automatiques sont lancés.",
    )


def corrections_requested(dossier: Dossier, *, message: str) -> None:
    _tell(
        supplier_people(dossier),
        dossier,
        what=f"corrections-{dossier.round}",
        subject=f"Corrections demandées sur {dossier.number}",
        body=f"{message}\n\nVotre place dans la file est gardée. Réponse attendue dans les "
        f"{limits.correction_days()} jours.",
    )


def corrections_answered(dossier: Dossier) -> None:
    officers = [dossier.officer] if dossier.officer else _operator(Role.QUALIFICATION_OFFICER)
    _tell(
        officers,
        dossier,
        what=f"answered-{dossier.round}",
        subject=f"{dossier.number} revient de correction",
        body=f"« {dossier.offer.name} » : le fournisseur a répondu. Les contrôles sont relancés.",
    )


def proposed(dossier: Dossier) -> None:
    _tell(
        [user for user in _operator(Role.DECISION_MAKER) if user.pk != dossier.officer_id],
        dossier,
        what=f"proposed-{dossier.version}",
        subject=f"Décision à prendre sur {dossier.number}",
        body=f"« {dossier.offer.name} » : une décision est proposée.",
    )


def sent_back(dossier: Dossier, *, reason: str) -> None:
    _tell(
        [dossier.officer] if dossier.officer else [],
        dossier,
        what=f"sent-back-{dossier.version}",
        subject=f"{dossier.number} est rendu à l’instruction",
        body=reason,
    )


def decided(dossier: Dossier, decision: Decision) -> None:
    body = f"« {dossier.offer.name} » : {decision.sentence}\n\n{decision.reasons}"
    if decision.reserves:
        body += f"\n\nRéserves : {decision.reserves}"
    people = {user.pk: user for user in supplier_people(dossier)}
    if dossier.officer is not None:
        people[dossier.officer.pk] = dossier.officer
    _tell(
        people.values(),
        dossier,
        what=f"decided-{decision.pk}",
        subject=f"Décision sur {dossier.number}",
        body=f"{body}\n\n{decision.remedies}",
    )


def appealed(dossier: Dossier) -> None:
    _tell(
        _operator(Role.DECISION_MAKER),
        dossier,
        what="appealed",
        subject=f"Recours sur {dossier.number}",
        body=f"« {dossier.offer.name} » : le fournisseur forme un recours. "
        "Une personne qui n’a pas pris part à la décision doit décider.",
    )


def disputed(dispute: Dispute) -> None:
    dossier = dispute.dossier
    _tell(
        [dossier.officer] if dossier.officer else _operator(Role.QUALIFICATION_OFFICER),
        dossier,
        what=f"disputed-{dispute.number}",
        subject=f"Contestation {dispute.number} sur {dossier.number}",
        body=f"« {dispute.check_run.title} » : {dispute.grounds}\n\n"
        "Répondez avant de proposer une décision : elle attend votre réponse.",
        url=dispute.get_absolute_url(),
    )


def dispute_answered(dispute: Dispute) -> None:
    _tell(
        supplier_people(dispute.dossier),
        dispute.dossier,
        what=f"dispute-answered-{dispute.number}",
        subject=f"Réponse à votre contestation {dispute.number}",
        body=f"« {dispute.check_run.title} » : contestation {dispute.outcome}.\n\n{dispute.answer}",
        url=dispute.get_absolute_url(),
    )


def check_failing(alert: CheckAlert) -> None:
    """A person looks; the supplier has read the result on its own page already."""
    notify(
        _operator(Role.QUALIFICATION_OFFICER),
        subject=f"Contrôle en échec : {alert.offer.name}",
        body=f"« {alert.title} » échoue {alert.failures} fois de suite : {alert.run.message}\n\n"
        "Rien n’est retiré automatiquement : dites ce que vous concluez.",
        url=alert.get_absolute_url(),
        key=f"check-alert-{alert.uuid}",
    )


def confirmation_asked(row: Waiver | RegisterLink) -> None:
    """Those who may answer, but the person who asked."""
    waiver = isinstance(row, Waiver)
    people = _operator(Role.DECISION_MAKER if waiver else Role.CURATOR) + _operator(
        Role.QUALIFICATION_OFFICER
    )
    others = {user.pk: user for user in people if user.pk != row.asked_by_id}
    notify(
        others.values(),
        subject=f"{'Écart à accepter' if waiver else 'Rattachement à confirmer'} : {row.offer.name}",
        body=f"{row.reason}\n\nUne autre personne que {row.asked_by.full_name} répond.",
        url=row.get_absolute_url(),
        key=f"confirm-{row.uuid}",
    )


def said(message: DossierMessage) -> None:
    """The side that did not write."""
    dossier = message.dossier
    officers = [dossier.officer] if dossier.officer else _operator(Role.QUALIFICATION_OFFICER)
    _tell(
        officers if message.from_supplier else supplier_people(dossier),
        dossier,
        what=f"message-{message.pk}",
        subject=f"Message sur {dossier.number} : {message.title}",
        body=f"{message.author.full_name} écrit :\n\n{message.text}",
        url=message.get_absolute_url(),
    )


def supplier_people(dossier: Dossier) -> list[User]:
    """Editors and managers of the supplier, today."""
    return _holding(
        Membership.objects.filter(organisation=dossier.organisation_id).holding(
            Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER
        )
    )


def _operator(role: str) -> list[User]:
    return _holding(Membership.objects.filter(organisation__kind=OrganisationKind.OPERATOR).holding(role))


def _holding(memberships: MembershipQuerySet) -> list[User]:
    return [membership.user for membership in memberships.select_related("user")]


def _tell(
    users: Iterable[User], dossier: Dossier, *, what: str, subject: str, body: str, url: str = ""
) -> None:
    page = url or dossier.get_absolute_url()
    notify(users, subject=subject, body=body, url=page, key=f"{dossier.number}:{what}")
