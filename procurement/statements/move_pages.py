"""A page per move of a statement: what it says, what it asks, what it does."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from procurement.forms.versioned import ReasonForm
from procurement.models import UsageStatement
from procurement.statements import serving
from procurement.statements.abilities import statement_abilities
from procurement.statements.forms import AttestForm
from procurement.views.act_pages import ActPage, Acts


def last_day(statement: UsageStatement) -> dict[str, Any]:
    """The last day of the period, as a proposal: the person says the actual one."""
    return {"service_done_on": min(statement.ends_on, timezone.localdate())}


MOVES = Acts(
    {
        "envoyer": ActPage(
            "submit",
            serving.submit,
            "Envoyer le relevé",
            "Relevé envoyé. L’administration atteste le service fait.",
            lead="L’administration le lira et attestera le service fait.",
            forward=True,
        ),
        "attester": ActPage(
            "attest",
            serving.attest,
            "Attester le service fait",
            "Service fait attesté. Une autre personne le certifie.",
            AttestForm,
            "Vous attestez que le service relevé a été rendu.",
            initial=last_day,
            forward=True,
        ),
        "certifier": ActPage(
            "certify",
            serving.certify,
            "Certifier le service fait",
            "Service fait certifié.",
            lead="La facture pourra être rapprochée de ce relevé.",
            forward=True,
        ),
        "renvoyer": ActPage(
            "send_back",
            serving.send_back,
            "Renvoyer à la personne qui atteste",
            "Relevé renvoyé.",
            ReasonForm,
            "L’attestation est annulée.",
        ),
        "refuser": ActPage(
            "refuse",
            serving.refuse,
            "Refuser le relevé",
            "Relevé refusé.",
            ReasonForm,
            "Le fournisseur pourra en envoyer un autre sur ces jours.",
        ),
        "retirer": ActPage("withdraw", serving.withdraw, "Retirer le relevé", "Relevé retiré."),
    },
    abilities=statement_abilities,
    url_name="procurement:statement_move",
)
