"""`/consultations/CNS-…/attribution/` and `/attributions/ATT-…/`: what was decided, for whom, until when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import Step
from marketplace.ui.once import once
from marketplace.ui.typography import date_text
from procurement.awards import deciding
from procurement.awards.abilities import award_abilities
from procurement.awards.enums import AwardState
from procurement.awards.forms import ProposeForm
from procurement.awards.letters import letter_pdf
from procurement.awards.views.acts import ACTS
from procurement.awards.views.ending import may_end
from procurement.consultations.views.find import HOME, form_page, lot_of, tried
from procurement.evaluation import rules
from procurement.evaluation.abilities import evaluation_abilities
from procurement.evaluation.views.find import allowed_to, response_of
from procurement.evaluation.views.find import trail as evaluation_trail
from procurement.evaluation.views.find import visible as visible_evaluation
from procurement.models import Award, RejectionLetter
from procurement.views.find import actor_of, posted


def visible(request: HttpRequest, number: str) -> Award:
    """Raises NotVisible (404)."""
    found = Award.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def trail(award: Award, *, current: str) -> dict[str, Any]:
    consultation = award.consultation
    return breadcrumb(HOME, (consultation.number, consultation.get_absolute_url()), current=current)


@login_required
@require_safe
def index(request: HttpRequest, number: str) -> HttpResponse:
    """Lot by lot: the ranking as it was concluded, and its award."""
    actor, found = actor_of(request), visible_evaluation(request, number)
    awards = list(Award.objects.visible_to(actor).for_pages().filter(consultation=found.consultation))
    living = {one.lot_id: one for one in awards if one.state != AwardState.DROPPED}
    may = allowed(evaluation_abilities(actor, found), "award") and found.state == "evaluated"
    may = may and found.consultation.state == "opened"
    context = {
        "evaluation": found,
        "consultation": found.consultation,
        "lots": [
            (lot, deciding.rows_of(found, lot), living.get(lot.pk), getattr(lot, "outcome", None))
            for lot in found.consultation.lots.all()
        ],
        "dropped": [one for one in awards if one.state == AwardState.DROPPED],
        "may_award": may,
        "may_end": may_end(actor, found.consultation),
        "breadcrumb_data": evaluation_trail(found, current="Attribution"),
    }
    return render(request, "procurement/awards/index.html", context)


@login_required
@once
def propose(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    found, actor = allowed_to(request, number, "award"), actor_of(request)
    row = lot_of(found.consultation, lot)
    deciding.refuse_not_ranked(found)
    ranked = [one for one in deciding.rows_of(found, row) if one["rank"] is not None]
    form = ProposeForm(posted(request), ranked=ranked)
    if form.is_bound and form.is_valid():
        said, made = form.cleaned_data, []

        def act() -> None:
            response = response_of(found, _uuid(said["response"])).response
            made.append(
                deciding.propose(found, actor=actor, lot=row, response=response, reason=said["reason"])
            )

        if tried(form, act):
            messages.success(request, "Certificats demandés. L’attribution se décide une fois lus.")
            return redirect(made[0].get_absolute_url())
    rule = rules.certificates_on(timezone.localdate())
    return form_page(
        request,
        found.consultation,
        form,
        title=f"Attribuer le lot {row.number}",
        lead=f"{rule.text} ({rule.source}.)" if rule is not None else "",
        button="Demander les certificats",
        back=f"{found.consultation.get_absolute_url()}attribution/",
    )


def _uuid(text: str) -> Any:
    import uuid

    return uuid.UUID(text)


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible(request, number)
    verdicts = award_abilities(actor, found)
    context = {
        "award": found,
        "consultation": found.consultation,
        "inside": actor.is_buyer or not actor.is_supplier,
        "missing": found.missing_certificates if found.state == AwardState.PROPOSED else [],
        "may_add": allowed(verdicts, "add_certificate") and found.state == AwardState.PROPOSED,
        "acts": [
            {"url": f"{found.get_absolute_url()}{words}/", "label": page.title}
            for words, page in ACTS.items()
            if found.state in found.MOVES[page.move].sources and allowed(verdicts, page.move)
        ],
        "waits": found.state == AwardState.LETTERS_SENT and not found.may_be_signed(timezone.localdate()),
        "steps": steps_of(found),
        "breadcrumb_data": trail(found, current=found.number),
    }
    return render(request, "procurement/awards/show.html", context)


def steps_of(found: Award) -> list[Step]:
    """What is done with its day, what comes."""
    signable = f"à partir du {date_text(found.signable_on)}" if found.signable_on else "à venir"
    rows = [
        ("Certificats demandés", found.created_at, ""),
        ("Attribution décidée", found.decided_at, "à venir"),
        ("Lettres de rejet envoyées", found.letters_sent_at, "à venir"),
        ("Signature", found.signed_on, signable),
        ("Notification", found.notified_on, "à venir"),
    ]
    steps, current = [], found.state != AwardState.DROPPED
    for label, when, later in rows:
        state = "done" if when else "current" if current else "todo"
        current = current and bool(when)
        steps.append(Step(label, state, f"fait le {date_text(when)}" if when else later))
    if found.state == AwardState.DROPPED:
        steps.append(Step("Abandonnée", "cancelled", f"le {date_text(found.state_since)}"))
    return steps


@login_required
@require_safe
def certificate(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    found = visible(request, number)
    one = next((each for each in found.certificates.all() if each.uuid == uuid), None)
    if one is None:
        raise NotVisible
    return download_response(one.file, actor=actor_of(request))


@login_required
@require_safe
def letter(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    rows = RejectionLetter.objects.visible_to(actor_of(request)).for_pages()
    found = rows.filter(uuid=uuid, award__consultation__number=number).first()
    if found is None:
        raise NotVisible
    answer = HttpResponse(letter_pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{number}-lettre.pdf"'
    return answer
