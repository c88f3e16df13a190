"""`/consultations/` and one consultation: what is asked, until when, may I answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.enums import Scheme
from marketplace.accounts.abilities import Verdicts, allowed
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import Step
from marketplace.ui.typography import date_text, datetime_text, plural
from procurement.awards.views.ending import endable_lots
from procurement.candidates.views.pages import may_apply, own_of
from procurement.consultations.abilities import consultation_abilities
from procurement.consultations.delays import delays_told
from procurement.consultations.enums import ConsultationState
from procurement.consultations.gather import eligibility_of
from procurement.consultations.publishing import lacks_of
from procurement.consultations.views.find import page_url, visible
from procurement.evaluation.after import after_of
from procurement.models import Consultation, ConsultationQuestion
from procurement.views.find import actor_of

PER_PAGE = 20
ACTS = (
    ("publish", "publier", "Publier la consultation"),
    ("invite", "inviter", "Inviter les candidats retenus"),
    ("withdraw", "abandonner", "Abandonner le brouillon"),
    ("announce", "modification", "Publier une modification"),
    ("extend", "reporter", "Reporter la clôture"),
    ("declare_infructueux", "infructueuse", "Déclarer infructueuse"),
    ("declare_sans_suite", "sans-suite", "Déclarer sans suite"),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = Consultation.objects.visible_to(actor).for_pages()
    only_open = request.GET.get("etat") != "toutes"
    if only_open and not (actor.is_buyer and actor.roles):
        rows = rows.open_at(timezone.now()).order_by("closes_at", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "only_open": only_open,
        "is_buyer": actor.is_buyer and bool(actor.roles),
        "breadcrumb_data": breadcrumb(current="Consultations"),
    }
    return render(request, "procurement/consultations/index.html", context)


@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible(request, number)
    verdicts, now = consultation_abilities(actor, found), timezone.now()
    responds = allowed(verdicts, "respond")
    questions = ConsultationQuestion.objects.visible_to(actor).filter(consultation=found)
    inside = allowed(verdicts, "see_responses")
    context = {
        "consultation": found,
        "phase": found.phase_at(now),
        "left": _left(found, now),
        "read_at": now,
        "total": sum(criterion.weight for criterion in found.criteria.all()),
        "schemes": [str(Scheme(code).label) for code in found.required_schemes],
        "steps": steps_of(found, now=now),
        "delays": delays_told(found, today=timezone.localdate()),
        "acts": [*_reading(found, now=now, inside=inside), *_acts(found, verdicts, now=now)],
        "may_edit": found.is_written and allowed(verdicts, "edit"),
        "may_answer": found.may_change_at(now) and allowed(verdicts, "answer"),
        "may_ask": responds and found.takes_questions_at(now),
        "inside": inside,
        "may_notice": allowed(verdicts, "export_notice"),
        "lacks": lacks_of(found, on=timezone.localdate()) if inside and found.is_written else [],
        "eligibility": eligibility_of(found, actor) if responds and found.published_at else None,
        "candidate": own_of(request, found),
        "may_apply": may_apply(request, found),
        "questions": questions.for_pages(),
        "after": after_of(found, actor),
        "key": found.keys.current().first(),
        "endable": endable_lots(actor, found) if inside else set(),
        "ocid": found.releases.values_list("ocid", flat=True).first(),
        "breadcrumb_data": breadcrumb(("Consultations", "/consultations/"), current=found.number),
    }
    return render(request, "procurement/consultations/show.html", context)


def _reading(found: Consultation, *, now: dt.datetime, inside: bool) -> list[dict[str, str]]:
    """Once the term to apply is past, what comes first: reading candidatures."""
    if not inside or found.state != ConsultationState.CANDIDATURES or not found.candidatures_over_at(now):
        return []
    return [{"url": page_url("candidates", found), "label": "Lire les candidatures"}]


def _acts(found: Consultation, verdicts: Verdicts, *, now: dt.datetime) -> list[dict[str, str]]:
    """Buttons of what both the state and the person allow."""
    moves = {move.name for move in found.available_moves()}
    if not found.candidatures_over_at(now):
        moves -= {"invite"}
    if found.may_change_at(now):
        moves |= {"announce", "extend"}
    return [
        {"url": page_url("consultation_act", found, words), "label": label}
        for ability, words, label in ACTS
        if ability in moves and allowed(verdicts, ability)
    ]


def _left(found: Consultation, now: dt.datetime) -> str:
    """« Dans 2 jours et 4 heures »; empty once over or before the publication."""
    if found.closes_at is None or now >= found.closes_at:
        return ""
    left = found.closes_at - now
    hours, minutes = divmod(left.seconds // 60, 60)
    days = plural(left.days, one="jour", many="jours")
    if left.days:
        return f"Dans {days} et {plural(hours, one='heure', many='heures')}"
    return (
        f"Dans {plural(hours, one='heure', many='heures')} et {plural(minutes, one='minute', many='minutes')}"
    )


def steps_of(found: Consultation, *, now: dt.datetime) -> list[Step]:
    """The life of a consultation, with its dates."""
    ended = found.state in (
        ConsultationState.SANS_SUITE,
        ConsultationState.INFRUCTUEUX,
        ConsultationState.WITHDRAWN,
    )
    called = [
        ("Terme des candidatures", found.candidatures_until, _past(found.candidatures_until, now)),
        ("Invitation des candidats retenus", found.invited_at, found.invited_at is not None),
    ]
    questions: list[tuple[str, Any, bool]] = [
        ("Fin des questions", found.questions_until, _past(found.questions_until, now)),
        ("Dernières réponses aux questions", found.answers_by, _past_day(found.answers_by)),
    ]
    is_called = found.is_restricted and found.invited_at is None
    dates: list[tuple[str, Any, bool]] = [
        ("Publication", found.published_at, found.published_at is not None),
        *(questions if is_called else []),
        *(called if found.is_restricted else []),
        *([] if is_called else questions),
        ("Clôture", found.closes_at, _past(found.closes_at, now)),
        ("Ouverture à deux personnes", found.opened_at, found.opened_at is not None),
    ]
    steps, current = [], not ended
    for label, when, is_done in dates:
        state = "done" if is_done else "current" if current else "todo"
        current = current and is_done
        steps.append(Step(label, state, _word(when, is_done)))
    if ended:
        steps.append(Step(found.get_state_display(), "cancelled", f"le {date_text(found.state_since)}"))
    return steps


def _past(when: dt.datetime | None, now: dt.datetime) -> bool:
    return when is not None and now >= when


def _past_day(day: dt.date | None) -> bool:
    return day is not None and timezone.localdate() > day


def _word(when: Any, is_done: bool) -> str:
    if when is None:
        return "à venir"
    text = datetime_text(when) if isinstance(when, dt.datetime) else date_text(when)
    return f"fait le {text}" if is_done else f"prévu le {text}"


@require_safe
def document(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    found = visible(request, number)
    each = next((one for one in found.documents.all() if one.uuid == uuid), None)
    if each is None:
        raise NotVisible
    return download_response(each.file, actor=actor_of(request))
