"""Official Gaia-X releases, for DINUM: which one judges, what another would change, putting it in force."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.models import GaiaxRelease, ReleaseUse
from qualification.models.gaiax_release import OWN
from qualification.releases.abilities import releases_abilities
from qualification.releases.books import current_pk
from qualification.releases.choosing import apply
from qualification.releases.differences import lines_of
from qualification.releases.forms import ApplyForm
from qualification.releases.reading import light, trials_shown
from qualification.releases.trials import ask_trial, outcome_of

LIST = ("Versions Gaia-X", "/pilotage/gaia-x/")
MOST = 50


@login_required
@require_GET
def release_list(request: HttpRequest) -> HttpResponse:
    require(releases_abilities(actor_of(request)), "see")
    context = {
        "releases": light().select_related("loaded_by")[:MOST],
        "current": current_pk(),
        "own": OWN,
        "uses": ReleaseUse.objects.select_related("release", "chosen_by", "trial").defer(
            "release__content", "release__anchors"
        )[:MOST],
        "breadcrumb_data": breadcrumb(current=LIST[0]),
    }
    return render(request, "qualification/releases/list.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, uuid: uuids.UUID | None = None) -> HttpResponse:
    """What a release describes, against what is in force; POST asks for the preview of verdicts. Without
    an identifier: the project's own contexts and shapes."""
    actor = actor_of(request)
    require(releases_abilities(actor), "see")
    found = _release(uuid) if uuid is not None else None
    if request.method == "POST":
        return redirect(ask_trial(found, actor=actor))
    present = current_pk()
    is_current = present == (found.pk if found is not None else None)
    name = found.edition if found is not None else OWN
    context = {
        "release": found,
        "name": name,
        "is_current": is_current,
        "lines": lines_of(found, None if present is None else light().get(pk=present)),
        "may_try": allowed(releases_abilities(actor), "choose") and not is_current,
        "breadcrumb_data": breadcrumb(LIST, current=name),
    }
    return render(request, "qualification/releases/release.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    require(releases_abilities(actor), "see")
    found = trials_shown().filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    form = ApplyForm(request.POST or None)
    if request.method == "POST":
        require(releases_abilities(actor), "choose")
    if request.method == "POST" and form.is_valid():
        try:
            apply(found, actor=actor, reason=form.cleaned_data["reason"])
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"{found.after_name} juge désormais les titres Gaia-X.")
            return redirect(LIST[1])
    context = _trial_context(found) | {
        "form": form,
        "may_apply": allowed(releases_abilities(actor), "choose"),
        "breadcrumb_data": breadcrumb(LIST, current=f"Aperçu de {found.after_name}"),
    }
    part = request.headers.get("HX-Request") == "true"
    template = "qualification/releases/_outcome.html" if part else "qualification/releases/trial.html"
    return render(request, template, context, status=400 if form.errors else 200)


def _trial_context(found: Any) -> dict[str, Any]:
    use = ReleaseUse.objects.filter(trial=found).select_related("chosen_by").first()
    return {
        "trial": found,
        "outcome": outcome_of(found),
        "use": use,
        "is_stale": use is None and current_pk() != found.compared_with_id,
    }


def _release(uuid: uuids.UUID) -> GaiaxRelease:
    found = light().select_related("loaded_by").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found
