from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.accounts.actors import Actor
from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictSerializer


class MeOrganisation(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()


class Me(StrictSerializer):
    """Who this token speaks for, with the roles it may use at this moment."""

    # DRF calls a field's title « label » too.
    label = serializers.CharField(  # type: ignore[assignment]  # the name clients read
        help_text="Nom de la personne ou du compte de service."
    )
    email = serializers.EmailField(allow_null=True, help_text="null : compte de service.")
    organisation = MeOrganisation(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="null : aucune limite."
    )


class MeView(APIView):
    """Qui je suis, pour quelle organisation, avec quels rôles."""

    serializer_class = Me

    def get(self, request: Request) -> Response:
        return Response(Me(me(actor_of(request))).data)


def me(actor: Actor) -> dict[str, Any]:
    return {
        "label": actor.label,
        "email": actor.user.email if actor.user is not None else None,
        "organisation": actor.organisation,
        "roles": sorted(actor.roles),
        "scopes": sorted(actor.scopes) if actor.scopes is not None else None,
    }
