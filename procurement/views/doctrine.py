"""`/doctrine/essayer/`: the analysis without an account. Nothing is stored: answers travel signed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.ui.breadcrumb import breadcrumb
from procurement.dialogue import PAGES, RESULT, DialogueState, Page, open_state, page_of, stepper_of
from procurement.doctrine import AssessmentResult, assess, changes_between
from procurement.facts import facts_from_json


@never_cache
@require_http_methods(["GET", "POST"])
def try_doctrine(request: HttpRequest) -> HttpResponse:
    state = open_state(request.GET.get("etat", ""))
    page = page_of(request.GET.get("etape", ""))
    if page.form is None:
        return _result(request, state=state, page=page)
    form = page.form(request.POST if request.method == "POST" else None, answers=state.answers)
    if request.method == "POST" and form.is_valid():
        answered = state.with_answers(_plain(form.cleaned_data))
        # A changed answer leads back to the conclusions that it moves.
        following = RESULT if state.before is not None else page.number + 1
        return HttpResponseRedirect(_address(following, answered))
    return render(
        request,
        "procurement/doctrine/question_page.html",
        {
            "form": form,
            "page": page,
            "stepper": stepper_of(page),
            "title": page.title,
            "previous_url": _address(page.number - 1, state) if page.number > 1 else "",
            "public": True,
            "breadcrumb_data": _trail(),
        },
        status=400 if form.is_bound else 200,
    )


def _result(request: HttpRequest, *, state: DialogueState, page: Page) -> HttpResponse:
    today = timezone.localdate()
    result = assess(facts_from_json(state.answers), today)
    before = assess(facts_from_json(state.before), today) if state.before is not None else None
    return render(
        request,
        "procurement/doctrine/result_page.html",
        {
            "result": result,
            "changes": changes_between(before, result) if before else (),
            "compared": before is not None,
            "page": page,
            "stepper": stepper_of(page),
            "edit_links": [(p.title, _address(p.number, state.read())) for p in PAGES if p.form],
            "offers_url": offers_address(result),
            "breadcrumb_data": _trail(),
        },
    )


def offers_address(result: AssessmentResult) -> str:
    """The search that keeps what complies; the catalogue's own parameters."""
    query = urlencode(result.offer_filter, doseq=True)
    return f"/offres/?{query}" if query else "/offres/"


def _address(number: int, state: DialogueState) -> str:
    query = urlencode({"etape": number, "etat": state.sealed()})
    return f"{reverse('procurement:try_doctrine')}?{query}"


def _trail() -> dict[str, object]:
    return breadcrumb(("Doctrine", "/doctrine/"), current="Essayer l’analyse de sensibilité")


def _plain(cleaned: dict[str, object]) -> dict[str, object]:
    """Amounts as text, so that the address stays JSON."""
    cost = cleaned.get("full_cost_eur_ht")
    return {**cleaned, "full_cost_eur_ht": str(cost)} if cost is not None else cleaned
