"""/api/v1/amendments/."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from procurement.amendments import actions
from procurement.amendments.abilities import amendment_abilities, amendments_abilities, write_ability
from procurement.amendments.enums import AmendmentKind, AmendmentState
from procurement.amendments.serializers import AmendmentEditInput, AmendmentInput, AmendmentSerializer
from procurement.models import Amendment, Contract


class AmendmentFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=AmendmentState.choices, label="État, répétable.")
    kind = django_filters.MultipleChoiceFilter(choices=AmendmentKind.choices, label="Nature, répétable.")
    contract = django_filters.UUIDFilter(field_name="contract__uuid", label="Identifiant du contrat.")

    class Meta:
        model = Amendment
        fields: list[str] = []


class AmendmentViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Read by the administration, by the auditor, and by the supplier once approved."""

    about = "les avenants, reconductions et résiliations partielles de ses contrats"
    queryset = Amendment.objects.for_pages().prefetch_related("approvals").order_by("-written_at", "-pk")
    serializer_class = AmendmentSerializer
    filterset_class = AmendmentFilter
    abilities = staticmethod(amendment_abilities)
    collection_abilities = staticmethod(amendments_abilities)
    if_match = frozenset({"edit"})
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": AmendmentInput,
        "edit": AmendmentEditInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "approve": MoveEndpoint(actions.approve),
        "refuse": MoveEndpoint(actions.refuse, ReasonInput),
        "withdraw": MoveEndpoint(actions.withdraw, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Amendment:
        contract = Contract.objects.visible_to(actor).filter(uuid=data.pop("contract")).first()
        if contract is None:
            raise NotVisible("contract_not_found", "Ce contrat n’existe pas ou n’est pas visible pour vous.")
        require({"create": write_ability(actor, contract)}, "create")
        return actions.write_amendment(contract, actor=actor, **data)

    def check_editable(self, obj: Amendment) -> None:
        actions.refuse_decided(obj)

    def edit_object(
        self, obj: Amendment, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Amendment:
        return actions.edit_amendment(obj, actor=actor, expected_version=expected_version, **data)


ROUTES: list[tuple[str, Any, str]] = [("amendments", AmendmentViewSet, "amendment")]
