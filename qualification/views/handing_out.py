"""Evidence of a decided dossier: what anybody may read of it, said by who instructs or decides."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.once import once
from qualification import handing_out
from qualification.abilities import dossier_abilities
from qualification.enums import CopyOutcome
from qualification.forms_evidence import HandingOutForm
from qualification.models import Decision, EvidenceCopy
from qualification.views.find import actor_of, trail, visible_dossier


@require_safe
def evidence_copy(request: HttpRequest, uuid: str) -> HttpResponse:
    """The last word alone: what was given once and is withheld since is given no more."""
    found = EvidenceCopy.objects.in_force().with_rows().filter(uuid=uuid).first()
    if found is None or not found.is_given:
        raise NotVisible
    return download_response(found.file or found.evidence.file, actor=actor_of(request))


@login_required
@once
@require_http_methods(["GET", "POST"])
def hand_out(request: HttpRequest, number: str, stage: str, evidence: str) -> HttpResponse:
    """Mark what the copy hides, read it, then decide: nothing is written before but the reading."""
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    require(dossier_abilities(actor, dossier), "redact")
    decision = Decision.objects.of(dossier).filter(stage=stage).first()
    joined = handing_out.evidence_of(decision, number=evidence) if decision else None
    if decision is None or joined is None:
        raise NotVisible
    form, pages = HandingOutForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            hiding = handing_out.Hiding(**form.values())
            if "apercu" in request.POST:
                pages = handing_out.preview(joined, hiding, actor=actor)
            else:
                handing_out.decide(decision, joined, hiding, actor=actor)
                label = CopyOutcome(hiding.outcome).label.lower()
                messages.success(request, f"C’est dit : {joined.number}, {label}. L’original ne change pas.")
                return redirect("qualification:decision", number)
        except RuleBroken as refused:
            form.refuse(refused)
    context = {
        "title": f"Communiquer la preuve {joined.number}",
        "lead": "Une copie occultée est refaite à partir du texte qui reste : rien n’est caché sous un "
        "trait. L’original reste scellé, tel qu’il a été reçu.",
        "facts": [
            ("Preuve", joined.title),
            ("Fournisseur", joined.organisation.name),
            ("Dossier", dossier.number),
            ("Décision", decision.sentence),
        ],
        "form": form,
        "pages": pages,
        "button_label": "Décider",
        "cancel_url": f"{dossier.get_absolute_url()}decision/",
        "breadcrumb_data": trail(dossier, current=f"Communiquer {joined.number}"),
    }
    return render(request, "qualification/hand_out.html", context, status=400 if form.errors else 200)
