"""A page per move of a statement: what it says, what it asks, what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from procurement.models import UsageStatement
from procurement.statements import serving
from procurement.statements.forms import AttestForm, ReasonedForm, VersionForm


def nothing(statement: UsageStatement) -> dict[str, Any]:
    return {}


def last_day(statement: UsageStatement) -> dict[str, Any]:
    """The last day of the period, as a proposal: the person says the actual one."""
    return {"service_done_on": min(statement.ends_on, timezone.localdate())}


@dataclass(frozen=True, slots=True)
class MovePage:
    name: str
    act: Callable[..., UsageStatement]
    title: str
    said: str
    lead: str = ""
    form: type[VersionForm] = VersionForm
    initial: Callable[[UsageStatement], dict[str, Any]] = nothing


# What the page proposes first; the others undo or refuse.
PRIMARY = ("submit", "attest", "certify")
MOVES = {
    "envoyer": MovePage(
        "submit",
        serving.submit,
        "Envoyer le relevé",
        "Relevé envoyé. L’administration atteste le service fait.",
        "L’administration le lira et attestera le service fait.",
    ),
    "attester": MovePage(
        "attest",
        serving.attest,
        "Attester le service fait",
        "Service fait attesté. Une autre personne le certifie.",
        "Vous attestez que le service relevé a été rendu.",
        AttestForm,
        last_day,
    ),
    "certifier": MovePage(
        "certify",
        serving.certify,
        "Certifier le service fait",
        "Service fait certifié.",
        "La facture pourra être rapprochée de ce relevé.",
    ),
    "renvoyer": MovePage(
        "send_back",
        serving.send_back,
        "Renvoyer à la personne qui atteste",
        "Relevé renvoyé.",
        "L’attestation est annulée.",
        ReasonedForm,
    ),
    "refuser": MovePage(
        "refuse",
        serving.refuse,
        "Refuser le relevé",
        "Relevé refusé.",
        "Le fournisseur pourra en envoyer un autre sur ces jours.",
        ReasonedForm,
    ),
    "retirer": MovePage("withdraw", serving.withdraw, "Retirer le relevé", "Relevé retiré."),
}
