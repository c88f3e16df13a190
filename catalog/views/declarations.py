"""A supplier corrects or withdraws what it declared itself; the history of facts stays."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.abilities import mark_abilities
from catalog.actions import declarations
from catalog.forms.declarations import EditDeclarationForm, RetractForm
from catalog.models import Offer, TrustMark
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.once import once


def own_mark(request: HttpRequest, offer: Offer, uuid: uuids.UUID, *, ability: str) -> TrustMark:
    """Raises NotVisible, NotAllowed (a register's mark), MoveRefused (an act is recorded)."""
    mark = offer.trust_marks.select_related("offer__supplier").filter(uuid=uuid).first()
    if mark is None:
        raise NotVisible()
    require(mark_abilities(actor_of(request), mark), ability)
    declarations.refuse_if_not_own(mark)
    return mark


@once
@on_offer(ability="edit")
def edit_mark(request: HttpRequest, *, offer: Offer, mark: uuids.UUID) -> HttpResponse:
    found = own_mark(request, offer, mark, ability="edit")
    form = EditDeclarationForm(request.POST or None, request.FILES or None, mark=found)
    if request.method == "POST" and form.is_valid() and _save(request, found, form):
        messages.success(request, "Déclaration corrigée. L’ancienne reste dans l’historique.")
        return redirect("catalog:edit_marks", offer.number, offer.slug)
    context = {
        "title": f"Corriger la déclaration : {found.name}",
        "lead": f"{offer.name}. Ce que vous corrigez remplace la déclaration ; l’historique garde les deux.",
        "form": form,
        "button_label": "Enregistrer la correction",
        "cancel_url": f"{offer.get_absolute_url()}modifier/qualifications/",
        "breadcrumb_data": trail(offer, part="Corriger une déclaration"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


def _save(request: HttpRequest, mark: TrustMark, form: EditDeclarationForm) -> bool:
    """False with the errors put on the form; then nothing is written."""
    actor, upload = actor_of(request), form.cleaned_data["evidence"]
    try:
        with transaction.atomic():
            declarations.edit_mark(
                mark, actor=actor, fields=form.changes(), expected_version=form.cleaned_data["version"]
            )
            if upload is not None:
                declarations.join_evidence(mark, actor=actor, upload=upload)
    except RuleBroken as error:
        for field, said in (error.fields or {"": [error.message]}).items():
            form.add_error({"file": "evidence", "": None}.get(field, field), said)
        return False
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


@once
@on_offer(ability="edit")
def retract_mark(request: HttpRequest, *, offer: Offer, mark: uuids.UUID) -> HttpResponse:
    found = own_mark(request, offer, mark, ability="retract")
    found.check_move("retract")
    form = RetractForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        declarations.retract_mark(found, actor=actor_of(request), reason=form.cleaned_data["reason"])
        messages.success(request, "Déclaration retirée. Le retrait est daté dans l’historique.")
        return redirect("catalog:edit_marks", offer.number, offer.slug)
    context = {
        "title": f"Retirer la déclaration : {found.name}",
        "lead": "Le statut devient « aucune » dès maintenant. "
        "Les acheteurs qui s’appuyaient dessus sont prévenus ; l’historique garde la déclaration.",
        "facts": [
            ("Offre", offer.name),
            ("Périmètre", found.scope),
            ("Statut déclaré", found.get_status_display()),
        ],
        "form": form,
        "button_label": "Retirer la déclaration",
        "cancel_url": f"{offer.get_absolute_url()}modifier/qualifications/",
        "breadcrumb_data": trail(offer, part="Retirer une déclaration"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)
