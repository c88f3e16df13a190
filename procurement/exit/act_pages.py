"""A page per act on an exit plan: what it says, what it asks, what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.ui.forms import MarketForm
from procurement.exit import actions
from procurement.exit.enums import LIVING_EXITS, ExitState
from procurement.exit.forms import (
    AbandonForm,
    ErasureForm,
    ExportForm,
    NoticeForm,
    RehearsalForm,
    VersionForm,
)
from procurement.models import ExitPlan

LIVING: tuple[str, ...] = LIVING_EXITS


@dataclass(frozen=True, slots=True)
class ActPage:
    """`states`: those in which the act is offered."""

    name: str
    act: Callable[..., ExitPlan]
    title: str
    said: str
    lead: str = ""
    form: type[MarketForm] = VersionForm
    states: tuple[str, ...] = LIVING


ACTS = {
    "preavis": ActPage(
        "give_notice",
        actions.give_notice,
        "Enregistrer le préavis donné",
        "Préavis enregistré. Les dates de la sortie sont fixées.",
        "Le fournisseur lira ce plan à partir de maintenant.",
        NoticeForm,
        (ExitState.PREPARING,),
    ),
    "exporter": ActPage(
        "request_export",
        actions.request_export,
        "Demander un export",
        "Export demandé.",
        "Une demande par jeu de données, dans un format lisible par une autre offre.",
        ExportForm,
    ),
    "essayer": ActPage(
        "rehearse",
        actions.rehearse,
        "Enregistrer un essai",
        "Essai enregistré.",
        "Un essai fait avant le départ montre ce qui manque.",
        RehearsalForm,
    ),
    "effacement": ActPage(
        "record_erasure",
        actions.record_erasure,
        "Enregistrer l’effacement",
        "Effacement enregistré.",
        "Le fournisseur atteste que vos données ne sont plus chez lui.",
        ErasureForm,
        (ExitState.RUNNING,),
    ),
    "clore": ActPage(
        "close",
        actions.close,
        "Clore la sortie",
        "Sortie close. Le certificat est prêt.",
        "Le certificat de clôture reprend les dates, les empreintes et l’attestation d’effacement.",
        states=(ExitState.RUNNING,),
    ),
    "abandonner": ActPage(
        "abandon",
        actions.abandon,
        "Abandonner la sortie",
        "Sortie abandonnée.",
        "Le contrat suit son cours.",
        AbandonForm,
    ),
}
