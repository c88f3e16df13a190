"""`/contrats/CTR-…/releves/` and `/releves/REL-…/`: what was used, and the service fait."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import MoveRefused, NotVisible, RuleBroken
from marketplace.files.store import download_in_pieces
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.large_files import takes_large_files
from marketplace.ui.once import once
from marketplace.ui.typography import date_text, euros
from procurement.forms.refusals import put_refusal
from procurement.models import Contract, UsageStatement
from procurement.statements import consumption, writing
from procurement.statements.abilities import statement_abilities, write_ability
from procurement.statements.amounts import components_of
from procurement.statements.forms import (
    PREFIX,
    CorrectionForm,
    FileForm,
    QuantitiesForm,
    StatementForm,
    usage_file,
)
from procurement.statements.move_pages import MOVES
from procurement.statements.reading import WORDS
from procurement.views.find import actor_of, posted

PAGE_SIZE = 20


@login_required
@require_safe
def statements(request: HttpRequest, number: str) -> HttpResponse:
    actor, contract = actor_of(request), _contract(request, number)
    found = consumption.consumption_of(contract)
    rows = UsageStatement.objects.visible_to(actor).filter(contract=contract).order_by("-starts_on", "-pk")
    context = {
        "contract": contract,
        "consumption": found,
        "bars": consumption.bars_of(found),
        "components": consumption.components_used(contract),
        "awaited": consumption.awaited_sentence(contract, actor=actor),
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_write": write_ability(actor, contract) == "",
        "breadcrumb_data": trail(contract, "Relevés d’usage"),
    }
    return render(request, "procurement/statements/list.html", context)


@takes_large_files
@login_required
@once
def statement_write(request: HttpRequest, number: str) -> HttpResponse:
    actor, contract = actor_of(request), _contract(request, number)
    require({"write": write_ability(actor, contract)}, "write")
    replaces = _replaced(request, contract)
    initial = {"starts_on": replaces.starts_on, "ends_on": replaces.ends_on} if replaces else {}
    form = StatementForm.of(request, components=components_of(contract).values(), initial=initial)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = writing.create_statement(
                contract,
                actor=actor,
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
                rows=form.rows(),
                file=usage_file(said["file"]),
                replaces=replaces,
            )
        except RuleBroken as refused:
            put_refusal(form, refused, prefix=PREFIX)
        else:
            messages.success(request, f"{made} enregistré en brouillon. Relisez-le, puis envoyez-le.")
            return redirect(made.get_absolute_url())
    lead = (
        f"{replaces} sera remplacé quand vous enverrez celui-ci."
        if replaces
        else "Joignez un fichier ou tapez les quantités de la période. Rien ne part avant votre relecture."
    )
    return _form(request, form, contract, title="Écrire un relevé d’usage", lead=lead, button="Enregistrer")


def _replaced(request: HttpRequest, contract: Contract) -> UsageStatement | None:
    """The one named in the address by `remplace`. Raises NotVisible when it is not of this contract."""
    number = request.GET.get("remplace")
    if not number:
        return None
    found = UsageStatement.objects.visible_to(actor_of(request)).filter(contract=contract, number=number)
    statement = found.first()
    if statement is None:
        raise NotVisible
    return statement


@login_required
@require_safe
def statement_page(request: HttpRequest, number: str) -> HttpResponse:
    actor, statement = actor_of(request), _visible(request, number)
    verdicts = statement_abilities(actor, statement)
    is_draft = statement.state == "draft" and allowed(verdicts, "edit")
    context = {
        "statement": statement,
        "facts": _facts(statement),
        "lines": list(statement.lines.select_related("price_line")),
        "faults": [{**fault, "word": WORDS[fault["field"]]} for fault in statement.faults],
        "inside": not actor.is_supplier,
        "is_draft": is_draft,
        "may_replace": statement.state == "submitted" and allowed(verdicts, "edit"),
        "acts": [
            link
            for link in MOVES.links(actor, statement)
            if not (link.name == "submit" and statement.faults_count)
        ],
        "breadcrumb_data": trail(statement.contract, statement.number),
    }
    return render(request, "procurement/statements/page.html", context)


@login_required
@once
def statement_edit(request: HttpRequest, number: str) -> HttpResponse:
    statement = _editable(request, number)
    known = {line.component: line.quantity.normalize() for line in statement.lines.all()}
    form = QuantitiesForm(
        posted(request),
        components=components_of(statement.contract).values(),
        known=known,
        initial={"version": statement.version},
    )
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        done = _act(request, form, statement, writing.fill, rows=form.rows(), expected_version=version)
        if done is not None:
            return done
    lead = f"Quantités {period_text(statement)}. 0 retire un composant."
    return _form(
        request, form, statement.contract, title=f"Modifier le relevé {statement.number}", lead=lead,
        button="Enregistrer les quantités", back=statement.get_absolute_url(),
    )  # fmt: skip


@takes_large_files
@login_required
@once
def statement_file(request: HttpRequest, number: str) -> HttpResponse:
    statement = _editable(request, number)
    form = FileForm.of(request, initial={"version": statement.version})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        file, version = usage_file(said["file"]), said["version"]
        done = _act(request, form, statement, writing.fill_from_file, file=file, expected_version=version)
        if done is not None:
            return done
    return _form(
        request, form, statement.contract, title=f"Joindre le fichier du relevé {statement.number}",
        lead="Il remplace tout ce que le brouillon contient.", button="Lire le fichier",
        back=statement.get_absolute_url(),
    )  # fmt: skip


@login_required
@require_safe
def statement_document(request: HttpRequest, number: str) -> StreamingHttpResponse:
    """The file as it came. Raises NotVisible when everything was typed."""
    statement = _visible(request, number)
    if statement.file is None:
        raise NotVisible
    return download_in_pieces(statement.file, actor=actor_of(request))


@login_required
@once
def statement_correct(request: HttpRequest, number: str) -> HttpResponse:
    statement = _editable(request, number)
    if not statement.faults:
        raise MoveRefused("nothing_to_correct", "Ce relevé n’a plus de ligne à corriger.", about=statement)
    form = CorrectionForm(
        posted(request),
        faults=statement.faults,
        components=components_of(statement.contract).values(),
        initial={"version": statement.version},
    )
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        done = _act(request, form, statement, writing.correct, lines=form.lines(), expected_version=version)
        if done is not None:
            return done
    return _form(
        request, form, statement.contract, title=f"Corriger le relevé {statement.number}",
        lead="Les autres lignes du fichier restent telles quelles.", button="Enregistrer les corrections",
        back=statement.get_absolute_url(),
    )  # fmt: skip


def _act(
    request: HttpRequest, form: Any, statement: UsageStatement, act: Any, **values: Any
) -> HttpResponse | None:
    """Where to go once it is done; None when a rule refused, which the form then says."""
    try:
        act(statement, actor=actor_of(request), **values)
    except RuleBroken as refused:
        put_refusal(form, refused, prefix=PREFIX)
        return None
    messages.success(request, "Brouillon enregistré.")
    return redirect(statement.get_absolute_url())


@login_required
@once
def statement_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    statement = _visible(request, number)
    return MOVES.serve(
        request,
        statement,
        slug,
        about=lambda move: {
            "title": f"{move.title} {statement.number}",
            "facts": _facts(statement),
            "breadcrumb_data": trail(statement.contract, move.title),
        },
    )


def period_text(statement: UsageStatement) -> str:
    return f"du {date_text(statement.starts_on)} au {date_text(statement.ends_on)}"


def _facts(statement: UsageStatement) -> list[tuple[str, str]]:
    rows = [
        ("Contrat", statement.contract.number),
        ("Période", period_text(statement)),
        ("Montant", euros(statement.total_eur_ht, tax="HT")),
    ]
    if statement.service_done_on is not None:
        rows.append(("Service fait le", date_text(statement.service_done_on)))
    return rows


def _form(
    request: HttpRequest, form: Any, contract: Contract, *, title: str, lead: str, button: str, back: str = ""
) -> HttpResponse:
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "button_label": button,
        "cancel_url": back or reverse("procurement:statements", args=[contract.number]),
        "breadcrumb_data": trail(contract, title),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


def trail(contract: Contract, current: str) -> dict[str, object]:
    links = [("Contrats", reverse("procurement:contracts"))]
    links.append((contract.number, reverse("procurement:contract", args=[contract.number])))
    if current != "Relevés d’usage":
        links.append(("Relevés d’usage", reverse("procurement:statements", args=[contract.number])))
    return breadcrumb(*links, current=current)


def _contract(request: HttpRequest, number: str) -> Contract:
    """Raises NotVisible (404)."""
    found = Contract.objects.visible_to(actor_of(request)).for_lists().select_related("order__plan")
    contract = found.filter(number=number).first()
    if contract is None:
        raise NotVisible
    return contract


def _editable(request: HttpRequest, number: str) -> UsageStatement:
    statement = _visible(request, number)
    require(statement_abilities(actor_of(request), statement), "edit")
    writing.refuse_sent(statement)
    return statement


def _visible(request: HttpRequest, number: str) -> UsageStatement:
    """Raises NotVisible (404)."""
    found = UsageStatement.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
