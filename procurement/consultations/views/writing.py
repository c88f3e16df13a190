"""Writing a draft consultation: its text, criteria, lots, price schedules, invitations, documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.accounts.abilities import require
from marketplace.ui.once import once
from procurement.consultations import writing
from procurement.consultations.abilities import begin_ability
from procurement.consultations.forms import (
    ConsultationForm,
    CriteriaForm,
    DocumentForm,
    InvitedForm,
    LotsForm,
    PriceItemsForm,
    RowsForm,
)
from procurement.consultations.views.find import allowed_to, form_page, lot_of, tried
from procurement.forms.supplier_lines import suppliers_written
from procurement.models import Consultation
from procurement.views.find import actor_of, posted, trail, typed_version, visible_project

SAVED = "Brouillon enregistré. Rien n’est publié."


@login_required
@once
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """From a project whose route is confirmed. A refusal says which step is missing."""
    from django.shortcuts import render

    from marketplace.ui.forms import MarketForm

    project, actor = visible_project(request, number), actor_of(request)
    require(begin_ability(actor, project), "create")
    form = MarketForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made: list[Consultation] = []
        if tried(form, lambda: made.append(writing.create(project, actor=actor))):
            messages.success(request, f"Brouillon {made[0].number} ouvert.")
            return redirect(made[0])
    context = {
        "title": "Consulter des fournisseurs",
        "lead": "Un brouillon est ouvert sur la voie d’achat confirmée. Rien n’est publié.",
        "facts": [("Projet", str(project))],
        "form": form,
        "button_label": "Ouvrir le brouillon",
        "cancel_url": project.get_absolute_url(),
        "breadcrumb_data": trail(project, current="Consulter"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@once
def edit(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "edit")
    writing.refuse_published(found)
    form = ConsultationForm(posted(request), instance=Consultation.objects.get(pk=found.pk))
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ConsultationForm.Meta.fields if name in form.fields}
        if _saved(request, found, form, **said):
            return redirect(found)
    return form_page(request, found, form, title="Modifier la consultation", button="Enregistrer")


def _saved(request: HttpRequest, found: Consultation, form: Any, **said: Any) -> bool:
    actor, version = actor_of(request), typed_version(request)
    done = tried(form, lambda: writing.edit(found, actor=actor, expected_version=version, **said))
    if done:
        messages.success(request, SAVED)
    return done


def _rows(request: HttpRequest, found: Consultation, form: RowsForm, part: str, **page: Any) -> HttpResponse:
    if form.is_bound and form.is_valid() and _saved(request, found, form, **{part: form.values()}):
        return redirect(found)
    return form_page(request, found, form, button="Enregistrer", **page)


@login_required
@once
def criteria(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "edit")
    writing.refuse_published(found)
    rows = [{name: getattr(one, name) for name in CriteriaForm.columns} for one in found.criteria.all()]
    form = CriteriaForm(posted(request), rows=rows)
    lead = "Les poids font 100. Videz le nom d’un critère pour l’enlever."
    return _rows(request, found, form, "criteria", title="Critères d’attribution", lead=lead)


@login_required
@once
def lots(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "edit")
    writing.refuse_published(found)
    rows = [{name: getattr(one, name) for name in LotsForm.columns} for one in found.lots.all()]
    form = LotsForm(posted(request), rows=rows)
    lead = "Un lot au moins. L’allotissement est la règle : un seul lot se justifie."
    return _rows(request, found, form, "lots", title="Lots", lead=lead)


@login_required
@once
def prices(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    found = allowed_to(request, number, "edit")
    writing.refuse_published(found)
    priced = lot_of(found, lot)
    rows = [{name: getattr(one, name) for name in PriceItemsForm.columns} for one in priced.price_items.all()]
    form = PriceItemsForm(posted(request), rows=rows)
    if form.is_bound and form.is_valid():
        actor, version = actor_of(request), typed_version(request)
        items: Any = form.values()
        if tried(
            form,
            lambda: writing.edit_price_items(
                found,
                actor=actor,
                lot=priced,
                items=items,
                expected_version=version,
            ),
        ):
            messages.success(request, SAVED)
            return redirect(found)
    title = f"Prix du lot {priced.number}"
    lead = "Chaque fournisseur donne un prix unitaire à chaque poste. Videz le nom d’un poste pour l’enlever."
    return form_page(request, found, form, title=title, lead=lead, button="Enregistrer")


@login_required
@once
def invited(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "edit")
    writing.refuse_published(found)
    now = suppliers_written([one.supplier for one in found.invitations.all()])
    form = InvitedForm(posted(request), initial={"suppliers": now})
    if (
        form.is_bound
        and form.is_valid()
        and _saved(request, found, form, invited=form.cleaned_data["suppliers"])
    ):
        return redirect(found)
    return form_page(request, found, form, title="Fournisseurs invités", button="Enregistrer")


@login_required
@once
def add_document(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "add_document")
    writing.refuse_published(found)
    form = DocumentForm.of(request)
    if form.is_bound and form.is_valid():
        actor, said = actor_of(request), form.cleaned_data
        if tried(form, lambda: writing.add_document(found, actor=actor, **said)):
            messages.success(request, "Document joint.")
            return redirect(found)
    return form_page(request, found, form, title="Joindre un document", button="Joindre")
