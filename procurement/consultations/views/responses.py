"""`/consultations/CNS-…/reponse/`: the supplier's side, drafts, files, deposit, receipts."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, VersionStale
from marketplace.ui.once import once
from marketplace.ui.typography import datetime_text, plural
from procurement.consultations import depositing, drafts
from procurement.consultations.abilities import draft_abilities
from procurement.consultations.clock import database_now
from procurement.consultations.forms_responses import FileForm, ResponseForm
from procurement.consultations.gather import eligibility_of
from procurement.consultations.views.find import (
    allowed_to,
    form_page,
    lot_of,
    page_url,
    trail,
    tried,
    visible,
)
from procurement.models import Consultation, ResponseDraft, SealedDeposit
from procurement.views.find import actor_of

STALE = (
    "Une autre personne a enregistré ce brouillon entre-temps. Votre texte est ci-dessous : comparez, puis "
    "enregistrez de nouveau pour garder le vôtre."
)


@login_required
@require_safe
def index(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = allowed_to(request, number, "respond"), actor_of(request)
    own = {
        draft.lot_id: draft for draft in ResponseDraft.objects.visible_to(actor).filter(consultation=found)
    }
    deposits: dict[int, list[SealedDeposit]] = {}
    for made in SealedDeposit.objects.visible_to(actor).filter(consultation=found).for_pages():
        deposits.setdefault(made.lot_id, []).append(made)
    context = {
        "consultation": found,
        "lots": [(lot, own.get(lot.pk), deposits.get(lot.pk, [])[::-1]) for lot in found.lots.all()],
        "eligibility": eligibility_of(found, actor),
        "breadcrumb_data": trail(found, current="Ma réponse"),
    }
    return render(request, "procurement/consultations/responses.html", context)


def _draft(request: HttpRequest, number: str, lot: int, ability: str) -> ResponseDraft:
    """Raises NotVisible, NotAllowed."""
    actor, found = actor_of(request), visible(request, number)
    rows = ResponseDraft.objects.visible_to(actor).for_pages()
    draft = rows.filter(consultation=found, lot__number=lot).first()
    if draft is None:
        raise NotVisible
    require(draft_abilities(actor, draft), ability)
    return draft


@login_required
@require_POST
@once
def begin(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    found = allowed_to(request, number, "respond")
    drafts.begin(found, actor=actor_of(request), lot=lot_of(found, lot))
    return redirect(page_url("response_edit", found, lot))


@login_required
def edit(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    """Saves what is written, complete or not. A refusal keeps the typed text."""
    draft = _draft(request, number, lot, "edit")
    items, content = list(draft.lot.price_items.all()), drafts.content_of(draft)
    if request.method != "POST":
        return _edit_page(request, draft, _filled(draft, content, items), content)
    form, status = ResponseForm(request.POST, items=items), 400
    if form.is_valid():
        try:
            said, version = form.values(), form.cleaned_data["version"]
            if tried(
                form, lambda: drafts.save(draft, actor=actor_of(request), expected_version=version, **said)
            ):
                messages.success(request, "Brouillon enregistré. Rien n’est remis.")
                return redirect(page_url("response_edit", draft.consultation, lot))
        except VersionStale as stale:
            form = _again(form, stale.current, items)
            status = 412
    return _edit_page(request, draft, form, content, status=status)


def _filled(draft: ResponseDraft, content: drafts.DraftContent, items: list[Any]) -> ResponseForm:
    prices = {f"price_{item.uuid.hex}": content.prices.get(str(item.uuid)) for item in items}
    names = ("candidacy", "not_excluded", "proposal")
    initial = {name: getattr(content, name) for name in names}
    return ResponseForm(items=items, initial={**initial, **prices, "version": draft.version})


def _again(form: ResponseForm, version: int, items: list[Any]) -> ResponseForm:
    data = form.data.copy()
    data["version"] = str(version)
    again = ResponseForm(data, items=items)
    again.full_clean()
    again.add_error(None, STALE)
    return again


def _edit_page(
    request: HttpRequest,
    draft: ResponseDraft,
    form: ResponseForm,
    content: drafts.DraftContent,
    *,
    status: int = 200,
    file_form: FileForm | None = None,
) -> HttpResponse:
    context = {
        "consultation": draft.consultation,
        "draft": draft,
        "form": form,
        "file_form": file_form or FileForm(),
        "files": content.files,
        "is_open": draft.consultation.is_open,
        "may_deposit": draft_abilities(actor_of(request), draft)["deposit"] == "",
        "breadcrumb_data": trail(draft.consultation, current=f"Réponse au lot {draft.lot.number}"),
    }
    return render(request, "procurement/consultations/response_edit.html", context, status=status)


@login_required
@require_POST
def add_file(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    draft = _draft(request, number, lot, "edit")
    form, actor = FileForm.of(request), actor_of(request)
    if form.is_valid() and tried(
        form, lambda: drafts.add_file(draft, actor=actor, file=form.cleaned_data["file"])
    ):
        messages.success(request, "Fichier joint au brouillon, chiffré.")
        return redirect(page_url("response_edit", draft.consultation, lot))
    content, items = drafts.content_of(draft), list(draft.lot.price_items.all())
    filled = _filled(draft, content, items)
    return _edit_page(request, draft, filled, content, status=400, file_form=form)


@login_required
@require_POST
def remove_file(request: HttpRequest, number: str, lot: int, file: str) -> HttpResponse:
    draft = _draft(request, number, lot, "edit")
    drafts.remove_file(draft, actor=actor_of(request), file_id=file)
    messages.success(request, "Fichier retiré du brouillon.")
    return redirect(page_url("response_edit", draft.consultation, lot))


@login_required
@once
def deposit(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    draft = _draft(request, number, lot, "deposit")
    found = draft.consultation
    depositing.refuse_late(found, database_now())
    if request.method == "POST":
        made = depositing.deposit(draft, actor=actor_of(request))
        messages.success(
            request,
            f"Réponse remise le {datetime_text(made.received_at)}. Elle ne peut pas être ouverte avant la "
            f"séance. Empreinte : {made.ciphertext_sha256[:16].upper()}…",
        )
        return redirect(page_url("consultation_responses", found))
    return form_page(
        request,
        found,
        None,
        title="Remettre ma réponse",
        lead="Elle est scellée à sa réception, et le brouillon est détruit avec ses fichiers : gardez les "
        "vôtres. Le dernier dépôt compte.",
        button="Remettre ma réponse",
        back=page_url("response_edit", found, lot),
        facts=_facts(draft),
    )


def _facts(draft: ResponseDraft) -> list[tuple[str, str]]:
    content, asked = drafts.content_of(draft), draft.lot.price_items.count()
    missing = asked - len(content.prices)
    closes_at = draft.consultation.closes_at
    return [
        ("Consultation", str(draft.consultation)),
        ("Lot", str(draft.lot)),
        ("Clôture", f"{datetime_text(closes_at)} (heure de Paris)" if closes_at else ""),
        ("Candidature", content.candidacy.upper() or "Pas de DUME ni de DC1"),
        ("Cas d’exclusion", "Attestation donnée" if content.not_excluded else "Attestation non donnée"),
        (
            "Prix",
            "Tous les postes"
            if not missing
            else f"Pas de réponse à {plural(missing, one='poste', many='postes')} de prix",
        ),
        ("Fichiers", ", ".join(one.name for one in content.files) or "Aucun"),
    ]


@login_required
@once
def drop(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    draft = _draft(request, number, lot, "edit")
    found: Consultation = draft.consultation
    if request.method == "POST":
        drafts.drop(draft, actor=actor_of(request))
        messages.success(request, "Brouillon détruit avec sa clé et ses fichiers.")
        return redirect(page_url("consultation_responses", found))
    return form_page(
        request,
        found,
        None,
        title="Détruire le brouillon",
        lead="Ses textes, ses prix et ses fichiers sont perdus. Les dépôts déjà faits restent.",
        button="Détruire le brouillon",
        back=page_url("response_edit", found, lot),
        facts=[("Consultation", str(found)), ("Lot", str(draft.lot))],
    )


@login_required
@require_safe
def receipt(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    """The signed receipt, as a file; for its supplier."""
    actor, found = actor_of(request), visible(request, number)
    rows = SealedDeposit.objects.visible_to(actor).for_pages().filter(consultation=found, uuid=uuid)
    made = rows.first()
    if made is None or not actor.is_supplier:
        raise NotVisible
    text = json.dumps(depositing.receipt_of(made), ensure_ascii=False, indent=2, sort_keys=True)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = f"{found.number}-lot-{made.lot.number}-depot-{made.sequence}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
