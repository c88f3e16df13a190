"""One page per move of a dossier: read what will happen, then do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.questions.conditions import unanswered
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.accounts.middleware import actor_of
from marketplace.errors import RuleBroken
from marketplace.ui.once import once
from qualification import actions, decisions, limits
from qualification.abilities import dossier_abilities
from qualification.enums import DecisionStage
from qualification.forms import (
    AnswerForm,
    AppealForm,
    CorrectionsForm,
    DecisionForm,
    ProposalForm,
    SendBackForm,
    VersionedForm,
)
from qualification.models import Dossier
from qualification.pdf.decision_letter import letter_data
from qualification.views.find import trail, visible_dossier


@dataclass(frozen=True, slots=True)
class MovePage:
    act: Callable[..., Any]
    button: str
    said: str
    lead: str = ""
    form: type[VersionedForm] = VersionedForm


PAGES = {
    "submit": MovePage(
        actions.submit,
        "Envoyer le dossier",
        "Dossier envoyé. Les contrôles automatiques sont lancés.",
        "L’offre est figée dans cette version pendant l’examen. Le délai commence aujourd’hui.",
    ),
    "answer_corrections": MovePage(
        actions.answer_corrections,
        "Renvoyer le dossier",
        "Corrections envoyées. Votre place dans la file est gardée.",
        "Corrigez d’abord l’offre, puis renvoyez le dossier. Les contrôles seront relancés.",
        AnswerForm,
    ),
    "request_corrections": MovePage(
        actions.request_corrections,
        "Demander des corrections",
        "Corrections demandées. Le délai est en pause.",
        "Le dossier gardera sa place dans la file.",
        CorrectionsForm,
    ),
    "propose": MovePage(
        actions.propose,
        "Proposer cette décision",
        "Décision proposée. Une autre personne décidera.",
        "Une personne qui n’a pas instruit le dossier décidera.",
        ProposalForm,
    ),
    "send_back": MovePage(
        actions.send_back, "Rendre à l’instruction", "Dossier rendu à l’instruction.", "", SendBackForm
    ),
    "decide": MovePage(
        decisions.decide,
        "Décider",
        "Décision enregistrée. Le fournisseur peut la lire.",
        "Décision lisible par le fournisseur dès l’enregistrement.",
        DecisionForm,
    ),
    "appeal": MovePage(
        decisions.appeal,
        "Former le recours",
        "Recours enregistré. Une autre personne décidera.",
        "Une personne qui n’a pas pris part à la décision réexaminera le dossier.",
        AppealForm,
    ),
    "decide_appeal": MovePage(
        decisions.decide_appeal,
        "Décider sur le recours",
        "Décision sur recours enregistrée. Le fournisseur peut la lire.",
        "Décision lisible par le fournisseur dès l’enregistrement.",
        DecisionForm,
    ),
}


PREVIEW = "apercu"
STAGES = {"decide": DecisionStage.FIRST, "decide_appeal": DecisionStage.APPEAL}


@login_required
@once
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    page, actor = PAGES[name], actor_of(request)
    dossier = visible_dossier(request, number)
    require(dossier_abilities(actor, dossier), name)
    dossier.check_move(name)
    if request.method != "POST":
        form = page.form(initial={"version": dossier.version, **_proposed(dossier, name)})
        return _page(request, dossier, name, form)
    form = page.form(request.POST)
    if PREVIEW in request.POST and name in STAGES:
        return _preview(request, dossier, name, form)
    if not form.is_valid() or not _done(form, dossier, page, actor):
        return _page(request, dossier, name, form, status=400)
    messages.success(request, page.said)
    return redirect(dossier)


def _done(form: VersionedForm, dossier: Dossier, page: MovePage, actor: Actor) -> bool:
    """False when a rule refused; other refusals (rights, state, version) have their own pages."""
    try:
        page.act(dossier, actor=actor, expected_version=form.cleaned_data["version"], **form.values())
    except RuleBroken as refused:
        form.refuse(refused)
        return False
    return True


def _preview(request: HttpRequest, dossier: Dossier, name: str, form: VersionedForm) -> HttpResponse:
    """The letter that these words would make, above the form: nothing is written."""
    actor = actor_of(request)
    # Reading the letter commits to nothing: links are declared when deciding.
    form.fields["no_interest"].required = False
    if not form.is_valid():
        return _page(request, dossier, name, form, status=400)
    words = {name: value for name, value in form.values().items() if name != "no_interest"}
    try:
        decisions.check_decision(**words)
    except RuleBroken as refused:
        form.refuse(refused)
        return _page(request, dossier, name, form, status=400)
    decision = decisions.drafted(dossier, actor=actor, stage=STAGES[name], words=words)
    operator = actor.organisation.name if actor.organisation else ""
    return _page(request, dossier, name, form, letter=letter_data(decision, operator=operator))


def _page(
    request: HttpRequest,
    dossier: Dossier,
    name: str,
    form: VersionedForm,
    *,
    status: int = 200,
    letter: dict[str, Any] | None = None,
) -> HttpResponse:
    page = PAGES[name]
    title = dossier.MOVES[name].label
    context = {
        "title": title,
        "lead": page.lead,
        "facts": _facts(dossier, name),
        "form": form,
        "button_label": page.button,
        "cancel_url": dossier.get_absolute_url(),
        "proposal": _last_proposal(dossier) if name in ("decide", "decide_appeal") else None,
        "until": limits.appeal_until(_today()) if name == "decide" else None,
        "letter": letter,
        "has_letter": name in STAGES,
        "unanswered": _unanswered(dossier) if name in ("submit", "answer_corrections") else [],
        "breadcrumb_data": trail(dossier, current=title),
    }
    return render(request, "qualification/move.html", context, status=status)


def _facts(dossier: Dossier, name: str) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("Dossier", dossier.number),
        ("Offre", dossier.offer.name),
        ("Fournisseur", dossier.organisation.name),
    ]
    if name == "answer_corrections":
        asked = dossier.corrections.order_by("-pk").first()
        facts.append(("Corrections demandées", asked.message if asked else None))
    if name == "decide_appeal":
        facts.append(("Recours du fournisseur", dossier.appeal_row.grounds))
    return facts


def _proposed(dossier: Dossier, name: str) -> dict[str, str]:
    """The proposal prefills reasons and reserves; nothing preselects the outcome: a person decides."""
    proposal = _last_proposal(dossier) if name == "decide" else None
    return {"reasons": proposal.reasons, "reserves": proposal.reserves} if proposal else {}


def _last_proposal(dossier: Dossier) -> Any:
    return dossier.proposals.select_related("proposed_by").order_by("-pk").first()


def _unanswered(dossier: Dossier) -> list[str]:
    version = dossier.offer.draft_version or dossier.offer_version
    return [question.short for question in unanswered(version.answers)] if version else []


def _today() -> Any:
    from django.utils import timezone

    return timezone.localdate()
