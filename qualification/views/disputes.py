"""Right of reply on a check: the supplier contests, an officer answers, those concerned read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.once import once
from marketplace.ui.typography import date_text
from qualification import disputes
from qualification.abilities import dispute_abilities, dossier_abilities
from qualification.enums import DisputeState
from qualification.forms import DisputeAnswerForm, DisputeForm
from qualification.models import CheckRun, Dispute, Dossier
from qualification.progress import runs_of
from qualification.views.find import trail, visible_dossier


@login_required
@once
@require_http_methods(["GET", "POST"])
def lodge(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Contest the last result of a check."""
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    runs = runs_of(dossier, code)
    if not runs:
        raise NotVisible
    require(dossier_abilities(actor, dossier), "dispute")
    run = runs[0]
    disputes.check_disputable(run, dossier=dossier)
    form = DisputeForm.of(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = disputes.lodge(
                run, actor=actor, reason=form.cleaned_data["reason"], upload=form.cleaned_data["file"]
            )
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Contestation enregistrée. La décision attend sa réponse.")
            return redirect(made)
    context = {
        "title": "Contester un résultat",
        "lead": "Une personne vous répondra par écrit. Aucune décision n’est prise avant sa réponse.",
        "facts": _facts(run),
        "form": form,
        "button_label": "Envoyer la contestation",
        "cancel_url": run.get_absolute_url(),
        "breadcrumb_data": trail(dossier, current="Contester"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


def _facts(run: CheckRun) -> list[tuple[str, object]]:
    return [
        ("Contrôle", run.title),
        ("Constat", run.message),
        ("Règle", run.rule),
        ("Contester", f"avant le {date_text(run.dispute_before)}" if run.dispute_before else None),
    ]


@login_required
@once
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, number: str, dispute: str) -> HttpResponse:
    """One dispute for all who see the dossier; its officer answers here."""
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    found = _visible(dossier, dispute)
    verdicts = dispute_abilities(actor, found)
    if request.method == "POST":
        require(verdicts, "reject")
        found.check_move("reject")
    form = DisputeAnswerForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid() and _answered(request, found, form):
        messages.success(request, "Réponse enregistrée. Le fournisseur peut la lire.")
        return redirect(found)
    context = {
        "dossier": dossier,
        "dispute": found,
        "run": found.check_run,
        "form": form,
        "may_answer": allowed(verdicts, "reject") and found.state == DisputeState.LODGED,
        "breadcrumb_data": trail(dossier, current=f"Contestation {found.number}"),
    }
    return render(request, "qualification/dispute.html", context, status=400 if form.errors else 200)


def _answered(request: HttpRequest, dispute: Dispute, form: DisputeAnswerForm) -> bool:
    """False with the refusal on the form."""
    answer, reason, version = (form.cleaned_data[name] for name in ("answer", "reason", "version"))
    actor = actor_of(request)
    try:
        if answer == "reject":
            disputes.reject(dispute, actor=actor, reason=reason, expected_version=version)
        else:
            disputes.uphold(dispute, actor=actor, effect=answer, reason=reason, expected_version=version)
    except RuleBroken as refused:
        form.refuse(refused)
        return False
    return True


@login_required
@require_GET
def file(request: HttpRequest, number: str, dispute: str) -> HttpResponse:
    found = _visible(visible_dossier(request, number), dispute)
    if found.file is None:
        raise NotVisible
    return download_response(found.file, actor=actor_of(request))


def _visible(dossier: Dossier, number: str) -> Dispute:
    """Of this dossier, which its reader sees. Raises NotVisible."""
    found = Dispute.objects.for_lists().filter(dossier=dossier, number=number).first()
    if found is None:
        raise NotVisible
    found.dossier = found.check_run.dossier = dossier
    return found
