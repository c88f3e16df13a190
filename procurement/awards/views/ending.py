"""`/consultations/CNS-…/lots/<n>/terminer/`: a lot that nobody is to have ends alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.accounts.abilities import allowed
from marketplace.ui.once import once
from procurement.awards import ending
from procurement.awards.forms import EndLotForm
from procurement.consultations.abilities import consultation_abilities
from procurement.consultations.views.find import allowed_to, form_page, lot_of, tried
from procurement.models import Award
from procurement.views.find import actor_of, posted, typed_version

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Consultation


def may_end(actor: Actor, consultation: Consultation) -> bool:
    """Whether a lot of it may be ended now by this person; the lot's own standing is judged apart."""
    if consultation.state not in ending.ENDABLE:
        return False
    return allowed(consultation_abilities(actor, consultation), "declare_sans_suite")


def endable_lots(actor: Actor, consultation: Consultation) -> set[int]:
    """Keys of the lots that this person may end now; one query at most."""
    if not may_end(actor, consultation):
        return set()
    awarded = Award.objects.living().filter(consultation=consultation).values("lot_id")
    return set(consultation.lots.exclude(pk__in=awarded).filter(outcome=None).values_list("pk", flat=True))


@login_required
@once
def end(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    """Raises NotVisible, NotAllowed, MoveRefused."""
    found, actor = allowed_to(request, number, "declare_sans_suite"), actor_of(request)
    row = lot_of(found, lot)
    ending.refuse_over(found)
    ending.refuse_unfinished(row)
    form = EndLotForm(posted(request))
    if form.is_bound and form.is_valid():
        said, version = form.cleaned_data, typed_version(request)

        def act() -> None:
            ending.end_lot(found, actor=actor, lot=row, expected_version=version, **said)

        if tried(form, act):
            messages.success(request, f"Lot {row.number} terminé sans attribution.")
            return redirect(found)
    return form_page(
        request,
        found,
        form,
        title=f"Terminer le lot {row.number} sans attribution",
        lead="Les autres lots continuent. Si c’est le dernier, la consultation se termine avec lui. "
        "Avant l’ouverture, un lot se termine sans suite seulement : ses réponses scellées ne seront jamais "
        "ouvertes.",
        button="Terminer ce lot",
        facts=[("Consultation", str(found)), ("Lot", row.title)],
    )
