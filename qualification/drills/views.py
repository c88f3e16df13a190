"""Drills of an offer, one drill, its announcement, and the page that the contact's link opens."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Offer
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import MoveRefused, NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.drills import actions
from qualification.drills.abilities import announce_refusal, drill_abilities
from qualification.drills.contact import Contact, contact_of
from qualification.drills.forms import AnnounceForm, CancelForm
from qualification.drills.models import SecurityDrill
from qualification.drills.states import OPEN, DrillState
from qualification.views.watch import offer_of

PER_PAGE = 20


@login_required
@require_safe
def drills(request: HttpRequest, number: int) -> HttpResponse:
    """Of one offer, for its supplier and those who instruct."""
    actor, offer = actor_of(request), offer_of(request, number)
    rows = SecurityDrill.objects.visible_to(actor).filter(offer=offer).for_lists()
    context = {
        "offer": offer,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_announce": not announce_refusal(actor, offer)
        and not SecurityDrill.objects.filter(offer=offer, state__in=OPEN).exists(),
        "contact": _contact(offer),
        "limit_hours": settings.SECURITY_DRILL_LIMIT_HOURS,
        "breadcrumb_data": _trail(offer, current="Exercices"),
    }
    return render(request, "qualification/drills/drills.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest, number: int) -> HttpResponse:
    actor, offer = actor_of(request), offer_of(request, number)
    require({"announce": announce_refusal(actor, offer)}, "announce")
    contact = _contact(offer)
    if contact is None:
        messages.error(request, actions.NO_CONTACT)
        return redirect("qualification:security_drills", offer.number)
    form = AnnounceForm.of(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.announce(offer, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Exercice {made.number} annoncé au fournisseur et au contact.")
            return redirect(made)
    context = {
        "title": "Annoncer un exercice",
        "lead": "Un message partira vers le contact de sécurité de l’offre, à une heure tirée au sort. "
        "Qui le reçoit confirme par un lien, sans compte. Le temps de réponse est gardé.",
        "facts": [
            ("Offre", offer.name),
            ("Contact", contact.address),
            ("Adresse lue dans", contact.source.label),
            (
                "Délai annoncé",
                f"{settings.SECURITY_DRILL_LIMIT_HOURS} heures : un paramètre de la place de marché, aucun "
                "texte ne le fixe",
            ),
        ],
        "form": form,
        "button_label": "Annoncer l’exercice",
        "cancel_url": _place(offer),
        "breadcrumb_data": _trail(offer, ("Exercices", _place(offer)), current="Annoncer"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    found = _visible(request, number)
    may_cancel = found.state == DrillState.ANNOUNCED and allowed(
        drill_abilities(actor_of(request), found), "cancel"
    )
    context = {"drill": found, "may_cancel": may_cancel, "breadcrumb_data": _trail_of(found, current=number)}
    return render(request, "qualification/drills/drill.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), _visible(request, number)
    require(drill_abilities(actor, found), "cancel")
    found.check_move("cancel")
    form = CancelForm.of(request, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.cancel(found, actor=actor, expected_version=version, **form.values())
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Exercice annulé : aucun message ne partira.")
            return redirect(found)
    context = {
        "title": f"Annuler l’exercice {number}",
        "lead": "Aucun message ne partira. Un exercice annulé ne compte pas dans le contrôle.",
        "form": form,
        "button_label": "Annuler l’exercice",
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": _trail_of(found, (number, found.get_absolute_url()), current="Annuler"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """For who holds the link: no account. Reading it confirms nothing, mail filters open links too."""
    if request.method == "POST":
        try:
            actions.acknowledge(token)
        except MoveRefused:
            # Two presses of the button: the first one counts, the page says when.
            actions.opened(token)
        return _sealed(redirect("qualification:answer_drill", token))
    found = actions.opened(token)
    context = {"drill": found, "breadcrumb_data": None}
    return _sealed(render(request, "qualification/drills/answer.html", context))


def _sealed(answered: HttpResponse) -> HttpResponse:
    """The address is the secret: it is told to nobody."""
    answered["Referrer-Policy"] = "no-referrer"
    answered["X-Robots-Tag"] = "noindex, nofollow"
    return answered


def _contact(offer: Offer) -> Contact | None:
    return contact_of(offer, offer.live_version or offer.shown_for_edit)


def _visible(request: HttpRequest, number: str) -> SecurityDrill:
    """Raises NotVisible."""
    rows = SecurityDrill.objects.visible_to(actor_of(request)).for_lists()
    found = rows.filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def _place(offer: Offer) -> str:
    return f"/controles/{offer.number}/exercices/"


def _trail(offer: Offer, *steps: tuple[str, str], current: str) -> dict[str, object]:
    checks = ("Contrôles", f"/controles/{offer.number}/")
    return breadcrumb((offer.name, offer.get_absolute_url()), checks, *steps, current=current)


def _trail_of(drill: SecurityDrill, *steps: tuple[str, str], current: str) -> dict[str, object]:
    return _trail(drill.offer, ("Exercices", _place(drill.offer)), *steps, current=current)
