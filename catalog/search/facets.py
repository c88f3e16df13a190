"""The facets of the catalogue, as data: what each reads, which values it knows, their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from catalog.countries import COUNTRY_NAMES, ZONE_LABELS, zone_label
from catalog.enums import HELD_STATUSES, ServiceModel, TrustStatus

YES = ("true", "yes", "oui", "1")
NO = ("false", "no", "non", "0")
PRICE_STEPS = ("10", "50", "100", "500", "1000", "5000")
STATUS_ORDER = (
    TrustStatus.IN_FORCE,
    TrustStatus.EXPIRING,
    TrustStatus.RENEWAL_PENDING,
    TrustStatus.IN_PROGRESS,
    TrustStatus.ANNOUNCED,
    TrustStatus.SUSPENDED,
    TrustStatus.EXPIRED,
    TrustStatus.WITHDRAWN,
    TrustStatus.ABANDONED,
    TrustStatus.NONE,
    TrustStatus.UNKNOWN,
)
GAIAX_LEVELS = {
    "label_3": "Label, niveau 3",
    "label_2": "Label, niveau 2",
    "label_1": "Label, niveau 1",
    "standard": "Conformité standard",
}


@dataclass(frozen=True, slots=True)
class Facet:
    """`sql` is an expression over the search row; a constant of this module, never made of input.

    `labels` are the values always shown, even at zero; `word` names any other one. `aliases` are
    what a client may write for one or several values.
    """

    name: str
    label: str
    sql: str
    is_array: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    accepts: Callable[[str], bool] | None = None
    word: Callable[[str], str] = str
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label_of(self, value: str) -> str:
        return self.labels.get(value) or self.word(value)


def _status_sql(name: str) -> str:
    return (
        f"CASE WHEN {name} IN ('in_force', 'renewal_pending')"
        f" AND LEAST({name}_until, {name}_base_until) < %(today)s THEN 'expired'"
        f" WHEN {name} = 'in_force' AND {name}_until <= %(soon)s THEN 'expiring' ELSE {name} END"
    )


def _statuses(*more: TrustStatus) -> dict[str, str]:
    return {status.value: status.label for status in (*STATUS_ORDER, *more)}


HELD = tuple(sorted(status.value for status in HELD_STATUSES))
STATUS_ALIASES = dict.fromkeys(YES, HELD) | {"qualified": HELD, "held": HELD}

MODEL = Facet(
    "model",
    "Modèle de service",
    "service_models",
    is_array=True,
    labels=dict(ServiceModel.choices),
)
CATEGORY = Facet("category", "Catégorie", "category")
SECNUMCLOUD = Facet(
    "secnumcloud",
    "SecNumCloud",
    _status_sql("secnumcloud"),
    labels=_statuses(TrustStatus.NOT_APPLICABLE),
    aliases=STATUS_ALIASES,
)
GAIAX = Facet(
    "gaiax",
    "Gaia-X",
    "CASE WHEN LEAST(gaiax_until, gaiax_base_until) < %(today)s THEN 'expired' ELSE gaiax END",
    labels=GAIAX_LEVELS
    | {"in_force": "Niveau non précisé"}
    | {s: TrustStatus(s).label for s in ("expired", "none", "unknown")},
    accepts=lambda value: value in TrustStatus.values,
    word=lambda value: TrustStatus(value).label if value in TrustStatus.values else value,
    aliases=dict.fromkeys(YES, (*GAIAX_LEVELS, "in_force")),
)
HDS = Facet("hds", "HDS (données de santé)", _status_sql("hds"), labels=_statuses(), aliases=STATUS_ALIASES)
REGION = Facet(
    "region",
    "Lieu de stockage",
    "regions",
    is_array=True,
    accepts=lambda value: value in COUNTRY_NAMES or value in ZONE_LABELS,
    word=zone_label,
    aliases={"eu": ("EU",), "UE": ("EU",), "ue": ("EU",)},
)
OPEN_SOURCE = Facet(
    "open_source",
    "Logiciel libre",
    "CASE open_source WHEN true THEN 'true' WHEN false THEN 'false' ELSE 'unknown' END",
    labels={"true": "Oui", "false": "Non", "unknown": "Inconnu"},
    aliases=dict.fromkeys(YES, ("true",)) | dict.fromkeys(NO, ("false",)),
)
FACETS: dict[str, Facet] = {
    facet.name: facet for facet in (MODEL, CATEGORY, SECNUMCLOUD, GAIAX, HDS, REGION, OPEN_SOURCE)
}
PRICE_MAX = "price_max"
PRICE_LABEL = "Prix mensuel d’entrée, au plus"
FACET_LABELS = {name: facet.label for name, facet in FACETS.items()} | {PRICE_MAX: PRICE_LABEL}


def values_for(facet: Facet, word: str, *, categories: dict[str, str]) -> tuple[str, ...]:
    """The values a word stands for; empty when the facet does not know it. Case does not matter."""
    known = categories if facet.name == CATEGORY.name else facet.labels
    for form in (word, word.lower(), word.upper()):
        if form in known or (facet.accepts is not None and facet.accepts(form)):
            return (form,)
        if form in facet.aliases:
            return facet.aliases[form]
    return ()
