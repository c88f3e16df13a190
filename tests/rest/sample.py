"""A collection that exists only for the tests of the floor: organisations, with their real moves."""

from typing import Any

from django.urls import include, path, re_path
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from marketplace.accounts.abilities import Verdicts
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind
from marketplace.accounts.models import Organisation
from marketplace.errors import MoveRefused
from marketplace.numbering import next_serial
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput, StrictModelSerializer, StrictSerializer
from marketplace.rest.views import unknown_address
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet


class OrganisationOut(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = Organisation
        fields = ["id", "name", "kind", "identifier", "state", "version"]
        read_only_fields = ["state", "version"]


class OrganisationIn(StrictSerializer):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=OrganisationKind.choices)
    identifier = serializers.CharField(max_length=30)
    amount = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=0, required=False)
    urgent = serializers.BooleanField(required=False)
    seats = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=10), required=False)


class VerifyInput(StrictSerializer):
    proof_kind = serializers.CharField(max_length=100)
    proof_reference = serializers.CharField(max_length=200)
    proof_date = serializers.DateField()


def one_abilities(actor: Actor, obj: Organisation) -> Verdicts:
    no = "" if actor.has("support") else "Rôle nécessaire : assistance."
    return {"edit": no, "verify": no, "reject": no, "close": no}


def all_abilities(actor: Actor) -> Verdicts:
    return {"create": "" if actor.has("support") else "Rôle nécessaire : assistance."}


class OrganisationViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    queryset = Organisation.objects.order_by("pk")
    serializer_class = OrganisationOut
    input_classes = {"create": OrganisationIn, "edit": OrganisationIn}
    abilities = staticmethod(one_abilities)
    collection_abilities = staticmethod(all_abilities)
    if_match = frozenset({"edit", "close"})
    moves = {
        "verify": MoveEndpoint(Organisation.verify, input=VerifyInput),
        "reject": MoveEndpoint(Organisation.reject, input=ReasonInput),
        "close": MoveEndpoint(Organisation.close, input=ReasonInput),
    }

    def get_queryset(self) -> Any:
        rows = Organisation.objects.order_by("pk")
        return (
            rows
            if self.actor.has("support")
            else rows.filter(pk=getattr(self.actor.organisation, "pk", None))
        )

    def reloaded(self, obj: Any) -> Any:
        return Organisation.objects.get(pk=obj.pk)

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Organisation:
        kept = {name: data[name] for name in ("name", "kind", "identifier")}
        return Organisation.objects.create(number=next_serial("organisation"), **kept)

    def check_editable(self, obj: Organisation) -> None:
        if obj.state == "closed":
            raise MoveRefused("closed", "Cette organisation est fermée.")

    def edit_object(
        self, obj: Organisation, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Any:
        def apply(row: Organisation) -> None:
            row.name = data.get("name", row.name)

        return obj.touch("edit", actor=actor, apply=apply, expected_version=expected_version)

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.query_params.get("q") == "boom":
            raise ZeroDivisionError
        return super().list(request, *args, **kwargs)


router = SimpleRouter()
router.register("organisations", OrganisationViewSet, basename="organisation")
urlpatterns = [
    path("api/v1/", include(router.urls)),
    re_path(r"^api/.*$", unknown_address, name="api-unknown"),
]
