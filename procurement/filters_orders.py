from __future__ import annotations

import django_filters

from procurement.enums_orders import ContractState, OrderState
from procurement.models import Contract, ContractReview, Order


class OrderFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=OrderState.choices, label="État, répétable.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = Order
        fields = ("state", "project", "offer")


class ContractFilter(django_filters.FilterSet):
    """By the journalled state: one past its last day stays active here until it is journalled."""

    state = django_filters.MultipleChoiceFilter(choices=ContractState.choices, label="État, répétable.")
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = Contract
        fields = ("state", "offer")


class ContractReviewFilter(django_filters.FilterSet):
    contract = django_filters.UUIDFilter(field_name="contract__uuid", label="Identifiant du contrat.")
    decided = django_filters.BooleanFilter(
        field_name="decided_at", lookup_expr="isnull", exclude=True, label="Décidées ou non."
    )

    class Meta:
        model = ContractReview
        fields: list[str] = []
