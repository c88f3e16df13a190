"""Pasting a Gaia-X credential and reading, check by check, what holds and how to repair."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from qualification import verifications
from qualification.forms_gaiax import VerifyForm
from qualification.gaiax.remedies import lines_of
from qualification.models import GaiaxVerification
from qualification.views.find import actor_of


@login_required
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """With documents and anchors the answer is on this page; otherwise on that of the verification.
    `?depuis=` takes up again what was sent."""
    actor, report = actor_of(request), None
    form = VerifyForm(request.POST or None, initial=_again(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = verifications.ask(actor=actor, **form.given())
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            if isinstance(found, GaiaxVerification):
                return redirect(found)
            report = found
    context = {
        "form": form,
        **_shown(report),
        "breadcrumb_data": breadcrumb(current="Vérifier un titre Gaia-X"),
    }
    return render(request, "qualification/gaiax/verify.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def show(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    row = _visible(request, uuid)
    trail = breadcrumb(("Vérifier un titre Gaia-X", "/gaia-x/verifier/"), current="Résultat")
    context = {"verification": row, **_shown(row.report or None), "breadcrumb_data": trail}
    part = request.headers.get("HX-Request") == "true"
    template = "qualification/gaiax/_result.html" if part else "qualification/gaiax/result.html"
    return render(request, template, context)


def _visible(request: HttpRequest, uuid: uuids.UUID) -> GaiaxVerification:
    row = GaiaxVerification.objects.visible_to(actor_of(request)).filter(uuid=uuid).first()
    if row is None:
        raise NotVisible
    return row


def _again(request: HttpRequest) -> dict[str, str]:
    try:
        row = _visible(request, uuids.UUID(request.GET.get("depuis", "")))
    except (ValueError, NotVisible):
        return {}
    return {"credential": row.text}


def _shown(report: dict[str, Any] | None) -> dict[str, Any]:
    return {"report": report, "lines": lines_of(report) if report else []}
