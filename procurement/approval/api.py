"""/api/v1/approval-chains/ and /api/v1/signature-delegations/."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import User
from marketplace.errors import RuleBroken
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.approval import chains, delegations
from procurement.approval.abilities import (
    chain_abilities,
    chains_abilities,
    delegation_abilities,
    delegations_abilities,
)
from procurement.approval.enums import SIGNING_CHOICES, DelegationState
from procurement.approval.serializers import (
    ChainInput,
    ChainSerializer,
    SignatureDelegationInput,
    SignatureDelegationSerializer,
)
from procurement.models import ApprovalChain, SignatureDelegation


class ChainViewSet(CreateOnceMixin, ReadViewSet):
    """Every version, the newest first."""

    about = "les versions du circuit d’approbation de son administration"
    queryset = ApprovalChain.objects.prefetch_related("steps").order_by("-valid_from", "-pk")
    serializer_class = ChainSerializer
    abilities = staticmethod(chain_abilities)
    collection_abilities = staticmethod(chains_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": ChainInput}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ApprovalChain:
        return chains.create_chain(actor=actor, **data)


class DelegationFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=DelegationState.choices, label="État, répétable.")
    role = django_filters.MultipleChoiceFilter(choices=SIGNING_CHOICES, label="Rôle, répétable.")

    class Meta:
        model = SignatureDelegation
        fields: list[str] = []


class DelegationViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by the administration's people and the auditor."""

    about = "les délégations de signature de son administration"
    queryset = SignatureDelegation.objects.for_pages().order_by("-starts_on", "-pk")
    serializer_class = SignatureDelegationSerializer
    filterset_class = DelegationFilter
    abilities = staticmethod(delegation_abilities)
    collection_abilities = staticmethod(delegations_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": SignatureDelegationInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {"revoke": MoveEndpoint(delegations.revoke, ReasonInput)}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> SignatureDelegation:
        people = {name: _member(actor, data.pop(name), field=name) for name in ("giver", "holder")}
        return delegations.delegate(actor=actor, **people, **data)


def _member(actor: Actor, email: str, *, field: str) -> User:
    """Of the actor's administration: an address elsewhere is answered like one that does not exist."""
    members = User.objects.filter(
        memberships__organisation=actor.organisation, memberships__ended_at__isnull=True
    )
    found = members.filter(email__iexact=email).first()
    if found is None:
        message = "Aucun membre de votre administration n’a cette adresse."
        raise RuleBroken("member_unknown", message, field=field)
    return found


ROUTES: list[tuple[str, Any, str]] = [
    ("approval-chains", ChainViewSet, "approval-chain"),
    ("signature-delegations", DelegationViewSet, "signature-delegation"),
]
