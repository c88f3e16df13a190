"""Who is told of a drill, in the transaction of the act."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from marketplace.accounts.enums import SUPPLIER_ROLES
from marketplace.accounts.models import Membership, User
from marketplace.notifications.models import OutgoingEmail
from marketplace.notifications.outbox import notify, send_to_address
from marketplace.ui.typography import date_text
from qualification.drills.models import SecurityDrill

MAIL = "qualification/email/security_drill"


def announced(drill: SecurityDrill) -> None:
    """The supplier's people, and the contact itself: the message of the day is then no surprise."""
    _notify(
        drill,
        subject=f"Exercice {drill.number} annoncé : {drill.offer.name}",
        body=f"{window_text(drill)}, à une heure tirée au sort, un message partira vers le contact de "
        f"sécurité « {drill.address} ». Réponse attendue dans les {drill.limit_hours} heures.",
    )
    send_to_address(drill.address, template=f"{MAIL}_announced", context=_words(drill))


def message(drill: SecurityDrill, *, token: str) -> OutgoingEmail:
    """The message of the drill itself, with its link."""
    link = f"{settings.SITE_URL}{reverse('qualification:answer_drill', args=[token])}"
    return send_to_address(drill.address, template=MAIL, context={**_words(drill), "link": link})


def ended(drill: SecurityDrill) -> None:
    """How it ended, to the supplier's people and to who announced it."""
    told = {
        "answered": f"Le contact de sécurité a répondu en {drill.response_told}, dans le délai annoncé.",
        "answered_late": f"Le contact de sécurité a répondu en {drill.response_told}, après le délai de "
        f"{drill.limit_hours} heures.",
        "unanswered": f"Le contact de sécurité n’a pas répondu en {drill.limit_hours} heures. Une réponse "
        "tardive reste possible par le même lien ; vous pouvez aussi annoncer un nouvel exercice.",
        "not_sent": "Le message n’est pas parti, par notre fait : l’exercice ne compte pas.",
        "cancelled": "L’exercice est annulé : aucun message ne partira.",
    }
    _notify(
        drill,
        subject=f"Exercice {drill.number} : {drill.get_state_display().lower()}",
        body=f"« {drill.offer.name} ». {told[drill.state]}",
    )


def window_text(drill: SecurityDrill) -> str:
    first, last = date_text(drill.window_from), date_text(drill.window_until)
    return f"Le {first}" if drill.window_from == drill.window_until else f"Entre le {first} et le {last}"


def _words(drill: SecurityDrill) -> dict[str, object]:
    return {"drill": drill, "offer": drill.offer, "window": window_text(drill)}


def _notify(drill: SecurityDrill, *, subject: str, body: str) -> None:
    notify(
        _people(drill),
        subject=subject,
        body=body,
        url=drill.get_absolute_url(),
        key=f"drill:{drill.pk}:{drill.state}",
    )


def _people(drill: SecurityDrill) -> list[User]:
    rows = Membership.objects.filter(organisation=drill.organisation_id).holding(*sorted(SUPPLIER_ROLES))
    people = [member.user for member in rows.select_related("user")]
    return [*people, drill.announced_by] if drill.announced_by is not None else people
