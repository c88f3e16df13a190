"""The public copies of decisions: made by who instructs or decides, read by everybody."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.abilities import require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification import redaction
from qualification.abilities import dossier_abilities
from qualification.forms import RedactionForm
from qualification.models import Decision, EvidenceCopy, PublicCopy
from qualification.views.find import trail, visible_dossier

PAGE_SIZE = 20


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The last copy of each decision, the newest first."""
    told = EvidenceCopy.objects.in_force().with_rows().order_by("evidence_id")
    rows = PublicCopy.objects.in_force().select_related("decision__dossier", "file")
    rows = rows.prefetch_related(Prefetch("decision__evidence_copies", told))
    context = {
        "page": Paginator(rows.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page")),
        "breadcrumb_data": breadcrumb(current="Décisions publiées"),
    }
    return render(request, "qualification/published.html", context)


@require_safe
def public_copy(request: HttpRequest, uuid: str) -> HttpResponse:
    found = PublicCopy.objects.select_related("file").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return download_response(found.file, actor=actor_of(request))


@login_required
@once
@require_http_methods(["GET", "POST"])
def redact(request: HttpRequest, number: str, stage: str) -> HttpResponse:
    """Mark what the copy hides, read it, then publish: nothing is written before."""
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    require(dossier_abilities(actor, dossier), "redact")
    decision = Decision.objects.of(dossier).filter(stage=stage).first()
    if decision is None:
        raise NotVisible
    operator = actor.organisation.name if actor.organisation else ""
    form, letter = RedactionForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        said = redaction.passages_of(form.cleaned_data["passages"])
        try:
            if "apercu" in request.POST:
                letter = redaction.preview(decision, passages=said, operator=operator)
            else:
                ground = form.cleaned_data["ground"]
                redaction.publish(decision, actor=actor, passages=said, ground=ground, operator=operator)
                messages.success(request, "Copie publiée. La lettre d’origine ne change pas.")
                return redirect("qualification:decision", number)
        except RuleBroken as refused:
            form.refuse(refused)
    context = {
        "title": "Publier une copie de la décision",
        "lead": "Ce que vous marquez ne figure pas dans la copie. La lettre remise au fournisseur reste "
        "telle qu’elle a été produite.",
        "facts": [("Dossier", dossier.number), ("Décision", decision.sentence)],
        "form": form,
        "letter": letter,
        "has_letter": True,
        "button_label": "Publier la copie",
        "cancel_url": f"{dossier.get_absolute_url()}decision/",
        "breadcrumb_data": trail(dossier, current="Publier une copie"),
    }
    return render(request, "qualification/redact.html", context, status=400 if form.errors else 200)
