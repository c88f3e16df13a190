"""`/candidatures/ADM-…/`: one application, read by its supplier and by who answers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.applications.forms import PaperForm, WithdrawForm
from procurement.dynamic import admitting
from procurement.dynamic.abilities import admission_abilities
from procurement.dynamic.forms import ReasonForm
from procurement.dynamic.views.systems import HOME
from procurement.models import Admission
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of

ACTS = Acts(
    {
        "admettre": ActPage(
            "admit",
            admitting.admit,
            "Admettre ce fournisseur",
            "Candidature admise.",
            lead="Il sera invité à chaque marché spécifique, comme tous ceux qui sont admis.",
            forward=True,
        ),
        "prolonger": ActPage(
            "extend",
            admitting.extend,
            "Prolonger le délai de réponse",
            "Délai prolongé, le fournisseur est prévenu.",
            ReasonForm,
            lead="Quinze jours ouvrables au lieu de dix, une seule fois, avec le motif.",
            refuse=admitting.refuse_extended,
        ),
        "refuser": ActPage(
            "refuse",
            admitting.refuse,
            "Refuser la candidature",
            "Candidature refusée.",
            ReasonForm,
            lead="Le fournisseur lit le motif. Il peut candidater de nouveau.",
        ),
        "terminer": ActPage(
            "end",
            admitting.end,
            "Mettre fin à l’admission",
            "Admission terminée.",
            ReasonForm,
            lead="Si le fournisseur ne remplit plus les critères. Il ne répond plus aux marchés spécifiques.",
        ),
        "retirer": ActPage(
            "withdraw",
            admitting.withdraw,
            "Retirer la candidature",
            "Candidature retirée.",
            WithdrawForm,
            lead="Vous ne serez plus invité aux marchés spécifiques. Vous pourrez candidater de nouveau.",
        ),
        "pieces": ActPage(
            "add_paper",
            admitting.add_paper,
            "Joindre une pièce",
            "Pièce jointe.",
            PaperForm,
            refuse=admitting.refuse_answered,
        ),
    },
    abilities=admission_abilities,
    url_name="procurement:admission_act",
)


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
    found = visible(request, number)
    context = {
        "admission": found,
        "system": found.system,
        "late": found.is_late(timezone.localdate()),
        "acts": ACTS.links(actor_of(request), found),
        "breadcrumb_data": trail(found, current=found.number),
    }
    return render(request, "procurement/dynamic/admission.html", context)


@login_required
@once
def act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    found = visible(request, number)

    def about(page: ActPage) -> dict[str, Any]:
        return {
            "facts": [("Système", found.system.vehicle.title), ("Fournisseur", found.supplier.name)],
            "breadcrumb_data": trail(found, current=page.title),
        }

    return ACTS.serve(request, found, words, about=about)


@login_required
@require_safe
def paper(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    one = next((each for each in visible(request, number).papers.all() if each.uuid == uuid), None)
    if one is None:
        raise NotVisible
    return download_response(one.file, actor=actor_of(request))
