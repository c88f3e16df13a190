"""The officer's and the decision maker's desks: queue, taking, findings."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import time_text
from qualification import findings as judging
from qualification import interests
from qualification.abilities import dossier_abilities, dossiers_abilities, ties_of
from qualification.enums import DossierState
from qualification.forms import FindingForm, InterestForm, TakeForm
from qualification.models import Dossier
from qualification.progress import Line, lines_of, progress_of
from qualification.queue import arranged, filtered, next_back, queue_for
from qualification.queue_links import QueueChoices
from qualification.sent import may_read_evidence, sent_for, version_url
from qualification.steps import steps_for
from qualification.views.find import trail, visible_dossier

PAGE_SIZE = 20


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(dossiers_abilities(actor), "instruct")
    choices = QueueChoices.read(request.GET)
    everything = queue_for(actor)
    rows = arranged(filtered(everything, zone=choices.zone, state=choices.state), choices.sort)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "choices": choices,
        "zones": choices.zones(everything),
        "states": choices.states(everything),
        "sorts": choices.sorts(),
        "next_back": None if rows else next_back(everything),
        "decides": allowed(dossiers_abilities(actor), "decide"),
        "breadcrumb_data": breadcrumb(current="Instruction"),
    }
    return render(request, "qualification/queue.html", context)


@login_required
@require_GET
def to_decide(request: HttpRequest) -> HttpResponse:
    """Proposals and appeals waiting, oldest first; those the reader instructed are said apart."""
    actor = actor_of(request)
    require(dossiers_abilities(actor), "decide")
    ties = ties_of(actor)
    mine: list[dict[str, object]] = []
    others: list[dict[str, object]] = []
    for dossier in Dossier.objects.visible_to(actor).for_lists().waiting_for_decision().by_age():
        name = "decide_appeal" if dossier.state == DossierState.APPEALED else "decide"
        refusal = dossier_abilities(actor, dossier, ties=ties)[name]
        row: dict[str, object] = {"dossier": dossier, "clock": dossier.clock(), "refusal": refusal}
        (others if refusal else mine).append(row)
    context = {"mine": mine, "others": others, "breadcrumb_data": breadcrumb(current="Décisions")}
    return render(request, "qualification/to_decide.html", context)


@login_required
@once
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Taking starts with a declaration of interests: a link gives the dossier back."""
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    require(dossier_abilities(actor, dossier), "take")
    form = TakeForm(request.POST or None, initial={"version": dossier.version})
    if request.method == "POST" and form.is_valid():
        try:
            return _taken(request, dossier, form)
        except RuleBroken as refused:
            form.refuse(refused)
    context = {
        "title": "Prendre ce dossier",
        "lead": "Vous en serez l’instructeur : une autre personne décidera.",
        "facts": [
            ("Dossier", dossier.number),
            ("Offre", dossier.offer.name),
            ("Fournisseur", dossier.organisation),
        ],
        "form": form,
        "button_label": "Enregistrer ma déclaration",
        "cancel_url": dossier.get_absolute_url(),
        "breadcrumb_data": trail(dossier, current="Prendre"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)


def _taken(request: HttpRequest, dossier: Dossier, form: TakeForm) -> HttpResponse:
    actor, values = actor_of(request), form.cleaned_data
    if values["has_interest"]:
        interests.declare_interest(dossier, actor=actor, has_interest=True, statement=values["statement"])
        messages.info(request, "Lien déclaré : ce dossier ne peut pas vous être confié.")
        return redirect("qualification:queue")
    interests.take_declared(dossier, actor=actor, expected_version=values["version"])
    messages.success(request, "Ce dossier est à vous.")
    return redirect(dossier)


@login_required
@once
def declare_interest(request: HttpRequest, number: str) -> HttpResponse:
    """A link found at any moment: whoever has one neither instructs nor decides."""
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    require(dossier_abilities(actor, dossier), "declare_interest")
    form = InterestForm(request.POST or None, initial={"version": dossier.version})
    if request.method == "POST" and form.is_valid():
        interests.declare_interest(
            dossier, actor=actor, has_interest=True, statement=form.cleaned_data["statement"]
        )
        messages.info(
            request, "Lien déclaré : ce dossier et ceux de ce fournisseur iront à d’autres que vous."
        )
        return redirect("qualification:queue")
    context = {
        "title": "Déclarer un lien avec le fournisseur",
        "lead": "Vous n’instruirez ni ne déciderez aucun dossier de ce fournisseur. Si celui-ci vous est "
        "confié, il retourne à la file, à sa place.",
        "facts": [("Dossier", dossier.number), ("Fournisseur", dossier.organisation)],
        "form": form,
        "button_label": "Déclarer ce lien",
        "cancel_url": dossier.get_absolute_url(),
        "breadcrumb_data": trail(dossier, current="Déclarer un lien"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)


@login_required
@require_GET
def findings(request: HttpRequest, number: str) -> HttpResponse:
    dossier = visible_dossier(request, number)
    verdicts = dossier_abilities(actor_of(request), dossier)
    require(verdicts, "read_instruction")
    lines = lines_of(dossier, progress_of(dossier))
    context = {
        "dossier": dossier,
        "lines": lines,
        "judged": sum(line.is_judged for line in lines),
        "steps": [step for step in steps_for(dossier, verdicts) if step.move != "instruct"],
        "may_record": allowed(verdicts, "record_finding") and dossier.state == DossierState.INSTRUCTION,
        "breadcrumb_data": trail(dossier, current="Constats"),
    }
    return render(request, "qualification/findings.html", context)


@login_required
@once
def finding(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """One requirement: answer, automatic check, my finding; then the next one."""
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    verdicts = dossier_abilities(actor, dossier)
    require(verdicts, "record_finding" if request.method == "POST" else "read_instruction")
    lines = lines_of(dossier, progress_of(dossier))
    line = next((line for line in lines if line.requirement.code == code), None)
    if line is None:
        raise NotVisible
    form = FindingForm(request.POST or None, initial=_initial(dossier, line))
    if request.method == "POST" and form.is_valid() and _recorded(request, dossier, code, form):
        messages.success(request, "Constat enregistré.")
        return redirect(_after(dossier, lines, line))
    context = {
        "dossier": dossier,
        "line": line,
        "lines": lines,
        "sent": next(iter(sent_for(dossier, [line.requirement])), None),
        "version_url": version_url(dossier),
        "may_read_evidence": may_read_evidence(actor, dossier),
        "form": form,
        "may_record": allowed(verdicts, "record_finding") and dossier.state == DossierState.INSTRUCTION,
        "breadcrumb_data": trail(dossier, current=line.requirement.title),
    }
    return render(request, "qualification/finding.html", context, status=400 if form.is_bound else 200)


def _recorded(request: HttpRequest, dossier: Dossier, code: str, form: FindingForm) -> bool:
    """False with the refusal on the form: a rule, or something that changed since it was read."""
    version = form.cleaned_data["version"]
    try:
        judging.record_finding(
            dossier, actor=actor_of(request), requirement=code, expected_version=version, **form.values()
        )
    except RuleBroken as refused:
        form.refuse(refused)
        return False
    except VersionStale:
        form.read_again(version=dossier.version, round_now=dossier.round, said=_changed(dossier, form))
        return False
    return True


def _changed(dossier: Dossier, form: FindingForm) -> str:
    """The supplier answered meanwhile, or somebody acted on the dossier."""
    answers = [asked.answered_at for asked in dossier.corrections.all() if asked.answered_at]
    if answers and form.cleaned_data["round"] != dossier.round:
        return f"La réponse a changé à {time_text(max(answers))}. Relisez avant d’enregistrer."
    return "Le dossier a changé pendant votre lecture. Relisez avant d’enregistrer."


def _initial(dossier: Dossier, line: Line) -> dict[str, object]:
    known = line.finding
    names = ("verdict", "severity", "observation", "evidence", "remedy")
    written = {name: getattr(known, name) for name in names} if known else {}
    return {"version": dossier.version, "round": dossier.round, **written}


def _after(dossier: Dossier, lines: tuple[Line, ...], line: Line) -> str:
    """The next requirement that nobody judged, else the list."""
    base = f"{dossier.get_absolute_url()}constats/"
    start = lines.index(line) + 1
    following = next((item for item in lines[start:] if not item.is_judged), None)
    return f"{base}{following.requirement.code}/" if following else base
