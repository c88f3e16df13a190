"""Durations of instruction, for everybody: page and files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.documents.answers import FORMATS, table_answer
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from qualification import limits
from qualification.durations import SMALLEST, WHOLE, duration_table, measured


@require_safe
def durations(request: HttpRequest) -> HttpResponse:
    context = {
        "found": measured(),
        "smallest": SMALLEST,
        "whole": WHOLE,
        "limit": limits.instruction_days(),
        "files": list(FORMATS.values()),
        "breadcrumb_data": breadcrumb(current="Durées d’instruction"),
    }
    return render(request, "qualification/durations.html", context)


@require_safe
def durations_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    if kind not in FORMATS:
        raise NotVisible
    return table_answer(duration_table(measured()), format=FORMATS[kind], name="durees-instruction")
