"""What the page of a consultation shows of what follows its opening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.accounts.abilities import allowed
from procurement.consultations.enums import ConsultationState
from procurement.evaluation.abilities import begin_ability
from procurement.models import Award, ClarificationRequest, Evaluation, RejectionLetter

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Consultation


def after_of(consultation: Consultation, actor: Actor) -> dict[str, Any]:
    """Empty before the opening and for visitors; a few queries after it."""
    if not consultation.is_opened or actor.organisation is None:
        return {}
    evaluation = Evaluation.objects.visible_to(actor).filter(consultation=consultation).for_pages().first()
    opened = consultation.state == ConsultationState.OPENED
    asked = ClarificationRequest.objects.visible_to(actor).for_pages()
    return {
        "evaluation": evaluation,
        "may_begin": evaluation is None and opened and allowed(begin_ability(actor, consultation), "create"),
        "clarifications": []
        if actor.is_buyer
        else list(asked.filter(response__deposit__consultation=consultation)),
        "awards": list(Award.objects.visible_to(actor).for_pages().filter(consultation=consultation)),
        "letters": []
        if actor.is_buyer
        else list(
            RejectionLetter.objects.visible_to(actor).for_pages().filter(award__consultation=consultation)
        ),
    }
