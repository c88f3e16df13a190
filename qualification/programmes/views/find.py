"""Finding the call or the application that this reader may see, and what the pages share."""

from __future__ import annotations

from django.http import HttpRequest

from marketplace.accounts.actors import Actor
from marketplace.accounts.middleware import actor_of as _actor_of
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from qualification.programmes.models import ProgrammeApplication, ProgrammeCall

HOME = ("Programmes", "/programmes/")
APPLICATIONS = ("Candidatures", "/programmes/candidatures/")
STEERING = ("Programmes", "/pilotage/programmes/")


def actor_of(request: HttpRequest) -> Actor:
    return _actor_of(request)


def visible_call(request: HttpRequest, number: str) -> ProgrammeCall:
    """Raises NotVisible (404)."""
    found = ProgrammeCall.objects.visible_to(actor_of(request)).filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def visible_application(request: HttpRequest, number: str) -> ProgrammeApplication:
    """With its call, offer, milestones and reports. Raises NotVisible (404)."""
    found = ProgrammeApplication.objects.visible_to(actor_of(request)).for_lists()
    application = found.select_related("offer__supplier__organisation").filter(number=number).first()
    if application is None:
        raise NotVisible
    return application


def application_trail(application: ProgrammeApplication, *, current: str) -> dict[str, object]:
    return breadcrumb(APPLICATIONS, (application.number, application.get_absolute_url()), current=current)
