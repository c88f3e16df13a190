"""`/consultations/CNS-…/candidatures/` and `/candidatures/CDT-…/`: who applies, who is invited, why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.ui.once import once
from procurement.applications.forms import PaperForm, WithdrawForm
from procurement.candidates import applying, selecting
from procurement.candidates.abilities import candidate_abilities, candidates_abilities
from procurement.candidates.enums import CandidateState
from procurement.candidates.forms import ApplyForm, RejectForm
from procurement.candidates.rules import number_rule_on
from procurement.consultations.abilities import consultation_abilities
from procurement.consultations.clock import database_now
from procurement.consultations.enums import ConsultationState
from procurement.consultations.views.find import allowed_to, form_page, trail, tried, visible
from procurement.models import Candidate, Consultation
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of


def _refuse_choice(found: Candidate) -> None:
    selecting.refuse_early(found.consultation, now=database_now())


def _refuse_selected(found: Candidate) -> None:
    _refuse_choice(found)
    found.check_move("select")


def _refuse_rejected(found: Candidate) -> None:
    _refuse_choice(found)
    found.check_move("reject")


def _refuse_withdrawn(found: Candidate) -> None:
    applying.refuse_late(found.consultation, database_now())
    found.check_move("withdraw")


ACTS = Acts(
    {
        "retenir": ActPage(
            "select",
            selecting.select,
            "Retenir cette candidature",
            "Candidature retenue.",
            lead="Le fournisseur sera invité avec les autres. Ce choix se reprend jusqu’aux invitations.",
            refuse=_refuse_selected,
            forward=True,
        ),
        "ecarter": ActPage(
            "reject",
            selecting.reject,
            "Ne pas retenir cette candidature",
            "Candidature non retenue.",
            RejectForm,
            lead="Selon les critères publiés. Ce choix se reprend jusqu’aux invitations.",
            refuse=_refuse_rejected,
        ),
        "retirer": ActPage(
            "withdraw",
            applying.withdraw,
            "Retirer la candidature",
            "Candidature retirée.",
            WithdrawForm,
            lead="Vous pourrez en remettre une autre avant le terme.",
            refuse=_refuse_withdrawn,
        ),
        "joindre": ActPage(
            "add_paper",
            applying.add_paper,
            "Joindre une pièce",
            "Pièce jointe.",
            PaperForm,
            refuse=applying.refuse_papers,
        ),
    },
    abilities=candidate_abilities,
    url_name="procurement:candidate_act",
)


def one_of(request: HttpRequest, number: str) -> Candidate:
    """Raises NotVisible (404)."""
    found = Candidate.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


@login_required
@require_safe
def index(request: HttpRequest, number: str) -> HttpResponse:
    """The administration's side: nobody is named nor counted before the last instant to apply."""
    found = allowed_to(request, number, "see_responses")
    if not found.is_restricted:
        raise NotVisible
    rows = Candidate.objects.visible_to(actor_of(request)).living().for_pages().filter(consultation=found)
    candidates = list(rows)
    context = {
        "consultation": found,
        "over": found.candidatures_over_at(timezone.now()),
        "candidates": candidates,
        "left": sum(one.state == CandidateState.GIVEN for one in candidates),
        "invite_url": _invite_url(request, found) if candidates else "",
        "rule": number_rule_on(timezone.localdate()),
        "breadcrumb_data": trail(found, current="Candidatures"),
    }
    return render(request, "procurement/candidates/index.html", context)


def _invite_url(request: HttpRequest, found: Consultation) -> str:
    """Empty unless this person may send the invitations now."""
    waits = found.state == ConsultationState.CANDIDATURES and found.candidatures_over_at(timezone.now())
    may = waits and allowed(consultation_abilities(actor_of(request), found), "invite")
    return reverse("procurement:consultation_act", args=[found.number, "inviter"]) if may else ""


@login_required
@once
def apply(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = visible(request, number), actor_of(request)
    require(candidates_abilities(actor), "create")
    applying.refuse_late(found, database_now())
    form = ApplyForm.of(request)
    if form.is_bound and form.is_valid():
        made: list[Candidate] = []
        said = form.cleaned_data
        if tried(form, lambda: made.append(applying.apply(found, actor=actor, **said))):
            messages.success(request, "Candidature remise. Vous pouvez joindre d’autres pièces.")
            return redirect(made[0])
    return form_page(
        request,
        found,
        form,
        title="Candidater",
        lead="Personne ne la lit avant le terme des candidatures. Vous saurez ensuite si vous êtes invité.",
        button="Remettre la candidature",
    )


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = one_of(request, number), actor_of(request)
    told = found.consultation.invited_at is not None or not actor.is_supplier
    is_over = found.consultation.candidatures_over_at(timezone.now())
    context = {
        "candidate": found,
        "consultation": found.consultation,
        "told": told,
        "waits": not told and found.state == CandidateState.GIVEN and is_over,
        "acts": ACTS.links(actor, found),
        "breadcrumb_data": trail(found.consultation, current=found.number),
    }
    return render(request, "procurement/candidates/show.html", context)


@login_required
@once
def act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    found = one_of(request, number)

    def about(page: ActPage) -> dict[str, Any]:
        return {
            "facts": [("Consultation", str(found.consultation)), ("Fournisseur", found.supplier.name)],
            "breadcrumb_data": trail(found.consultation, current=page.title),
        }

    return ACTS.serve(request, found, words, about=about)


@login_required
@require_safe
def paper(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    one = next((each for each in one_of(request, number).papers.all() if each.uuid == uuid), None)
    if one is None:
        raise NotVisible
    return download_response(one.file, actor=actor_of(request))


def own_of(request: HttpRequest, consultation: Any) -> Candidate | None:
    """The living candidature of the reader's supplier; one query, none for the others."""
    actor = actor_of(request)
    if not actor.is_supplier or not consultation.is_restricted:
        return None
    return Candidate.objects.visible_to(actor).living().filter(consultation=consultation).first()


def may_apply(request: HttpRequest, consultation: Any) -> bool:
    return consultation.takes_candidates and allowed(candidates_abilities(actor_of(request)), "create")
