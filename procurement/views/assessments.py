"""The analysis of a project: its dialogue, its result, the two avis, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, VersionStale
from marketplace.ui.once import once
from procurement.abilities import assessment_abilities, project_abilities
from procurement.actions import assessments as actions
from procurement.actions.opinions import advise_on_assessment, current_opinions
from procurement.actions.projects import edit_project
from procurement.actions.reassessments import moved_since, moved_today, previous_decided
from procurement.dialogue import PROJECT_PAGES, RESULT, page_of, stepper_of
from procurement.doctrine import AssessmentResult, Moved, assess, changes_between
from procurement.enums import AssessmentState, OpinionKind
from procurement.facts import DATA_FACTS, facts_from_json, sha256_of
from procurement.forms.answers import AnswersForm, OpinionForm, ReasonForm
from procurement.models import Assessment, Opinion, Project
from procurement.views.doctrine import offers_address
from procurement.views.find import actor_of, open_assessment, posted, trail, typed_version, visible_project

STALE = (
    "Une autre personne a changé les réponses pendant votre lecture. "
    "Vérifiez-les puis enregistrez de nouveau."
)


@login_required
@once
def dialogue(request: HttpRequest, number: str) -> HttpResponse:
    """The three pages of questions, then the result. Answers are kept at each page."""
    project = visible_project(request, number)
    assessment = open_assessment(project)
    page = page_of(request.GET.get("etape", ""), pages=PROJECT_PAGES)
    verdicts = assessment_abilities(actor_of(request), assessment)
    if page.form is None or assessment.state != AssessmentState.DRAFT:
        return _result(request, project=project, assessment=assessment, verdicts=verdicts)
    require(verdicts, "edit")
    answers = {**_project_answers(project), **assessment.answers}
    form = page.form(request.POST if request.method == "POST" else None, answers=answers)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, project=project, assessment=assessment, form=form)
            return HttpResponseRedirect(_address(project, page.number + 1))
        except VersionStale:
            project, assessment = _reread(project, assessment)
            form.add_error(None, STALE)
    if form.is_bound:
        status = 400
    context = {
        "form": form,
        "page": page,
        "project": project,
        "version": project.version if page.number == 1 else assessment.version,
        "stepper": stepper_of(page, pages=PROJECT_PAGES),
        "title": page.title,
        "previous_url": _address(project, page.number - 1) if page.number > 1 else "",
        "breadcrumb_data": trail(project, current="Analyse de sensibilité"),
    }
    return render(request, "procurement/doctrine/question_page.html", context, status=status)


def _reread(project: Project, assessment: Assessment) -> tuple[Project, Assessment]:
    project.refresh_from_db()
    assessment.refresh_from_db()
    assessment.project = project
    return project, assessment


def _save(request: HttpRequest, *, project: Project, assessment: Assessment, form: AnswersForm) -> None:
    """Project facts go to the project, data facts to the analysis; says which conclusion moved."""
    actor = actor_of(request)
    before = actions.result_now(assessment)
    data = {name: value for name, value in form.cleaned_data.items() if name in DATA_FACTS}
    facts = {name: _stored(name, value) for name, value in form.cleaned_data.items() if name not in data}
    read = typed_version(request)
    with transaction.atomic():
        if facts:
            edit_project(project, actor=actor, expected_version=read, **facts)
            assessment.project = project
            # Who answers about the project writes the analysis too.
            actions.save_answers(assessment, actor=actor, answers={})
        else:
            actions.save_answers(assessment, actor=actor, answers=data, expected_version=read)
    _say_changes(request, before=before, after=actions.result_now(assessment))


def _stored(name: str, value: Any) -> Any:
    """Blank text is « not given » for the project's choices; None for the others."""
    return "" if value is None and name in ("project_kind", "hosting") else value


def _say_changes(request: HttpRequest, *, before: AssessmentResult, after: AssessmentResult) -> None:
    for change in changes_between(before, after):
        if change.before != "unknown":
            moved = f"« {change.before_label} » devient « {change.after_label} »"
            messages.info(request, f"Conclusion changée, {change.label} : {moved}.")


def _project_answers(project: Project) -> dict[str, Any]:
    """Blank is « Je ne sais pas »."""
    return {
        "project_kind": project.project_kind or None,
        "hosting": project.hosting or None,
        "service_models": project.service_models or None,
        "full_cost_eur_ht": project.full_cost_eur_ht,
    }


def _result(
    request: HttpRequest, *, project: Project, assessment: Assessment, verdicts: Mapping[str, str]
) -> HttpResponse:
    result = actions.result_now(assessment)
    actor = actor_of(request)
    drafting = assessment.state == AssessmentState.DRAFT
    current = current_opinions(assessment) if assessment.facts else {}
    previous = previous_decided(assessment)
    given = list(assessment.opinions.select_related("given_by").order_by("-given_at"))
    context = {
        "project": project,
        "assessment": assessment,
        "result": result,
        "stepper": stepper_of(PROJECT_PAGES[-1], pages=PROJECT_PAGES),
        "edit_links": _edit_links(project) if drafting and not verdicts["edit"] else [],
        "verdicts": verdicts,
        "may_ask": drafting and allowed(verdicts, "request_opinions"),
        "awaiting": assessment.state == AssessmentState.AWAITING_OPINIONS,
        "opinions": given,
        "current": current,
        "missing_kinds": [kind for kind in OpinionKind if kind not in current],
        "content_sha256": sha256_of(assessment.facts or {}),
        "kinds_to_give": _kinds_to_give(assessment, verdicts=verdicts, actor=actor, given=given),
        "decision": getattr(assessment, "decision", None),
        "moved": _moved_since_frozen(assessment),
        "previous": previous,
        "since_previous": moved_since(previous, result) if previous else None,
        "offers_url": offers_address(result),
        "may_restart": assessment.state == AssessmentState.DECIDED
        and allowed(project_abilities(actor, project), "edit"),
        "breadcrumb_data": trail(project, current="Analyse de sensibilité"),
    }
    return render(request, "procurement/doctrine/assessment.html", context)


def _kinds_to_give(
    assessment: Assessment, *, verdicts: Mapping[str, str], actor: Actor, given: list[Opinion]
) -> list[dict[str, Any]]:
    """The avis this person may give now, with what moved since the last one of the same kind."""
    if assessment.state != AssessmentState.AWAITING_OPINIONS:
        return []
    shown = []
    for kind in OpinionKind:
        if verdicts[f"give_{kind}"]:
            continue
        last = next((opinion for opinion in given if opinion.kind == kind), None)
        shown.append({"kind": kind, "last": last, "changes": _since(last, assessment)})
    return shown


def _since(last: Opinion | None, assessment: Assessment) -> Any:
    if last is None or last.facts is None or assessment.result is None:
        return ()
    read = assess(facts_from_json(last.facts), actions.result_now(assessment).on)
    return changes_between(read, actions.result_now(assessment))


def _moved_since_frozen(assessment: Assessment) -> Moved | None:
    """What today's project or today's texts would give differently; None while nothing is frozen."""
    if assessment.state not in (AssessmentState.AWAITING_OPINIONS, AssessmentState.DECIDED):
        return None
    return moved_today(assessment)


@login_required
@require_POST
@once
def ask(request: HttpRequest, number: str) -> HttpResponse:
    project, assessment = _for(request, number, "request_opinions")
    actions.request_opinions(assessment, actor=actor_of(request), expected_version=typed_version(request))
    messages.success(request, "Avis demandés. Le RSSI et le DPO sont prévenus ; les réponses sont figées.")
    return redirect(_address(project, RESULT))


@login_required
@require_POST
@once
def resume(request: HttpRequest, number: str) -> HttpResponse:
    project, assessment = _for(request, number, "resume")
    actions.resume(assessment, actor=actor_of(request), expected_version=typed_version(request))
    messages.success(request, "Vous pouvez changer les réponses. Les avis devront être redemandés.")
    return redirect(_address(project, 1))


@login_required
@require_POST
@once
def restart(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, project), "edit")
    actions.start_assessment(project, actor=actor)
    messages.success(
        request, "Nouvelle analyse ouverte, avec vos dernières réponses. L’ancienne vaut encore."
    )
    return redirect(_address(project, 1))


@login_required
@once
def advise(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    if kind not in OpinionKind.values:
        raise NotVisible
    project, assessment = _for(request, number, f"give_{kind}")
    form = OpinionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        advise_on_assessment(assessment, actor=actor_of(request), kind=kind, **form.cleaned_data)
        messages.success(
            request, "Avis enregistré. L’autorité qualifiée décidera quand les deux avis seront là."
        )
        return redirect(_address(project, RESULT))
    return _act_page(
        request,
        project=project,
        form=form,
        title=f"Donner l’avis du {OpinionKind(kind).label}",
        lead="Votre avis éclaire la décision, il ne la remplace pas.",
        button_label="Donner mon avis",
    )


@login_required
@once
def decide(request: HttpRequest, number: str) -> HttpResponse:
    project, assessment = _for(request, number, "decide")
    assessment.check_move("decide")
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.decide(assessment, actor=actor_of(request), reason=form.cleaned_data["reason"])
        messages.success(request, "Décision enregistrée. Les auteurs peuvent chercher les offres conformes.")
        return redirect(_address(project, RESULT))
    return _act_page(
        request,
        project=project,
        form=form,
        title="Décider de la sensibilité",
        lead="Vous faites vôtres les conclusions de l’analyse, telles qu’elles sont figées.",
        button_label="Décider",
    )


@login_required
@once
def send_back(request: HttpRequest, number: str) -> HttpResponse:
    project, assessment = _for(request, number, "send_back")
    assessment.check_move("send_back")
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.send_back(assessment, actor=actor_of(request), reason=form.cleaned_data["reason"])
        messages.success(request, "Analyse renvoyée aux auteurs.")
        return redirect(_address(project, RESULT))
    return _act_page(
        request,
        project=project,
        form=form,
        title="Renvoyer l’analyse aux auteurs",
        lead="Dites ce qui doit changer.",
        button_label="Renvoyer l’analyse",
    )


def _for(request: HttpRequest, number: str, ability: str) -> tuple[Project, Assessment]:
    project = visible_project(request, number)
    assessment = open_assessment(project)
    require(assessment_abilities(actor_of(request), assessment), ability)
    return project, assessment


def _act_page(
    request: HttpRequest, *, project: Project, form: Any, title: str, lead: str, button_label: str
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "button_label": button_label,
        "cancel_url": _address(project, RESULT),
        "breadcrumb_data": trail(project, current=title),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


def _address(project: Project, number: int) -> str:
    return f"{reverse('procurement:project_assessment', args=[project.number])}?etape={number}"


def _edit_links(project: Project) -> list[tuple[str, str]]:
    return [(page.title, _address(project, page.number)) for page in PROJECT_PAGES if page.form]
