"""Prices, marks and stack of an offer in edition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog import stack as stack_actions
from catalog import trust
from catalog.abilities import mark_abilities
from catalog.actions.authoring import refuse_if_not_editable, save_plans
from catalog.actions.declarations import is_own_word
from catalog.enums import Origin
from catalog.forms.marks import DeclareForm, EdgeForm
from catalog.forms.plans import PlansForm
from catalog.models import Offer, StackEdge
from catalog.presentation import shown_marks
from catalog.views.authoring import steps
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.files.store import download_response, store_upload
from marketplace.ui import drafts
from marketplace.ui.once import once
from marketplace.ui.typography import time_text


def _context(offer: Offer, name: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "offer": offer,
        "steps": steps(offer, current=name),
        "breadcrumb_data": trail(offer, part=title),
        **more,
    }


@once
@on_offer(ability="edit")
def edit_plans(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    refuse_if_not_editable(offer)
    form, kept = _plans_form(request, offer)
    status, conflicts = 200, []
    if request.method == "POST":
        if added := request.POST.get("add", ""):
            form.unbind()
            form.add(added)
        elif not form.is_valid():
            status = 400
        else:
            try:
                return _plans_saved(request, offer, form)
            except VersionStale:
                offer.refresh_from_db()
                form, _ = _plans_form(request, offer)
                status, conflicts = 412, form.conflicts() if form.is_valid() else []
            except (RuleBroken, ValidationError) as error:
                form.rows[0].plan.add_error(None, getattr(error, "message", "") or str(error.messages[0]))
                status = 400
    more = {"kept": kept, "conflicts": conflicts, "page_has_errors": status != 200}
    context = _context(offer, "prix", "Formules et prix", plans_form=form, **more)
    return render(request, "catalog/edit_plans.html", context, status=status)


def _plans_form(request: HttpRequest, offer: Offer) -> tuple[PlansForm, bool]:
    """The form, and whether it holds what was typed before a session ended."""
    version = offer.shown_for_edit
    plans = list(version.plans.prefetch_related("lines")) if version else []
    if request.method == "POST":
        return PlansForm(request.POST, plans=plans), False
    kept = drafts.kept_for(request)
    form = PlansForm(kept, plans=plans)
    if kept is not None:
        form.unbind()
    return form, kept is not None


def _plans_saved(request: HttpRequest, offer: Offer, form: PlansForm) -> HttpResponse:
    """Raises VersionStale when somebody saved the plans after the person read them."""
    if form.is_stale():
        raise VersionStale(current=offer.version, about=offer)
    save_plans(offer, actor=actor_of(request), plans=form.plans(), expected_version=offer.version)
    messages.success(request, f"Enregistré à {time_text(timezone.now())}.")
    return redirect("catalog:edit_marks", offer.number, offer.slug)


@once
@on_offer(ability="edit")
def edit_marks(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    refuse_if_not_editable(offer)
    form = DeclareForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _declare(request, offer, form):
        messages.success(request, "Déclaration enregistrée.")
        return redirect("catalog:edit_marks", offer.number, offer.slug)
    actor = actor_of(request)
    rows = [
        (shown, mark_abilities(actor, shown.mark)["edit"] == "" and is_own_word(shown.mark))
        for shown in shown_marks(offer)
    ]
    context = _context(offer, "qualifications", "Qualifications et certifications", form=form, rows=rows)
    return render(request, "catalog/edit_marks.html", context, status=400 if form.errors else 200)


def _declare(request: HttpRequest, offer: Offer, form: DeclareForm) -> bool:
    """False with the errors put on the form."""
    actor, upload = actor_of(request), form.cleaned_data["evidence"]
    try:
        fields = form.fields_of_mark()
        if upload is not None and actor.organisation is not None:
            fields["evidence"] = store_upload(upload, owner=actor.organisation, actor=actor)
        trust.add_mark(offer, actor=actor, origin=Origin.DECLARED, **fields)
    except RuleBroken as error:
        form.add_error("evidence", error.message)
        return False
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


@once
@on_offer(ability="edit")
def edit_stack(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    refuse_if_not_editable(offer)
    actor = actor_of(request)
    if request.method == "POST" and request.POST.get("remove"):
        stack_actions.remove_edge(_edge(offer, request.POST["remove"]), actor=actor)
        messages.success(request, "Couche retirée.")
        return redirect("catalog:edit_stack", offer.number, offer.slug)
    form = EdgeForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            stack_actions.add_edge(offer, actor=actor, **form.cleaned_data)
            messages.success(request, "Couche ajoutée.")
            return redirect("catalog:edit_stack", offer.number, offer.slug)
        except RuleBroken as error:
            form.add_error("base", error.message)
        except ValidationError as error:
            form.add_error(None, error.messages)
    edges = offer.stack_edges.select_related("base")
    context = _context(offer, "pile", "Pile technique", form=form, edges=edges)
    return render(request, "catalog/edit_stack.html", context, status=400 if form.errors else 200)


def _edge(offer: Offer, key: str) -> StackEdge:
    edge = (
        offer.stack_edges.filter(pk=int(key)).first()
        if key.isascii() and key.isdigit() and len(key) < 16
        else None
    )
    if edge is None:
        raise NotVisible()
    return edge


@on_offer(ability="see_evidence")
def evidence(request: HttpRequest, *, offer: Offer, mark: Any) -> HttpResponse:
    """The certificate joined to a declaration: its supplier, the operator and the auditor read it."""
    found = offer.trust_marks.filter(uuid=mark, evidence__isnull=False).select_related("evidence").first()
    if found is None or found.evidence is None:
        raise NotVisible()
    return download_response(found.evidence, actor=actor_of(request))
