"""Needs of one administration that look alike over twelve months: the CPV family is a hint, people decide."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from procurement.models import Commitment, Project, RouteChoice
from procurement.reference.cpv import CpvFamily, family_of
from procurement.routes.results import INTERNAL, VEHICLE

TWELVE_MONTHS = dt.timedelta(days=365)
ORDERED, ROUTE = "ordered", "route"
BASES = {ORDERED: "commandé sans support d’achat", ROUTE: "voie d’achat proposée ou confirmée"}


@dataclass(frozen=True)
class LikeNeed:
    """`basis`: whether it is what was ordered or, where greater, what a route was chosen for."""

    project: Project
    amount_eur_ht: Decimal
    basis: str

    @property
    def basis_label(self) -> str:
        return BASES[self.basis]


@dataclass(frozen=True)
class LikeNeeds:
    """`family` None: the project has no CPV code, so nothing was looked up."""

    family: CpvFamily | None = None
    needs: tuple[LikeNeed, ...] = ()

    @property
    def total_eur_ht(self) -> Decimal | None:
        if self.family is None:
            return None
        return sum((need.amount_eur_ht for need in self.needs), Decimal("0.00"))


def like_needs(project: Project, *, on: dt.date) -> LikeNeeds:
    """Of the other projects of the administration in the same family, what was or is to be bought without a
    purchasing vehicle within the twelve months before the day. Three queries at most."""
    if not project.cpv:
        return LikeNeeds()
    family = family_of(project.cpv)
    alike = Q(cpv__in=family.codes) if family.codes else Q(cpv__startswith=family.prefix)
    rows = Project.objects.filter(alike, organisation=project.organisation_id).exclude(pk=project.pk)
    projects = {row.pk: row for row in rows if family.holds(row.cpv)}
    if not projects:
        return LikeNeeds(family)
    ordered, routed = _ordered(projects, on=on), _routed(projects, on=on)
    found = [
        _need(row, ordered.get(pk, Decimal(0)), routed.get(pk, Decimal(0))) for pk, row in projects.items()
    ]
    kept = [need for need in found if need.amount_eur_ht > 0]
    return LikeNeeds(family, tuple(sorted(kept, key=lambda need: (-need.amount_eur_ht, need.project.number))))


def _need(project: Project, ordered: Decimal, routed: Decimal) -> LikeNeed:
    return LikeNeed(project, max(ordered, routed), ORDERED if ordered >= routed else ROUTE)


def _ordered(projects: dict[int, Project], *, on: dt.date) -> dict[int, Decimal]:
    living = Commitment.objects.living().filter(
        project__in=projects, vehicle=None, made_at__date__gt=on - TWELVE_MONTHS, made_at__date__lte=on
    )
    rows = living.order_by().values("project").annotate(total=Sum("amount_eur_ht"))
    return dict(rows.values_list("project", "total"))


def _routed(projects: dict[int, Project], *, on: dt.date) -> dict[int, Decimal]:
    choices = RouteChoice.objects.living().filter(project__in=projects, on__gt=on - TWELVE_MONTHS, on__lte=on)
    return {one.project_id: one.value_eur_ht for one in choices.exclude(code__in=(VEHICLE, INTERNAL))}
