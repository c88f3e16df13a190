"""Queues of the workers: what waits, pauses, and what was given up."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.health import pauses
from marketplace.health.models import PausableQueue
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.abilities import work_abilities
from qualification.forms import PauseForm
from qualification.work import dead_letters, queue_states, try_again

PAGE_SIZE = 30
HOME = ("Instruction", "/pilotage/instruction/")
WORK = ("Files de travaux", "/pilotage/travaux/")


@login_required
@require_safe
def queues(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(work_abilities(actor), "see")
    states = queue_states()
    context = {
        "states": [(state, allowed(work_abilities(actor, state.code), "pause")) for state in states],
        "page": Paginator(dead_letters(), PAGE_SIZE).get_page(request.GET.get("page")),
        "may_retry": allowed(work_abilities(actor), "retry"),
        "breadcrumb_data": breadcrumb(HOME, current=WORK[0]),
    }
    return render(request, "qualification/work.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def pause_queue(request: HttpRequest, queue: str) -> HttpResponse:
    named = _named(queue)
    actor = actor_of(request)
    require(work_abilities(actor, queue), "pause")
    form = PauseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            pauses.pause(queue, actor=actor, reason=form.cleaned_data["reason"])
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "File en pause. Ce qui est en cours se termine.")
            return redirect("qualification:work")
    context = {
        "title": f"Mettre en pause : {named.label}",
        "lead": "Rien de nouveau n’est pris dans cette file ; ce qui court se termine, rien n’est perdu.",
        "form": form,
        "button_label": "Mettre en pause",
        "cancel_url": WORK[1],
        "breadcrumb_data": breadcrumb(HOME, WORK, current="Mettre en pause"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@once
@require_POST
def resume_queue(request: HttpRequest, queue: str) -> HttpResponse:
    _named(queue)
    actor = actor_of(request)
    require(work_abilities(actor, queue), "resume")
    pauses.resume(queue, actor=actor)
    messages.success(request, "La file reprend : ce qui attend part en quelques secondes.")
    return redirect("qualification:work")


@login_required
@once
@require_POST
def retry(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    require(work_abilities(actor), "retry")
    try_again(uuid, actor=actor)
    messages.success(request, "Travail relancé.")
    return redirect("qualification:work")


def _named(queue: str) -> PausableQueue:
    """Raises NotVisible for a queue that is never paused."""
    if queue not in PausableQueue.values:
        raise NotVisible
    return PausableQueue(queue)
