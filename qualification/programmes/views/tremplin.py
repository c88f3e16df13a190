"""The « Tremplin » path: read by everybody, its progress kept for a supplier."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog.models import Category
from catalog.price_watch import figures_of
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.forms import RuledForm
from qualification.programmes import tremplin
from qualification.programmes.abilities import tremplin_abilities
from qualification.programmes.views.find import actor_of

HOME = ("Tremplin", "/tremplin/")


class StepForm(RuledForm):
    done = forms.BooleanField(label="Cette étape est faite", required=False)
    note = forms.CharField(
        label="Où vous en êtes",
        help_text="Votre organisation seule le lit.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`categorie` asks for the prices of one category."""
    actor = actor_of(request)
    code = request.GET.get("categorie", "").replace("\x00", "")[:60]
    steps = tremplin.steps_of(actor)
    context = {
        "way": tremplin.tremplin(),
        "steps": steps,
        "done": sum(1 for one in steps if one.is_done),
        "may_mark": allowed(tremplin_abilities(actor), "mark"),
        "categories": Category.objects.open().order_by("label", "pk"),
        "category": code,
        "figures": figures_of(code) if code else [],
        "sandboxes": tremplin.sandboxes(),
        "integrators": tremplin.integrators(),
        "breadcrumb_data": breadcrumb(current="Tremplin"),
    }
    return render(request, "qualification/programmes/tremplin.html", context)


@login_required
@once
def mark(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    require(tremplin_abilities(actor), "mark")
    found = next((one for one in tremplin.steps_of(actor) if one.step.code == code), None)
    if found is None:
        raise NotVisible
    initial = {"done": found.is_done, "note": found.progress.note if found.progress else ""}
    form = StepForm.of(request, initial=initial)
    if form.is_bound and form.is_valid():
        tremplin.mark(code, actor=actor, **form.cleaned_data)
        messages.success(request, f"« {found.step.title} » : enregistré.")
        return redirect("qualification:tremplin")
    context = {
        "title": found.step.title,
        "lead": found.step.what,
        "form": form,
        "button_label": "Enregistrer",
        "cancel_url": HOME[1],
        "breadcrumb_data": breadcrumb(HOME, current=found.step.title),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)
