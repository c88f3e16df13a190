"""`/projets/…/conformite/…/`: recording an AIPD or an homologation, reading its paper."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from marketplace.errors import NotAllowed, NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.once import once
from procurement.actions.projects import refuse_closed
from procurement.compliance.abilities import record_refusal
from procurement.compliance.enums import ComplianceKind
from procurement.compliance.forms import ComplianceForm
from procurement.compliance.recording import record_act
from procurement.forms.refusals import put_refusal
from procurement.views.find import actor_of, posted, trail, visible_project

KINDS = {"aipd": ComplianceKind.IMPACT_ASSESSMENT, "homologation": ComplianceKind.ACCREDITATION}
TITLES = {
    ComplianceKind.IMPACT_ASSESSMENT: "Enregistrer l’analyse d’impact (AIPD)",
    ComplianceKind.ACCREDITATION: "Enregistrer l’homologation",
}


@login_required
@once
def record_page(request: HttpRequest, number: str, words: str) -> HttpResponse:
    project = visible_project(request, number)
    if words not in KINDS:
        raise NotVisible
    kind, actor = KINDS[words], actor_of(request)
    refusal = record_refusal(actor, project, kind)
    if refusal:
        raise NotAllowed("not_allowed", refusal)
    refuse_closed(project)
    form = ComplianceForm(posted(request), request.FILES or None, kind=kind)
    if form.is_bound and form.is_valid():
        try:
            record_act(project, actor=actor, kind=kind, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Acte enregistré.")
            return redirect(project)
    context = {
        "form": form,
        "title": TITLES[kind],
        "lead": "L’acte est signé ailleurs : enregistrez ce qu’il dit, avec son document. "
        "Un nouvel acte remplace l’ancien, qui reste lisible.",
        "button_label": "Enregistrer l’acte",
        "cancel_url": project.get_absolute_url(),
        "breadcrumb_data": trail(project, current=TITLES[kind]),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def paper(request: HttpRequest, number: str, uuid: uuids.UUID) -> HttpResponse:
    """Every reading is journalled."""
    acts = visible_project(request, number).compliance_acts.for_pages()
    found = acts.filter(uuid=uuid, document__isnull=False).first()
    if found is None or found.document is None:
        raise NotVisible
    return download_response(found.document, actor=actor_of(request))
