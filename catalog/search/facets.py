"""The filters of the catalogue, as data: what each reads, which values it knows, their words.

A few read columns of the search row, some read a status by the clock, the others its tags. Those fed by
the questions come from their files: a new question that filters needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.categories import CategoryTree
from catalog.countries import COUNTRY_NAMES, ZONE_LABELS, zone_label
from catalog.enums import HELD_STATUSES, OfferState, ServiceModel, SupplierSize, TrustStatus
from catalog.questions.engine import FILTER_RANGE, FILTER_VALUES, Question, section
from catalog.questions.facets import filter_questions, value_label, value_labels

YES = ("true", "yes", "oui", "1")
NO = ("false", "no", "non", "0")
YES_NO_ALIASES = dict.fromkeys(YES, ("true",)) | dict.fromkeys(NO, ("false",))
YES_NO = {"true": "Oui", "false": "Non", "unknown": "Inconnu"}
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
OFFER, TRUST, SUPPLIER = "L’offre", "Qualifications, certifications et labels", "Le fournisseur"
COUNTRY_UNKNOWN = {"unknown": "Inconnu"}


@dataclass(frozen=True, slots=True)
class Facet:
    """`sql`: an expression over the search row; a constant of this module, never made of input. Empty:
    the values are tags. `scheme`: a status that the clock changes.

    `labels` are the values always shown, even at zero; `word` names any other one. `aliases` are
    what a client may write for one or several values.
    """

    name: str
    label: str
    sql: str = ""
    is_array: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    accepts: Callable[[str], bool] | None = None
    word: Callable[[str], str] = str
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    section: str = OFFER
    scheme: str = ""

    def label_of(self, value: str) -> str:
        return self.labels.get(value) or self.word(value)


@dataclass(frozen=True, slots=True)
class Range:
    """A number with a least and a most: parameters `<name>_min` and `<name>_max`. An unknown number is
    in no range."""

    name: str
    label: str
    sql: str
    unit: str = ""
    section: str = OFFER
    minimum: Decimal | None = None
    maximum: Decimal | None = None


def _status_sql(status: str, until: str, base_until: str) -> str:
    return (
        f"CASE WHEN {status} IN ('in_force', 'renewal_pending')"
        f" AND LEAST({until}, {base_until}) < %(today)s THEN 'expired'"
        f" WHEN {status} = 'in_force' AND {until} <= %(soon)s THEN 'expiring' ELSE {status} END"
    )


def _column_status(name: str) -> str:
    return _status_sql(name, f"{name}_until", f"{name}_base_until")


def _kept_status(name: str) -> str:
    kept = f"statuses->'{name}'"
    return _status_sql(
        f"COALESCE({kept}->>'status', 'unknown')",
        f"({kept}->>'until')::date",
        f"({kept}->>'base_until')::date",
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
    _column_status("secnumcloud"),
    labels=_statuses(TrustStatus.NOT_APPLICABLE),
    aliases=STATUS_ALIASES,
    section=TRUST,
    scheme="secnumcloud",
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
    section=TRUST,
    scheme="gaiax",
)
HDS = Facet(
    "hds",
    "HDS (données de santé)",
    _column_status("hds"),
    labels=_statuses(),
    aliases=STATUS_ALIASES,
    section=TRUST,
    scheme="hds",
)
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
    labels=YES_NO,
    aliases=YES_NO_ALIASES,
)


def _certification(scheme: str, label: str) -> Facet:
    return Facet(
        scheme,
        label,
        _kept_status(scheme),
        labels=_statuses(),
        aliases=STATUS_ALIASES,
        section=TRUST,
        scheme=scheme,
    )


def _yes_no(name: str, label: str, *, section: str = OFFER) -> Facet:
    return Facet(name, label, labels=YES_NO, aliases=YES_NO_ALIASES, section=section)


PUBLIC_STATES = (OfferState.LISTED, OfferState.UNCLAIMED, OfferState.SUSPENDED)
SUPPLIERS = Facet(
    "supplier",
    "Fournisseur",
    section=SUPPLIER,
    accepts=lambda value: value.isascii() and value.isdigit() and len(value) < 10,
)
BUILT_IN: tuple[Facet, ...] = (
    MODEL,
    CATEGORY,
    SECNUMCLOUD,
    GAIAX,
    HDS,
    REGION,
    OPEN_SOURCE,
    _certification("iso27001", "ISO/IEC 27001"),
    _certification("c5", "BSI C5"),
    _certification("cspn", "CSPN"),
    SUPPLIERS,
    Facet(
        "supplier_size",
        "Taille du fournisseur",
        labels={**dict(SupplierSize.choices), "unknown": "Inconnue"},
        section=SUPPLIER,
    ),
    Facet(
        "supplier_country",
        "Pays du fournisseur",
        accepts=lambda value: value in COUNTRY_NAMES or value == "unknown",
        word=lambda value: COUNTRY_UNKNOWN.get(value) or zone_label(value),
        section=SUPPLIER,
    ),
    Facet("state", "État de l’offre", labels={s.value: s.label for s in PUBLIC_STATES}),
    _yes_no("orderable", "Commandable ici"),
    _yes_no("internal", "Cloud interne de l’État"),
    _yes_no("public_prices", "Prix publics"),
)
COLUMN_FACETS = frozenset(facet.name for facet in BUILT_IN if facet.sql)
# Statuses kept in the row's `statuses`; the three others have columns.
STATUS_FACETS = ("iso27001", "c5", "cspn")


def _of_question(question: Question) -> Facet:
    found = section(question.section)
    is_place = question.type == "regions"
    return Facet(
        question.filter,
        question.filter_label or question.short or question.label,
        labels={} if is_place else value_labels(question),
        accepts=(lambda value: value in COUNTRY_NAMES or value in ZONE_LABELS) if is_place else None,
        word=lambda value: value_label(question, value),
        aliases=YES_NO_ALIASES if question.type == "boolean" else {},
        section=found.label if found else OFFER,
    )


def _range_of(question: Question) -> Range:
    found = section(question.section)
    return Range(
        question.filter,
        question.filter_label or question.short or question.label,
        f"(numbers->>'{question.filter}')::numeric",
        unit=question.unit,
        section=found.label if found else OFFER,
        minimum=question.minimum,
        maximum=question.maximum,
    )


PRICE_MAX = "price_max"
PRICE_LABEL = "Prix mensuel d’entrée, au plus"
PRICE = Range("price", "Prix mensuel d’entrée", "price_eur_ht", unit="€ HT par mois", minimum=Decimal(0))

FACETS: dict[str, Facet] = {facet.name: facet for facet in BUILT_IN} | {
    question.filter: _of_question(question)
    for question in filter_questions()
    if question.filter_kind == FILTER_VALUES and question.filter not in {f.name for f in BUILT_IN}
}
RANGES: dict[str, Range] = {PRICE.name: PRICE} | {
    question.filter: _range_of(question)
    for question in filter_questions()
    if question.filter_kind == FILTER_RANGE
}
FACET_LABELS = (
    {name: facet.label for name, facet in FACETS.items()}
    | {name: found.label for name, found in RANGES.items()}
    | {PRICE_MAX: PRICE_LABEL, "retained": "Retenues par votre administration"}
)
# On the page of offers; the page of filters has all of them.
MAIN_FACETS = tuple(
    name
    for name in (
        "model", "category", "secnumcloud", "hds", "gaiax", "iso27001", "region", "non_eu_law", "open_source",
        "price_max", "orderable", "supplier_size", "supplier_country", "support_hours", "accessibility",
    )
    if name in FACETS or name == PRICE_MAX
)  # fmt: skip


def values_for(facet: Facet, word: str, *, categories: CategoryTree) -> tuple[str, ...]:
    """The values a word stands for; empty when the facet does not know it. Case does not matter.

    A category that was retired stands for the one that replaces it: its addresses stay good.
    """
    if facet.name == CATEGORY.name:
        found = categories.standing(word) or categories.standing(word.lower())
        return (found,) if found else ()
    known = facet.labels
    for form in (word, word.lower(), word.upper()):
        if form in known or (facet.accepts is not None and facet.accepts(form)):
            return (form,)
        if form in facet.aliases:
            return facet.aliases[form]
    return ()
