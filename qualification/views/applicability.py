"""The statement of applicability: a table of requirements, and the page of one line."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Offer
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.ui import autosave
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification import applicability as stating
from qualification.coverage.files import KINDS
from qualification.coverage.gather import coverage_facts, coverages, every_choice
from qualification.coverage.judge import Judged
from qualification.coverage.shown import chapters_of
from qualification.forms_evidence import ApplicabilityForm
from qualification.models import Evidence
from qualification.schemes import Scheme
from qualification.views.coverage import file_url, own_offer


@login_required
@require_safe
def statement(request: HttpRequest, number: int, key: str) -> HttpResponse:
    offer, scheme = own_offer(request, number), _scheme(key)
    facts = coverage_facts(offer, on=timezone.localdate())
    (found,) = coverages(facts, [scheme])
    stated, edition = stating.stated_of(offer), stating.edition_key(scheme)
    chapters = [
        (one.section, [(row, stated.get((edition, row.requirement.code))) for row in one.rows])
        for one in chapters_of(found)
    ]
    done = sum(line is not None for _section, rows in chapters for _row, line in rows)
    context = {
        "offer": offer,
        "scheme": scheme,
        "key": key,
        "chapters": chapters,
        "done": done,
        "total": len(found.rows),
        "files": [(kind.upper(), file_url(offer, kind, keys=[key])) for kind in KINDS],
        "breadcrumb_data": _trail(offer, key, current=f"Applicabilité, {scheme.name}"),
    }
    return render(request, "qualification/applicability.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, number: int, key: str, code: str) -> HttpResponse:
    """One requirement: applicable or not, why, where it stands, what proves it."""
    offer, scheme = own_offer(request, number), _scheme(key)
    facts = coverage_facts(offer, on=timezone.localdate())
    row = next((row for row in coverages(facts, [scheme])[0].rows if row.requirement.code == code), None)
    if row is None:
        raise NotVisible
    own = list(Evidence.objects.filter(organisation=offer.supplier.organisation_id).order_by("title", "pk"))
    known = stating.stated_of(offer).get((stating.edition_key(scheme), code))
    form, status = ApplicabilityForm.of(request, evidence=own, initial=_initial(known)), 400
    write = partial(_write, request, offer, scheme, code)
    if autosave.wanted(request):
        return autosave.attempt(form, lambda: write(form))
    if request.method == "POST" and form.is_valid():
        try:
            write(form)
        except RuleBroken as refused:
            form.refuse(refused)
        except VersionStale as stale:
            form, status = _with_new_base(request, own, offer, (stating.edition_key(scheme), code)), 412
            form.add_error(None, stale.message)
        else:
            messages.success(request, "Ligne enregistrée.")
            return redirect("qualification:applicability", number, key)
    context = {
        "offer": offer,
        "key": key,
        "row": row,
        "form": form,
        "breadcrumb_data": _trail(offer, key, current=_name(row)),
    }
    return render(
        request, "qualification/applicability_line.html", context, status=status if form.errors else 200
    )


def _write(request: HttpRequest, offer: Offer, scheme: Scheme, code: str, form: ApplicabilityForm) -> str:
    """The mark of what is now stored. Raises RuleBroken, VersionStale."""
    stating.state(offer, actor=actor_of(request), scheme=scheme, requirement=code, **form.values())
    return stating.mark_of(stating.stated_of(offer).get((stating.edition_key(scheme), code)))


def _with_new_base(
    request: HttpRequest, own: list[Evidence], offer: Offer, key: tuple[str, str]
) -> ApplicabilityForm:
    """The typed text again, now knowing what is saved: sending once more keeps it."""
    data = request.POST.copy()
    data["base"] = stating.mark_of(stating.stated_of(offer).get(key))
    form = ApplicabilityForm(data, evidence=own)
    form.is_valid()
    return form


def _initial(known: stating.Stated | None) -> dict[str, object]:
    if known is None:
        return {"base": stating.UNSAID}
    return {
        "base": known.mark,
        "applicable": "oui" if known.applicable else "non",
        "justification": known.justification,
        "status": known.status,
        "evidence": [number for number, _title in known.evidence],
    }


def _name(row: Judged) -> str:
    return f"{row.requirement.code} {row.requirement.title}"


def _scheme(key: str) -> Scheme:
    found = every_choice().get(key)
    if found is None:
        raise NotVisible
    return found


def _trail(offer: Offer, key: str, *, current: str) -> dict[str, object]:
    base = f"/mes-offres/{offer.number}/couverture/"
    return breadcrumb(
        ("Mes offres", "/mes-offres/"),
        (f"Couverture de {offer.name}", base),
        ("Applicabilité", f"{base}{key}/applicabilite/"),
        current=current,
    )
