"""`/consultations/CNS-…/cle/`: who holds the key, the secret shown once, the rehearsal, a replacement."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.ui.once import once
from procurement.consultations import keys, rehearsing
from procurement.consultations.abilities import consultation_abilities
from procurement.consultations.forms import HoldersForm, ReplaceForm, SecretForm
from procurement.consultations.people import members_of
from procurement.consultations.views.find import allowed_to, form_page, page_url, trail, tried, visible
from procurement.models import Consultation
from procurement.views.find import actor_of, posted, typed_version


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """For the administration and the auditor."""
    actor, found = actor_of(request), visible(request, number)
    verdicts = consultation_abilities(actor, found)
    require(verdicts, "see_responses")
    return _page(request, found)


def _page(request: HttpRequest, found: Consultation, *, secret: str = "") -> HttpResponse:
    actor = actor_of(request)
    verdicts = consultation_abilities(actor, found)
    holders = list(found.holders.current().select_related("user"))
    mine = next((one for one in holders if actor.is_person(one.user_id)), None)
    unproved = found.keys.unproved().prefetch_related("shares__holder").order_by("-serial").first()
    rehearsed = {share.holder_id: share.rehearsed_at for share in (unproved.shares.all() if unproved else ())}
    keyed = found.phase in keys.REPLACING_STATES
    context = {
        "consultation": found,
        "rows": [(one, rehearsed.get(one.pk)) for one in holders],
        "keys": list(found.keys.all()),
        "current": found.keys.current().first(),
        "unproved": unproved,
        "secret": secret,
        "may_take": keyed and mine is not None and not mine.shares.exists(),
        "may_rehearse": keyed and mine is not None and mine.pk in rehearsed and not rehearsed[mine.pk],
        "may_name": allowed(verdicts, "name_holders") and found.state == "draft" and not found.keys.exists(),
        "may_replace": allowed(verdicts, "replace_holder") and keyed and bool(holders),
        "breadcrumb_data": trail(found, current="Clé"),
    }
    return render(request, "procurement/consultations/key.html", context)


@login_required
@once
def name(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "name_holders")
    people = {one.pk: one for one in members_of(found.organisation)}
    form = HoldersForm(posted(request), members=people.values())
    if form.is_bound and form.is_valid():
        actor, version = actor_of(request), typed_version(request)
        chosen = {place: people[key] for place, key in form.keys().items()}
        if tried(
            form,
            lambda: keys.name_holders(found, actor=actor, people=chosen, expected_version=version),
        ):
            messages.success(request, "Trois personnes nommées. Chacune est prévenue et prend son secret.")
            return redirect(page_url("consultation_key", found))
    lead = "Trois personnes différentes : deux ouvrent, la troisième garde le secours. Deux suffisent."
    return form_page(
        request,
        found,
        form,
        title="Nommer qui tient la clé",
        lead=lead,
        button="Nommer ces personnes",
        back=page_url("consultation_key", found),
    )


@login_required
@never_cache
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """The secret is in this answer and nowhere else."""
    found = allowed_to(request, number, "take_secret")
    secret = keys.take_secret(found, actor=actor_of(request))
    return _page(request, found, secret=secret)


@sensitive_post_parameters("secret")
@login_required
@never_cache
def rehearse(request: HttpRequest, number: str) -> HttpResponse:
    found = allowed_to(request, number, "rehearse")
    form, actor = SecretForm(posted(request)), actor_of(request)
    if form.is_bound and form.is_valid():
        done: list[rehearsing.Rehearsal] = []
        secret = form.cleaned_data["secret"]
        if tried(form, lambda: done.append(rehearsing.rehearse(found, actor=actor, secret=secret))):
            proved = "La clé est éprouvée : la consultation peut être publiée."
            waiting = f"Essai réussi : {done[0].given} sur 3."
            messages.success(request, proved if done[0].proved else waiting)
            return redirect(page_url("consultation_key", found))
    return form_page(
        request,
        found,
        form,
        title="Éprouver votre secret",
        lead="Il ouvre une réponse d’essai, avec ceux des deux autres. Rien d’autre ne s’ouvre.",
        button="Éprouver",
        back=page_url("consultation_key", found),
    )


@login_required
@once
def replace(request: HttpRequest, number: str, position: int) -> HttpResponse:
    found = allowed_to(request, number, "replace_holder")
    holder = found.holders.current().filter(position=position).select_related("user").first()
    if holder is None:
        raise NotVisible
    people = {one.pk: one for one in members_of(found.organisation)}
    form = ReplaceForm(posted(request), members=people.values())
    if form.is_bound and form.is_valid():
        actor, version, said = actor_of(request), typed_version(request), form.cleaned_data
        if tried(
            form,
            lambda: keys.replace_holder(
                found,
                actor=actor,
                position=position,
                person=people[int(said["person"])],
                reason=said["reason"],
                expected_version=version,
            ),
        ):
            messages.success(request, "Personne remplacée. Une autre clé servira, une fois éprouvée.")
            return redirect(page_url("consultation_key", found))
    return form_page(
        request,
        found,
        form,
        title="Remplacer une personne",
        lead="Une autre clé sert aux dépôts qui suivront. Ceux d’avant gardent la leur.",
        facts=[("Consultation", str(found)), ("Personne remplacée", str(holder.user))],
        button="Remplacer",
        back=page_url("consultation_key", found),
    )
