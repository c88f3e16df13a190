from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictSerializer


class MeOrganisation(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()


class MeMembership(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    organisation = MeOrganisation()
    roles = serializers.ListField(
        child=serializers.CharField(), help_text="Ceux d’aujourd’hui. Un jeton peut en donner moins."
    )
    current = serializers.BooleanField(help_text="Celle pour laquelle parle cette demande.")


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
        child=serializers.CharField(), allow_null=True, help_text="null : aucune limite."
    )
    memberships = MeMembership(many=True, help_text="Toutes les organisations de la personne.")


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
        "memberships": memberships_of(actor),
    }


def memberships_of(actor: Actor) -> list[dict[str, Any]]:
    """Two queries whatever the number; none for a service account, which has one organisation."""
    if actor.user is None:
        return []
    rows = Membership.objects.active().filter(user=actor.user).select_related("organisation", "user")
    current = actor.membership.pk if actor.membership is not None else None
    return [
        {
            "uuid": row.uuid,
            "organisation": row.organisation,
            "roles": sorted(Actor.of(row).roles),
            "current": row.pk == current,
        }
        for row in rows.prefetch_related("grants")
    ]
