"""A section delegated by link: the supplier's page, and the page that the link opens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from catalog.categories import category_options
from catalog.delegations import actions as delegations
from catalog.forms.answers import SectionForm, typed_again
from catalog.hooks import chapters_of
from catalog.models import Offer, OfferVersion, SectionDelegation
from catalog.questions.conditions import completeness
from catalog.views.autosaved import section_saved
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.ui import autosave
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once

SAVED = "Enregistré. La personne qui vous a envoyé le lien est prévenue. Vous pouvez encore modifier."
CHANGED = "Quelqu’un a modifié cette section pendant votre lecture. Relisez puis enregistrez de nouveau."


class DelegateForm(MarketForm):
    section = forms.ChoiceField(label="Section ou exigence")
    email = forms.EmailField(
        label="Adresse électronique",
        help_text="Le lien y est envoyé. Qui le tient répond à ces questions, et ne voit rien d’autre.",
        max_length=254,
    )
    days = forms.IntegerField(
        label="Durée du lien, en jours",
        help_text=f"De 1 à {delegations.MOST_DAYS}.",
        min_value=1,
        max_value=delegations.MOST_DAYS,
        initial=delegations.DAYS,
    )

    def __init__(self, *args: Any, offer: Offer, **options: Any) -> None:
        super().__init__(*args, **options)
        draft = offer.shown_for_edit
        parts = completeness(draft.answers if draft else {}).sections
        choices = [("Sections", [(part.section.id, part.section.label) for part in parts])]
        if chapters := chapters_of(offer):
            choices.append(("Exigences du dossier", [(one.id, one.label) for one in chapters]))
        self.fields["section"].choices = choices


@once
@on_offer(ability="edit")
def manage(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """The links of an offer: a new one, those sent, revoked here."""
    if request.method == "POST" and request.POST.get("revoke"):
        return _revoke(request, offer)
    initial = {"section": request.GET.get("section", "")}
    form = DelegateForm(request.POST or None, offer=offer, initial=initial)
    link = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            _made, link = delegations.delegate(
                offer, actor=actor_of(request), name=said["section"], email=said["email"], days=said["days"]
            )
        except RuleBroken as refused:
            for name, texts in refused.fields.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            form = DelegateForm(offer=offer)
    context = {
        "offer": offer,
        "form": form,
        "link": link,
        "delegations": offer.delegations.select_related("created_by")[:100],
        "breadcrumb_data": trail(offer, part="Déléguer une section"),
    }
    return render(request, "catalog/delegations.html", context, status=400 if form.errors else 200)


def _revoke(request: HttpRequest, offer: Offer) -> HttpResponse:
    found = next((one for one in offer.delegations.all() if str(one.uuid) == request.POST["revoke"]), None)
    if found is None:
        raise NotVisible
    delegations.revoke(found, actor=actor_of(request))
    messages.success(request, "Lien révoqué : il n’ouvre plus rien.")
    return redirect("catalog:delegations", offer.number, offer.slug)


@never_cache
@sensitive_variables("token")
def delegated(request: HttpRequest, token: str) -> HttpResponse:
    """One section for who holds the link: no account, nothing else of the offer."""
    found = delegations.opened(token, noted=not autosave.wanted(request))
    form = _form(request, found)
    said = ""
    if autosave.wanted(request):
        return section_saved(found.offer, form, lambda: _write(found, form))
    if request.method == "POST" and (added := request.POST.get("add", "")):
        form = typed_again(form, request.POST, add=added)
    elif request.method == "POST" and form.is_valid():
        said = _saved(found, form)
        if said == SAVED:
            messages.success(request, SAVED)
            return redirect("catalog:delegated", token)
    context = {
        "delegation": found,
        "offer": found.offer,
        "form": form,
        "conflict": said,
        "has_files": len(delegations.delegated_section(found).questions) < len(_whole(found)),
        "breadcrumb_data": None,
    }
    status = 412 if said == CHANGED else 400 if form.is_bound and form.errors else 200
    answer = render(request, "catalog/delegated.html", context, status=status)
    # The address is the secret: it is told to nobody.
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _whole(found: SectionDelegation) -> tuple[Any, ...]:
    return tuple(found.asked.questions) if found.asked else ()


def _form(request: HttpRequest, found: SectionDelegation) -> SectionForm:
    draft = found.offer.shown_for_edit
    answers = draft.answers if draft else {}
    return SectionForm(
        request.POST if request.method == "POST" else None,
        section=delegations.delegated_section(found),
        answers=answers,
        categories=category_options(answers),
    )


def _write(found: SectionDelegation, form: SectionForm) -> OfferVersion:
    return delegations.answer(found, answers=form.given, expected_version=found.offer.version)


def _saved(found: SectionDelegation, form: SectionForm) -> str:
    """SAVED, CHANGED when somebody wrote meanwhile, empty with the errors on the form."""
    if form.is_stale():
        return CHANGED
    try:
        _write(found, form)
    except RuleBroken as error:
        for field, texts in error.fields.items():
            form.add_error(field if field in form.fields else None, texts)
        return ""
    except VersionStale:
        return CHANGED
    return SAVED
