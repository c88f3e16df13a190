"""The parameters of a usage, as the API describes them."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from catalog.forms.usage import BUYERS, MOST_MONTHS, PLACES, RankedUsageForm, UsageForm

QUANTITIES = ("seats", "vcpu_hours", "storage_gb", "egress_gb", "assistance_days")
USAGE_PARAMETERS = [
    OpenApiParameter("months", int, required=True, description=f"Durée, de 1 à {MOST_MONTHS} mois."),
    *(
        OpenApiParameter(name, float, description=str(UsageForm.base_fields[name].label))
        for name in QUANTITIES
    ),
    OpenApiParameter("support", bool, description="Compter l’assistance."),
    OpenApiParameter("starts_on", str, description="Premier jour (AAAA-MM-JJ) ; aujourd’hui si absent."),
    OpenApiParameter("buyer_kind", str, enum=[code for code, _ in BUYERS]),
    OpenApiParameter("place", str, enum=[code for code, _ in PLACES], description="Territoire, pour la TVA."),
]
# Of a list ordered by the price of a usage.
RANKED_PARAMETERS = [
    OpenApiParameter(
        one.name,
        one.type,
        enum=one.enum,
        description=f"{one.description} Avec ordering=usage.",
    )
    for one in USAGE_PARAMETERS
    if one.name in RankedUsageForm.base_fields
]
