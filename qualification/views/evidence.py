"""Evidence of a supplier: list, a new one, where it serves, who read it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification import evidence as keeping
from qualification.abilities import evidence_abilities, evidences_abilities
from qualification.forms_evidence import EvidenceForm, JoinForm
from qualification.models import Dossier, Evidence, EvidenceCopy
from qualification.states import SUPPLIER_STATES

PAGE_SIZE = 20
HOME = ("Mes preuves", "/mes-preuves/")


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(evidences_abilities(actor), "create")
    rows = Evidence.objects.visible_to(actor).for_lists().order_by("-pk")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "breadcrumb_data": breadcrumb(current="Mes preuves"),
    }
    return render(request, "qualification/evidence_list.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(evidences_abilities(actor), "create")
    form = EvidenceForm.of(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping.keep(actor=actor, **form.values())
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Preuve gardée. Joignez-la aux exigences qu’elle prouve.")
            return redirect(made)
    context = {
        "title": "Ajouter une preuve",
        "lead": "Donnée une fois, elle sert à tous vos dossiers. Chaque lecture est inscrite à son journal.",
        "form": form,
        "button_label": "Garder cette preuve",
        "cancel_url": HOME[1],
        "breadcrumb_data": breadcrumb(HOME, current="Ajouter"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@once
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, number: str) -> HttpResponse:
    """For its supplier: where it serves, who read it. The others download it from a dossier."""
    actor = actor_of(request)
    found = visible(request, number)
    verdicts = evidence_abilities(actor, found)
    may_join = allowed(verdicts, "join")
    if request.method == "POST":
        require(verdicts, "join")
    dossiers = list(_open_dossiers(found)) if may_join else []
    if request.POST.get("remove"):
        return _take_off(request, found)
    form = JoinForm(request.POST or None, dossiers=dossiers)
    if request.method == "POST" and form.is_valid():
        dossier, requirement = form.chosen()
        try:
            keeping.join(found, actor=actor, dossier=dossier, requirement=requirement)
        except RuleBroken as refused:
            form.add_error("where", refused.message)
        else:
            messages.success(request, f"Preuve jointe à {dossier.number}.")
            return redirect(found)
    context = {
        "evidence": found,
        "uses": [(use, use.dossier.state in SUPPLIER_STATES) for use in found.uses.all()],
        "copies": EvidenceCopy.objects.in_force().with_rows().filter(evidence=found),
        "form": form if dossiers else None,
        "may_join": may_join,
        "accesses": keeping.accesses_of(found)[:200] if allowed(verdicts, "read_journal") else [],
        "reads_journal": allowed(verdicts, "read_journal"),
        "breadcrumb_data": breadcrumb(HOME, current=found.number)
        if may_join
        else breadcrumb(("Dossiers", "/dossiers/"), current=found.number),
    }
    return render(request, "qualification/evidence.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def file(request: HttpRequest, number: str) -> HttpResponse:
    """Every reading is written down before the bytes are given."""
    return download_response(visible(request, number).file, actor=actor_of(request))


def _take_off(request: HttpRequest, found: Evidence) -> HttpResponse:
    key = request.POST["remove"]
    use = next((use for use in found.uses.all() if str(use.pk) == key), None)
    if use is None:
        raise NotVisible
    keeping.take_off(use, actor=actor_of(request))
    messages.success(request, "La preuve ne sert plus à cette exigence.")
    return redirect(found)


def _open_dossiers(found: Evidence) -> list[Dossier]:
    rows = Dossier.objects.filter(organisation=found.organisation_id, state__in=SUPPLIER_STATES)
    return list(rows.select_related("offer").order_by("-pk")[:50])


def visible(request: HttpRequest, number: str) -> Evidence:
    """Raises NotVisible (404)."""
    found = Evidence.objects.visible_to(actor_of(request)).for_lists().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
