"""How an edition of a listed offer begins again, and how it is sent."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.actions import reviews
from catalog.actions.authoring import refuse_if_not_editable
from catalog.actions.editions import copy_offer, copy_plan, restart_from
from catalog.categories import category_words
from catalog.enums import ReviewState
from catalog.forms.transfer import NameForm
from catalog.models import Offer
from catalog.questions.diff import changes
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import readable_versions, trail
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.once import once
from marketplace.ui.typography import plural


@once
@on_offer(ability="propose")
def propose(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """Send the edit of a listed offer to moderation, or to a dossier when it is material."""
    draft, live = offer.draft_version, offer.live_version
    material = reviews.material_changes(draft, live=live) if draft and live else []
    if request.method == "POST":
        review = reviews.propose(offer, actor=actor_of(request))
        where = "à un dossier" if review.state == ReviewState.IN_DOSSIER else "à la modération"
        messages.success(
            request,
            f"Version {review.version_proposed.number} envoyée {where}. "
            "L’offre en ligne ne change pas d’ici là.",
        )
        return redirect(offer)
    changed = reviews.changed(live.answers, draft.answers) if draft and live else []
    context = {
        "title": "Envoyer la modification",
        "lead": "Votre offre en ligne ne change pas tant que la nouvelle version n’est pas acceptée.",
        "facts": [
            ("Réponses modifiées", ", ".join(q.short for q in changed) or "Aucune"),
            ("Passent par un dossier", ", ".join(q.short for q in material) or "Aucune"),
            *_waiting_facts(offer),
        ],
        "form": None,
        "button_label": "Envoyer pour examen",
        "cancel_url": offer.get_absolute_url() + "modifier/",
        "breadcrumb_data": trail(offer, part="Envoyer la modification"),
    }
    return render(request, "pages/confirm.html", context)


def _waiting_facts(offer: Offer) -> list[tuple[str, str]]:
    numbers = [f"version {n}" for n in reviews.waiting_numbers(offer)]
    if not numbers:
        return []
    said = "La vôtre s’ajoute. Si elle est acceptée la première, elle les remplace."
    return [("Attendent déjà une décision", f"{', '.join(numbers)}. {said}")]


@once
@on_offer(ability="edit")
def restart(request: HttpRequest, *, offer: Offer, version: int) -> HttpResponse:
    """« Revenir à la version 3 »: a new edition made from it, which then follows the same road."""
    refuse_if_not_editable(offer)
    old = next((v for v in readable_versions(actor_of(request), offer) if v.number == version), None)
    if old is None or offer.live_version is None:
        raise NotVisible()
    draft = offer.draft_version
    if request.method == "POST":
        made = restart_from(offer, number=version, actor=actor_of(request))
        messages.success(
            request,
            f"La version {made.number} est en préparation, avec les réponses et les prix de la version "
            f"{version}. Envoyez-la quand elle est prête.",
        )
        return redirect("catalog:edit", offer.number, offer.slug)
    differences = changes(offer.live_version.answers, old.answers, categories=category_words())
    context = {
        "offer": offer,
        "title": f"Revenir à la version {version}",
        "lead": "Une nouvelle version est préparée avec ses réponses et ses prix. L’offre en ligne ne change "
        "pas tant qu’elle n’est pas acceptée.",
        "kept": draft.number if draft else None,
        "changes": differences,
        "form": None,
        "button_label": f"Préparer depuis la version {version}",
        "cancel_url": f"{offer.get_absolute_url()}versions/{version}/",
        "breadcrumb_data": trail(offer, part=f"Revenir à la version {version}"),
    }
    return render(request, "catalog/restart.html", context)


@once
@on_offer(ability="edit")
def copy(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """« Copier cette offre »: a new draft, and what stays with the copied one is said."""
    taken = copy_plan(offer)
    form = NameForm.of(request, initial={"name": f"Copie de {offer.name}"[:160]})
    if request.method == "POST" and form.is_valid():
        made = _said(form, lambda: copy_offer(offer, actor=actor_of(request), **form.cleaned_data))
        if made is not None:
            messages.success(
                request, f"« {made.name} » est un nouveau brouillon. L’offre copiée ne change pas."
            )
            return redirect("catalog:edit", made.number, made.slug)
    answers = plural(len(taken.answers), one="réponse", many="réponses")
    copied = f"{answers}, {plural(taken.plans, one='formule', many='formules')}"
    nothing = "Rien de tel dans cette offre"
    context = {
        "title": "Copier cette offre",
        "lead": "Un nouveau brouillon est créé avec ses réponses et ses prix.",
        "facts": [
            ("Copiés", copied),
            ("Qualifications non copiées", ", ".join(taken.marks) or nothing),
            ("Couches de la pile non copiées", ", ".join(taken.layers) or nothing),
            ("Certificats non copiés", ", ".join(taken.certificates) or nothing),
        ],
        "form": form,
        "button_label": "Copier l’offre",
        "cancel_url": offer.get_absolute_url() + "modifier/",
        "breadcrumb_data": trail(offer, part="Copier"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


def _said(form: NameForm, act: Callable[[], Offer]) -> Offer | None:
    """None when the rule is broken: the faults are on the form, on their field or above all of them."""
    try:
        with transaction.atomic():
            return act()
    except RuleBroken as error:
        for field, said in (error.fields or {"": [error.message]}).items():
            form.add_error(field if field in form.fields else None, said)
        return None
