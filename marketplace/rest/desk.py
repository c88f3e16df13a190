from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictSerializer
from marketplace.ui import desk as registry


class DeskRowOutput(StrictSerializer):
    object = serializers.CharField(source="object_label")
    url = serializers.CharField(help_text="Adresse de la page.")
    expected = serializers.CharField(help_text="Ce qui est attendu, ou ce qui a été fait.")
    due_on = serializers.DateField(allow_null=True, help_text="null : sans limite.")
    since = serializers.DateTimeField(allow_null=True, help_text="En attente depuis, ou fait le.")
    holder = serializers.CharField(help_text="Qui doit agir ; vide : vous.")
    by = serializers.CharField(help_text="L’organisation qui l’a fait ; vide : vous, ou le service.")


class Desk(StrictSerializer):
    """The zones of « Mon bureau », each in the order of the page."""

    todo = DeskRowOutput(many=True, help_text="À faire, la limite la plus ancienne d’abord.")
    soon = DeskRowOutput(many=True, help_text="Bientôt à échéance.")
    changed = DeskRowOutput(many=True, help_text="Changé depuis hier sur ce que vous suivez.")
    done = DeskRowOutput(many=True, help_text="Terminé par vous depuis 14 jours.")


class DeskView(APIView):
    """Mon bureau : ce qui m’attend, ce qui a changé depuis hier, ce que j’ai terminé."""

    serializer_class = Desk

    def get(self, request: Request) -> Response:
        return Response(Desk(registry.rows_for(actor_of(request))).data)
