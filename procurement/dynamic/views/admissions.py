"""`/candidatures/ADM-…/`: one application, read by its supplier and by who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from procurement.consultations.views.find import tried
from procurement.dynamic import admitting
from procurement.dynamic.abilities import admission_abilities
from procurement.dynamic.enums import AdmissionState
from procurement.dynamic.forms import PaperForm, ReasonForm, WithdrawForm
from procurement.dynamic.views.systems import HOME
from procurement.models import Admission
from procurement.views.find import actor_of, posted, typed_version


@dataclass(frozen=True)
class ActPage:
    ability: str
    form: type[MarketForm]
    title: str
    lead: str
    done: str
    do: Callable[..., Any]


ACTS = {
    "admettre": ActPage(
        "admit",
        MarketForm,
        "Admettre ce fournisseur",
        "Il sera invité à chaque marché spécifique, comme tous ceux qui sont admis.",
        "Candidature admise.",
        admitting.admit,
    ),
    "prolonger": ActPage(
        "extend",
        ReasonForm,
        "Prolonger le délai de réponse",
        "Quinze jours ouvrables au lieu de dix, une seule fois, avec le motif.",
        "Délai prolongé, le fournisseur est prévenu.",
        admitting.extend,
    ),
    "refuser": ActPage(
        "refuse",
        ReasonForm,
        "Refuser la candidature",
        "Le fournisseur lit le motif. Il peut candidater de nouveau.",
        "Candidature refusée.",
        admitting.refuse,
    ),
    "terminer": ActPage(
        "end",
        ReasonForm,
        "Mettre fin à l’admission",
        "Si le fournisseur ne remplit plus les critères. Il ne répond plus aux marchés spécifiques.",
        "Admission terminée.",
        admitting.end,
    ),
    "retirer": ActPage(
        "withdraw",
        WithdrawForm,
        "Retirer la candidature",
        "Vous ne serez plus invité aux marchés spécifiques. Vous pourrez candidater de nouveau.",
        "Candidature retirée.",
        admitting.withdraw,
    ),
}


def visible(request: HttpRequest, number: str) -> Admission:
    """Raises NotVisible (404)."""
    found = Admission.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def trail(found: Admission, *, current: str) -> dict[str, Any]:
    system = found.system
    return breadcrumb(HOME, (system.vehicle.number, system.get_absolute_url()), current=current)


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible(request, number)
    verdicts = admission_abilities(actor, found)
    context = {
        "admission": found,
        "system": found.system,
        "late": found.is_late(timezone.localdate()),
        "may_add": allowed(verdicts, "add_paper") and found.state == AdmissionState.ASKED,
        "acts": [
            {"url": f"{found.get_absolute_url()}{words}/", "label": page.title}
            for words, page in ACTS.items()
            if _possible(found, page) and allowed(verdicts, page.ability)
        ],
        "breadcrumb_data": trail(found, current=found.number),
    }
    return render(request, "procurement/dynamic/admission.html", context)


def _possible(found: Admission, page: ActPage) -> bool:
    if page.ability == "extend":
        return found.state == AdmissionState.ASKED and not found.extension_reason
    return found.state in found.MOVES[page.ability].sources


@login_required
@once
def act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    found, page, actor = visible(request, number), ACTS.get(words), actor_of(request)
    if page is None:
        raise NotVisible
    require(admission_abilities(actor, found), page.ability)
    if page.ability == "extend":
        admitting.refuse_answered(found)
    else:
        found.check_move(page.ability)
    form, version = page.form(posted(request)), typed_version(request)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: page.do(found, actor=actor, expected_version=version, **said)):
            messages.success(request, page.done)
            return redirect(found)
    return _page(request, found, form, title=page.title, lead=page.lead)


@login_required
@once
def add_paper(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = visible(request, number), actor_of(request)
    require(admission_abilities(actor, found), "add_paper")
    admitting.refuse_answered(found)
    form = PaperForm.of(request)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: admitting.add_paper(found, actor=actor, **said)):
            messages.success(request, "Pièce jointe.")
            return redirect(found)
    return _page(request, found, form, title="Joindre une pièce", lead="")


@login_required
@require_safe
def paper(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    one = next((each for each in visible(request, number).papers.all() if each.uuid == uuid), None)
    if one is None:
        raise NotVisible
    return download_response(one.file, actor=actor_of(request))


def _page(request: HttpRequest, found: Admission, form: Any, *, title: str, lead: str) -> HttpResponse:
    context = {
        "title": title,
        "lead": lead,
        "facts": [("Système", found.system.vehicle.title), ("Fournisseur", found.supplier.name)],
        "form": form,
        "version": typed_version(request) or found.version,
        "button_label": title,
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": trail(found, current=title),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/derogation_act.html", context, status=status)
