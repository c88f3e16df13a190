"""/api/v1/budgets/ and /api/v1/commitments/."""

from __future__ import annotations

import uuid as uuids
from typing import Any, ClassVar

import django_filters

from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from procurement.budgets import lines
from procurement.budgets.abilities import budget_abilities, budgets_abilities, commitment_abilities
from procurement.budgets.enums import BudgetKind, BudgetState
from procurement.budgets.serializers import (
    BudgetEditInput,
    BudgetInput,
    BudgetLineSerializer,
    CommitmentSerializer,
)
from procurement.models import BudgetLine, Commitment, Project


class BudgetFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=BudgetState.choices, label="État, répétable.")
    kind = django_filters.MultipleChoiceFilter(choices=BudgetKind.choices, label="Nature, répétable.")
    year = django_filters.NumberFilter(field_name="year", min_value=0, max_value=9999, label="Année.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")

    class Meta:
        model = BudgetLine
        fields: list[str] = []


class BudgetViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Read by the administration's people and the auditor."""

    about = "les lignes budgétaires et enveloppes de son administration"
    queryset = BudgetLine.objects.for_pages().order_by("-created_at", "-pk")
    serializer_class = BudgetLineSerializer
    filterset_class = BudgetFilter
    abilities = staticmethod(budget_abilities)
    collection_abilities = staticmethod(budgets_abilities)
    if_match = frozenset({"edit"})
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": BudgetInput, "edit": BudgetEditInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "close": MoveEndpoint(lines.close_line, ReasonInput),
        "reopen": MoveEndpoint(lines.reopen_line, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> BudgetLine:
        wanted, project = data.pop("project", None), None
        if wanted is not None:
            project = Project.objects.visible_to(actor).filter(uuid=wanted).first()
            if project is None:
                raise NotVisible(
                    "project_not_found", "Ce projet n’existe pas ou n’est pas visible pour vous."
                )
        return lines.create_line(actor=actor, project=project, **data)

    def check_editable(self, obj: BudgetLine) -> None:
        lines.refuse_closed(obj)

    def edit_object(
        self, obj: BudgetLine, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> BudgetLine:
        return lines.edit_line(obj, actor=actor, expected_version=expected_version, **data)


class CommitmentFilter(django_filters.FilterSet):
    budget = django_filters.UUIDFilter(field_name="line__uuid", label="Identifiant de la ligne.")
    vehicle = django_filters.UUIDFilter(field_name="vehicle__uuid", label="Identifiant du support.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")
    order = django_filters.UUIDFilter(field_name="order__uuid", label="Identifiant du bon de commande.")
    living = django_filters.BooleanFilter(
        field_name="released_at", lookup_expr="isnull", label="En cours, ou libérés."
    )

    class Meta:
        model = Commitment
        fields: list[str] = []


class CommitmentViewSet(ReadViewSet):
    """What approved orders take of the ceilings, and what was given back."""

    about = "les engagements de son administration"
    queryset = Commitment.objects.select_related("order", "project", "line", "vehicle").order_by(
        "-made_at", "-pk"
    )
    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter
    abilities = staticmethod(commitment_abilities)


def visible_line(uuid: uuids.UUID, *, actor: Actor) -> BudgetLine:
    """Raises NotVisible."""
    line = BudgetLine.objects.visible_to(actor).filter(uuid=uuid).first()
    if line is None:
        raise NotVisible("budget_not_found", "Ce budget n’existe pas ou n’est pas visible pour vous.")
    return line


ROUTES: list[tuple[str, Any, str]] = [
    ("budgets", BudgetViewSet, "budget"),
    ("commitments", CommitmentViewSet, "commitment"),
]
