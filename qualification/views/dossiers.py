"""Dossiers as their supplier and the operator read them: list, page, checks."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from catalog.abilities import offer_abilities
from catalog.enums import OfferState
from catalog.models import Offer
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import PATTERNS, Bar
from marketplace.ui.once import once
from qualification import actions, handing_out, pipeline
from qualification.abilities import dossier_abilities, dossiers_abilities
from qualification.checks import CHECKS
from qualification.discussion import CLOSED, threads_of
from qualification.enums import Verdict
from qualification.models import Decision, Dossier, Waiver
from qualification.pdf.decision_letter import letter_data
from qualification.progress import COVERAGE_LABELS, Line, coverage_of, lines_of, progress_of, runs_of
from qualification.queue import place_of
from qualification.schemes import newer_edition
from qualification.sent import may_read_evidence, sent_for, version_url
from qualification.states import JUDGED_IN, REPLAY_STATES
from qualification.steps import next_step, steps_for
from qualification.views.find import trail, visible_dossier

PAGE_SIZE = 20


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = Dossier.objects.visible_to(actor).for_lists().order_by("-pk")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "is_supplier": actor.is_supplier,
        "breadcrumb_data": breadcrumb(current="Dossiers"),
    }
    return render(request, "qualification/index.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`?offre=` is the offer's public number; an open dossier is shown instead of a second one."""
    actor = actor_of(request)
    number = request.GET.get("offre", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    found = Offer.objects.owned_by(actor).filter(number=number) if is_number else Offer.objects.none()
    offer = found.select_related("supplier__organisation").first()
    if offer is None:
        raise NotVisible
    require(dossiers_abilities(actor), "create")
    known = Dossier.objects.filter(offer=offer).exclude(state="decided").first()
    if known is not None:
        return redirect(known)
    if request.method == "POST":
        try:
            return redirect(actions.open_dossier(offer, actor=actor))
        except RuleBroken as refused:
            messages.error(request, refused.message)
            return redirect("qualification:dossiers")
    context = {
        "title": "Ouvrir un dossier de référencement",
        "lead": "Rien n’est envoyé : vous relirez le dossier avant de l’envoyer.",
        "facts": [("Offre", offer.name), ("Fournisseur", offer.supplier.name)],
        "button_label": "Ouvrir le dossier",
        "cancel_url": "/dossiers/",
        "breadcrumb_data": breadcrumb(("Dossiers", "/dossiers/"), current="Nouveau dossier"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    progress = progress_of(dossier)
    lines = lines_of(dossier, progress)
    verdicts = dossier_abilities(actor, dossier)
    steps = steps_for(dossier, verdicts)
    own = actor.is_supplier
    context = {
        "dossier": dossier,
        "clock": dossier.clock(),
        "place": place_of(dossier),
        "progress": progress,
        "lines": [line for line in lines if line.finding] if own else lines,
        "threads": threads_of(dossier),
        "may_discuss": allowed(verdicts, "discuss") and dossier.state not in CLOSED,
        "requirements": [line.requirement for line in lines],
        "joined": [line for line in lines if line.evidence],
        "bars": _coverage_bars(lines),
        "sent": sent_for(dossier, [line.requirement for line in lines]),
        "version_url": version_url(dossier),
        "newer_edition": newer_edition(dossier.scheme, dossier.scheme_edition),
        "may_read_evidence": may_read_evidence(actor, dossier),
        "next_step": next_step(steps),
        "other_steps": steps[1:],
        "may_dispute": allowed(verdicts, "dispute"),
        "may_declare": allowed(verdicts, "declare_interest") and dossier.state in JUDGED_IN,
        "may_suspend": allowed(offer_abilities(actor, dossier.offer), "suspend")
        and dossier.offer.state == OfferState.LISTED,
        "decisions": Decision.objects.filter(dossier=dossier).order_by("-pk"),
        "is_supplier": own,
        "breadcrumb_data": breadcrumb(("Dossiers", "/dossiers/"), current=dossier.number),
    }
    return render(request, "qualification/dossier.html", context)


@login_required
@require_GET
def checks_progress(request: HttpRequest, number: str) -> HttpResponse:
    """The table of checks alone, asked again by htmx while some run; « Actualiser » without script."""
    dossier = visible_dossier(request, number)
    verdicts = dossier_abilities(actor_of(request), dossier)
    context = {
        "dossier": dossier,
        "progress": progress_of(dossier),
        "may_dispute": allowed(verdicts, "dispute"),
    }
    if not getattr(request, "htmx", False):
        return redirect(dossier)
    return render(request, "qualification/_checks.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The last result of one check with its history. POST runs it again."""
    dossier = visible_dossier(request, number)
    runs = runs_of(dossier, code)
    if not runs:
        raise NotVisible
    verdicts = dossier_abilities(actor_of(request), dossier)
    if request.method == "POST":
        require(verdicts, "replay")
        pipeline.replay(dossier, check_code=code, actor=actor_of(request))
        messages.success(request, "Contrôle relancé. Son résultat s’affichera ici.")
        return redirect("qualification:check", number=number, code=code)
    context = {
        "dossier": dossier,
        "run": runs[0],
        "check": CHECKS.get(code),
        "history": runs,
        "may_replay": allowed(verdicts, "replay") and dossier.state in REPLAY_STATES and runs[0].is_over,
        "may_dispute": allowed(verdicts, "dispute"),
        "may_waive": runs[0].current == Verdict.UNKNOWN and allowed(verdicts, "record_finding"),
        "waivers": Waiver.objects.filter(dossier=dossier, check_code=code).order_by("-pk"),
        "breadcrumb_data": trail(dossier, current=runs[0].title),
    }
    return render(request, "qualification/check.html", context)


@login_required
@require_GET
def decision(request: HttpRequest, number: str) -> HttpResponse:
    """The last decision in the words of its letter, for the supplier and the operator."""
    dossier = visible_dossier(request, number)
    taken = list(Decision.objects.of(dossier).order_by("-pk"))
    if not taken:
        raise NotVisible
    last = taken[0]
    operator = last.letter.owner.name if last.letter else settings.SERVICE_NAME
    context = {
        "dossier": dossier,
        "decision": last,
        "letter": letter_data(last, operator=operator),
        "first": taken[1] if len(taken) > 1 else None,
        "may_publish": allowed(dossier_abilities(actor_of(request), dossier), "redact"),
        "copy": last.copies.first(),
        "handed": handing_out.handed(last),
        "breadcrumb_data": trail(dossier, current="Décision"),
    }
    return render(request, "qualification/decision.html", context)


@login_required
@require_safe
def decision_letter(request: HttpRequest, number: str, stage: str) -> HttpResponse:
    """The letter as it was made when it was decided."""
    taken = Decision.objects.of(visible_dossier(request, number)).filter(stage=stage).first()
    if taken is None or taken.letter is None:
        raise NotVisible
    return download_response(taken.letter, actor=actor_of(request))


def _coverage_bars(lines: tuple[Line, ...]) -> list[Bar]:
    counts = coverage_of(lines)
    return [
        Bar(COVERAGE_LABELS[code], count, pattern=pattern)
        for (code, count), pattern in zip(counts.items(), PATTERNS, strict=True)
    ]
