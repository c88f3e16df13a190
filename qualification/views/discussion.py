"""The discussion of one requirement of a dossier."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.once import once
from qualification import discussion as talking
from qualification.abilities import dossier_abilities
from qualification.forms import MessageForm
from qualification.views.find import trail, visible_dossier


@login_required
@once
@require_http_methods(["GET", "POST"])
def discussion(request: HttpRequest, number: str, code: str) -> HttpResponse:
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    try:
        requirement = talking.requirement_of(dossier, code)
    except RuleBroken:
        raise NotVisible from None
    verdicts = dossier_abilities(actor, dossier)
    if request.method == "POST":
        require(verdicts, "discuss")
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            talking.write(dossier, actor=actor, requirement=code, text=form.cleaned_data["text"])
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Message envoyé. L’autre partie est prévenue.")
            return redirect("qualification:discussion", number, code)
    context = {
        "dossier": dossier,
        "requirement": requirement,
        "said": dossier.messages.filter(requirement=code).select_related("author"),
        "form": form,
        "may_write": allowed(verdicts, "discuss") and dossier.state not in talking.CLOSED,
        "may_judge": allowed(verdicts, "read_instruction"),
        "breadcrumb_data": trail(dossier, current=f"Échanges, {requirement.title}"),
    }
    return render(request, "qualification/discussion.html", context, status=400 if form.is_bound else 200)
