"""`/contrats/CTR-…/responsables/`, `/contrats/agenda/` and the feed that calendars read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.forms.refusals import put_refusal
from procurement.models import CalendarLink, Contract
from procurement.register import links
from procurement.register.abilities import calendars_abilities, owners_ability
from procurement.register.dates import ALERT_DAYS
from procurement.register.forms import OwnersForm
from procurement.register.owners import choices_for, set_owners
from procurement.views.find import actor_of, posted

LIST = ("Contrats", "/contrats/")


@login_required
@once
def owners(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    contract = Contract.objects.visible_to(actor).for_lists().filter(number=number).first()
    if contract is None:
        raise NotVisible
    require({"set_owners": owners_ability(actor, contract)}, "set_owners")
    now = list(contract.owners.values_list("email", flat=True))
    form = OwnersForm(
        posted(request),
        people=choices_for(contract),
        initial={"owners": now, "version": contract.version},
    )
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            set_owners(contract, actor=actor, emails=said["owners"], expected_version=said["version"])
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Personnes enregistrées.")
            return redirect(contract.get_absolute_url())
    context = {
        "title": f"Qui suit le contrat {contract.number}",
        "form": form,
        "button_label": "Enregistrer",
        "cancel_url": contract.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            LIST, (contract.number, contract.get_absolute_url()), current="Personnes"
        ),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
@never_cache
def calendar_links(request: HttpRequest) -> HttpResponse:
    """The address of a new link is in this answer and nowhere else."""
    actor = actor_of(request)
    require(calendars_abilities(actor), "create")
    address = links.open_link(actor=actor)[1] if request.method == "POST" else ""
    context = {
        "address": address,
        "link": CalendarLink.objects.visible_to(actor).living().first(),
        "days": ", ".join(str(days) for days in ALERT_DAYS[:-1]) + f" et {ALERT_DAYS[-1]}",
        "breadcrumb_data": breadcrumb(LIST, current="Agenda"),
    }
    return render(request, "procurement/register/calendar.html", context)


@login_required
@once
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(calendars_abilities(actor), "create")
    link = CalendarLink.objects.visible_to(actor).living().first()
    if link is None:
        raise NotVisible
    if request.method == "POST":
        links.revoke_link(link, actor=actor)
        messages.success(request, "Lien d’agenda révoqué. Il ne sert plus.")
        return redirect("procurement:calendar_links")
    context = {
        "title": "Révoquer le lien d’agenda",
        "lead": "Les agendas qui s’y sont abonnés ne recevront plus rien.",
        "button_label": "Révoquer le lien",
        "cancel_url": reverse("procurement:calendar_links"),
        "breadcrumb_data": breadcrumb(LIST, ("Agenda", "/contrats/agenda/"), current="Révoquer"),
    }
    return render(request, "pages/confirm.html", context)


@require_safe
@never_cache
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """For a calendar, which signs in nowhere: who holds the address reads."""
    content = links.read_calendar(secret, now=timezone.now())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Content-Disposition"] = 'inline; filename="contrats.ics"'
    return answer
