"""One act of an evaluation, read then done: naming, declaring, marking, agreeing, asking, setting aside."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from procurement.consultations.people import members_of
from procurement.consultations.views.find import form_page, tried
from procurement.consultations.views.find import visible as visible_consultation
from procurement.evaluation import agreeing, asking, evaluating
from procurement.evaluation.abilities import begin_ability
from procurement.evaluation.enums import EvaluationState
from procurement.evaluation.forms import (
    ClarifyForm,
    ConsensusForm,
    EvaluatorsForm,
    InterestForm,
    MarksForm,
    SetAsideForm,
    WhyForm,
)
from procurement.evaluation.sheet import judged_responses, responses_of
from procurement.evaluation.views.find import act_page, allowed_to, criterion_of, response_of
from procurement.models import Evaluation
from procurement.views.find import actor_of, posted, typed_version

ASIDE = "Vos notes ne sont visibles que de vous jusqu’à la mise en commun."


@login_required
@once
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """Of an opened consultation: who evaluates."""
    found, actor = visible_consultation(request, number), actor_of(request)
    require(begin_ability(actor, found), "create")
    evaluating.refuse_not_opened(found)
    people = {one.pk: one for one in members_of(found.organisation)}
    form = EvaluatorsForm(posted(request), members=people.values())
    if form.is_bound and form.is_valid():
        chosen, made = [people[key] for key in form.chosen()], []
        if tried(form, lambda: made.append(evaluating.begin(found, actor=actor, people=chosen))):
            messages.success(request, "Évaluation commencée. Chaque personne est prévenue.")
            return redirect(made[0].get_absolute_url())
    lead = "Plusieurs personnes notent séparément. Le service achats retient ensuite les notes, avec motif."
    return form_page(
        request, found, form, title="Nommer qui évalue", lead=lead, button="Commencer l’évaluation"
    )


@login_required
@once
def name(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = allowed_to(request, number, "name_evaluators"), actor_of(request)
    evaluating.refuse_unless(found, EvaluationState.MARKING)
    named = {one.user_id for one in found.evaluators.all()}
    people = {one.pk: one for one in members_of(found.consultation.organisation) if one.pk not in named}
    form = EvaluatorsForm(posted(request), members=people.values())
    version = typed_version(request)

    def act() -> Any:
        chosen = [people[key] for key in form.chosen()]
        return evaluating.name_evaluators(found, actor=actor, people=chosen, expected_version=version)

    title = "Nommer d’autres personnes"
    return act_page(request, found, form, act, title=title, button=title, done="Personnes prévenues.")


@login_required
@once
def declare(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = allowed_to(request, number, "declare_interest"), actor_of(request)
    evaluating.refuse_unless(found, EvaluationState.MARKING)
    form = InterestForm(posted(request))

    def act() -> Any:
        return evaluating.declare_interest(found, actor=actor, **form.cleaned_data)

    suppliers = ", ".join(sorted({one.supplier for one in responses_of(found)}))
    return act_page(
        request,
        found,
        form,
        act,
        title="Déclarer mes liens",
        lead="Vous le faites avant de noter. Un lien vous écarte de cette évaluation.",
        facts=[("Fournisseurs qui ont répondu", suppliers)],
        button="Enregistrer ma déclaration",
        done="Déclaration enregistrée.",
    )


@login_required
@once
def mark(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """My marks on one criterion, for all responses."""
    found, actor = allowed_to(request, number, "mark"), actor_of(request)
    criterion, own = criterion_of(found, position), found.evaluator_of(actor)
    evaluating.refuse_unless(found, EvaluationState.MARKING)
    assert own is not None  # the ability says so
    evaluating.refuse_unready(own)
    evaluating.refuse_marks(found, criterion, [])
    kept = {one.response_id: one for one in own.marks.all() if one.criterion_id == criterion.pk}
    form = MarksForm(posted(request), responses=judged_responses(found), kept=kept)

    def act() -> Any:
        return evaluating.save_marks(found, actor=actor, criterion=criterion, marks=form.values())

    title = f"Noter : {criterion.label}"
    return act_page(
        request,
        found,
        form,
        act,
        title=title,
        lead=ASIDE,
        facts=_facts(found, criterion),
        button="Enregistrer mes notes",
        done=f"Notes enregistrées : {criterion.label}.",
    )


def _facts(found: Evaluation, criterion: Any) -> list[tuple[str, str]]:
    return [
        ("Consultation", str(found.consultation)),
        ("Critère", f"{criterion.label}, {criterion.weight} % ({criterion.get_kind_display().lower()})"),
    ]


@login_required
@once
def agree(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """The marks that the service achats retains on one criterion."""
    found, actor = allowed_to(request, number, "agree"), actor_of(request)
    criterion = criterion_of(found, position)
    evaluating.refuse_unless(found, EvaluationState.CONSENSUS)
    evaluating.refuse_marks(found, criterion, [])
    kept = {one.response_id: one for one in found.agreed_marks.all() if one.criterion_id == criterion.pk}
    form = MarksForm(posted(request), responses=judged_responses(found), kept=kept)
    version = typed_version(request)

    def act() -> Any:
        return agreeing.agree(
            found, actor=actor, criterion=criterion, marks=form.values(), expected_version=version
        )

    given = [
        (f"{evaluator}, {one.supplier}", f"{mark.value} sur 20 : {mark.reason}")
        for one in judged_responses(found)
        for evaluator in found.evaluators.all()
        if evaluator.counts
        for mark in evaluator.marks.all()
        if mark.criterion_id == criterion.pk and mark.response_id == one.response.pk
    ]
    return act_page(
        request,
        found,
        form,
        act,
        title=f"Retenir les notes : {criterion.label}",
        lead="Rien n’est présélectionné. Le motif sera lu par les fournisseurs.",
        facts=[*_facts(found, criterion), *given],
        button="Retenir ces notes",
        done=f"Notes retenues : {criterion.label}.",
    )


MOVES: dict[str, tuple[str, type[MarketForm], str, str, str, Any]] = {
    "donner": (
        "give",
        MarketForm,
        "Donner mes notes",
        "Elles ne changeront plus. Les autres les liront à la mise en commun.",
        "Notes données.",
        evaluating.give,
    ),
    "mise-en-commun": (
        "open_consensus",
        ConsensusForm,
        "Ouvrir la mise en commun",
        "Les notes de chacun deviennent lisibles de tous ceux qui évaluent. Elles ne changent plus.",
        "Mise en commun ouverte.",
        agreeing.open_consensus,
    ),
    "classement": (
        "conclude",
        MarketForm,
        "Arrêter le classement",
        "Les notes retenues et la formule du prix font le classement, gardé tel quel.",
        "Classement arrêté.",
        agreeing.conclude,
    ),
    "reprendre": (
        "resume",
        WhyForm,
        "Reprendre la mise en commun",
        "Le classement est défait. Le motif reste au journal.",
        "Mise en commun reprise.",
        agreeing.resume,
    ),
}


@login_required
@once
def act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    if words not in MOVES:
        raise NotVisible
    ability, form_class, title, lead, done, do = MOVES[words]
    found, actor = allowed_to(request, number, ability), actor_of(request)
    if ability == "give":
        evaluating.refuse_unless(found, EvaluationState.MARKING)
    else:
        found.check_move(ability)
        do = partial(do, expected_version=typed_version(request))
    form = form_class(posted(request))

    def call() -> Any:
        return do(found, actor=actor, **form.cleaned_data)

    return act_page(request, found, form, call, title=title, lead=lead, button=title, done=done)


@login_required
@once
def clarify(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    found, actor = allowed_to(request, number, "clarify"), actor_of(request)
    one = response_of(found, uuid)
    evaluating.refuse_unless(found, *asking.RUNNING)
    form = ClarifyForm(posted(request))

    def act() -> Any:
        return asking.ask(found, actor=actor, response=one.response, **form.cleaned_data)

    facts = [("Fournisseur", one.supplier)]
    if one.low_price is not None:
        facts += [("Alerte", one.low_price.text), ("Calcul", one.low_price.arithmetic)]
    return act_page(
        request,
        found,
        form,
        act,
        title="Demander une précision",
        facts=facts,
        button="Envoyer au fournisseur",
        done=f"Demande envoyée à {one.supplier}.",
    )


@login_required
@once
def set_aside(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    found, actor = allowed_to(request, number, "set_aside"), actor_of(request)
    one = response_of(found, uuid)
    evaluating.refuse_unless(found, *asking.RUNNING)
    lifts = one.set_aside is not None
    form = (WhyForm if lifts else SetAsideForm)(posted(request))
    do, version = asking.lift if lifts else asking.set_aside, typed_version(request)

    def act() -> Any:
        said = form.cleaned_data
        return do(found, actor=actor, response=one.response, expected_version=version, **said)

    title = "Reprendre la réponse" if lifts else "Écarter la réponse"
    facts = [("Fournisseur", one.supplier), ("Ce qui manque", ", ".join(one.missing) or "Rien")]
    return act_page(
        request, found, form, act, title=title, facts=facts, button=title, done=f"Fait : {one.supplier}."
    )
