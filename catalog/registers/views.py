"""Registers read again: the file, its preview, the confirmation, the undoing; then each difference."""

from __future__ import annotations

import uuid as uuids
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog.abilities import catalog_abilities, difference_abilities, import_abilities
from catalog.enums import DifferenceKind, RegisterImportState
from catalog.forms.marks import OutcomeForm, ReasonForm
from catalog.freshness import reading_is_old
from catalog.models import RegisterDifference, RegisterImport
from catalog.registers import actions as registers
from catalog.registers.forms import ConfirmImportForm, RegisterFileForm
from catalog.registers.links import linked
from catalog.registers.specs import REGISTERS, Register
from catalog.registers.words import compared
from catalog.views.finding import actor_of
from catalog.views.queues import LANDING
from catalog.views.search import page_number
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.reference.releases import current_release
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text
from marketplace.working_days import working_days_between

LIST = ("Registres", "/pilotage/registres/")
SHOWN, PAGE_SIZE = 100, 30


def register_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "see_registers")
    today = timezone.localdate()
    rows = []
    for register in REGISTERS.values():
        release = current_release(register.name)
        read_on = release.read_on if release else None
        rows.append(
            {
                "register": register,
                "release": release,
                "count": len(registers.rows_of(release)),
                "age": (today - read_on).days if read_on else None,
                "is_old": reading_is_old(read_on, on=today),
            }
        )
    imports = RegisterImport.objects.select_related("prepared_by").defer("rows", "readings")
    context = {
        "rows": rows,
        "imports": [(each, REGISTERS[each.register].label) for each in imports[:SHOWN]],
        "may_import": allowed(catalog_abilities(actor_of(request)), "curate"),
        "breadcrumb_data": breadcrumb(current="Registres"),
    }
    return render(request, "catalog/registers.html", context)


def _register(code: str) -> Register:
    if code not in REGISTERS:
        raise NotVisible()
    return REGISTERS[code]


@once
def read(request: HttpRequest, code: str) -> HttpResponse:
    actor, register = actor_of(request), _register(code)
    require(catalog_abilities(actor), "curate")
    form = RegisterFileForm.of(request)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        upload = said.pop("file")
        try:
            made = registers.prepare(
                register, content=upload.read(), file_name=upload.name, actor=actor, **said
            )
            return redirect("catalog:register_import", made.uuid)
        except RuleBroken as error:
            for name, words in error.fields.items():
                form.add_error(name, words)
    context = {
        "title": f"Importer : {register.label}",
        "lead": "Rien n’est enregistré avant la page suivante, qui montre les écarts.",
        "form": form,
        "register": register,
        "button_label": "Voir les écarts",
        "cancel_url": LIST[1],
        "breadcrumb_data": breadcrumb(LIST, current="Importer"),
    }
    return render(request, "catalog/register_file.html", context, status=400 if form.errors else 200)


def find_import(request: HttpRequest, uuid: uuids.UUID) -> RegisterImport:
    """Raises NotAllowed, NotVisible."""
    actor = actor_of(request)
    require(catalog_abilities(actor), "see_registers")
    rows = RegisterImport.objects.visible_to(actor).select_related("compared_with", "release", "prepared_by")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    return found


@once
def register_import(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    found, actor = find_import(request, uuid), actor_of(request)
    verdicts = import_abilities(actor, found)
    form = ConfirmImportForm(
        request.POST if request.POST.get("move") == "apply" else None,
        faults=len(found.faults),
        initial={"sha256": found.sha256},
    )
    if request.method == "POST":
        move = "drop" if request.POST.get("move") == "drop" else "apply"
        require(verdicts, move)
        found.check_move(move)
        if _moved(found, move, form, request=request):
            return redirect("catalog:register_import", found.uuid)
    context = _import_context(found) | {
        "form": form,
        "may": {move.name: allowed(verdicts, move.name) for move in found.available_moves()},
        "refusal": verdicts["apply"] if found.state == RegisterImportState.PREPARED else "",
    }
    return render(request, "catalog/register_import.html", context, status=400 if form.errors else 200)


def _moved(found: RegisterImport, move: str, form: ConfirmImportForm, *, request: HttpRequest) -> bool:
    """False with the refusal put on the form."""
    actor = actor_of(request)
    if move == "drop":
        registers.drop(found, actor=actor)
        messages.success(request, "Import abandonné. Le registre n’a pas changé.")
        return True
    if not form.is_valid():
        return False
    said = form.cleaned_data
    try:
        registers.confirm(
            found, sha256=said["sha256"], without_faults=said.get("without_faults", False), actor=actor
        )
    except RuleBroken as error:
        for name, words in error.fields.items():
            form.add_error(name, words)
        return False
    messages.success(request, "Registre enregistré. Aucun statut n’a changé : les écarts sont à traiter.")
    return True


def _import_context(found: RegisterImport) -> dict[str, Any]:
    register = REGISTERS[found.register]
    rows = linked(registers.preview(found), register=register)
    counts = Counter(each.difference.kind for each in rows)
    shown = sorted(rows, key=lambda each: not each.touched)[:SHOWN]
    return {
        "import": found,
        "register": register,
        "counts": [(kind.label, counts[kind]) for kind in DifferenceKind],
        "total": len(rows),
        "touching": sum(1 for each in rows if each.touched),
        "differences": [(each, compared(each.difference, register=register)) for each in shown],
        "faults": found.faults[:SHOWN],
        "breadcrumb_data": breadcrumb(LIST, current=f"{register.label}, {found.edition}"),
    }


@once
def undo(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    found, actor = find_import(request, uuid), actor_of(request)
    require(import_abilities(actor, found), "undo")
    found.check_move("undo")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        registers.undo(found, actor=actor, reason=form.cleaned_data["reason"])
        messages.success(request, "Import annulé. La lecture précédente est de nouveau la présente.")
        return redirect("catalog:register_import", found.uuid)
    before = found.compared_with
    context = {
        "title": "Annuler l’import",
        "lead": "La lecture précédente redevient la présente. Les actes enregistrés entre-temps restent.",
        "facts": [
            ("Registre", REGISTERS[found.register].label),
            ("Lecture annulée", f"{found.edition}, lue le {date_text(found.read_on)}"),
            ("Lecture qui revient", before.edition if before else "Aucune"),
        ],
        "form": form,
        "button_label": "Annuler l’import",
        "cancel_url": f"/pilotage/registres/imports/{found.uuid}/",
        "breadcrumb_data": breadcrumb(LIST, current="Annuler l’import"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


def difference_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "curate")
    today = timezone.localdate()
    rows = RegisterDifference.objects.filter(closed_at__isnull=True)
    rows = rows.select_related("reading", "offer", "mark").defer("reading__rows", "reading__readings")
    pages = Paginator(rows, PAGE_SIZE)
    page = pages.page(min(page_number(request.GET), pages.num_pages))
    context = {
        "page": page,
        "rows": [
            (each, working_days_between(timezone.localdate(each.reading.state_since), today)) for each in page
        ],
        "breadcrumb_data": breadcrumb(LANDING, current="Écarts de registre"),
    }
    return render(request, "catalog/differences.html", context)


@once
def difference_page(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "see_registers")
    rows = RegisterDifference.objects.visible_to(actor).select_related(
        "reading", "offer", "mark", "closed_by"
    )
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(difference_abilities(actor, found), "close")
        registers.refuse_closed(found)
        if form.is_valid():
            registers.close(found, outcome=form.cleaned_data["outcome"], actor=actor)
            messages.success(request, "Écart traité.")
            return redirect("catalog:difference_list")
    register = REGISTERS[found.reading.register]
    context = {
        "difference": found,
        "register": register,
        "compared": compared(found, register=register),
        "form": form,
        "may_close": allowed(difference_abilities(actor, found), "close") and found.closed_at is None,
        "breadcrumb_data": breadcrumb(
            LANDING, ("Écarts de registre", "/pilotage/registres/ecarts/"), current=found.offer.name
        ),
    }
    return render(request, "catalog/difference.html", context, status=400 if form.errors else 200)
