"""/api/v1/calendar-links/: one's own; the address is given once, at the opening."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.rest.serializers import NoInput, StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import ReadViewSet
from procurement.models import CalendarLink
from procurement.register import links
from procurement.register.abilities import calendar_abilities, calendars_abilities
from procurement.register.owners import MOST


class CalendarLinkSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = CalendarLink
        fields = ("id", "created_at", "revoked_at", "read_at")
        read_only_fields = fields


class OpenedCalendarLinkSerializer(CalendarLinkSerializer):
    address = serializers.CharField(read_only=True, help_text="Secrète ; elle ne sera plus jamais donnée.")

    class Meta(CalendarLinkSerializer.Meta):
        fields = (*CalendarLinkSerializer.Meta.fields, "address")
        read_only_fields = fields


class OwnersInput(StrictSerializer):
    owners = serializers.ListField(
        child=serializers.EmailField(max_length=254),
        allow_empty=False,
        max_length=MOST,
        help_text="Adresses des personnes qui suivent le contrat ; toute la liste.",
    )


class CalendarLinkViewSet(ReadViewSet):
    """No Idempotency-Key here: it would keep the address."""

    about = "ses liens d’agenda"
    queryset = CalendarLink.objects.order_by("-created_at", "-pk")
    serializer_class = CalendarLinkSerializer
    abilities = staticmethod(calendar_abilities)
    collection_abilities = staticmethod(calendars_abilities)
    input_classes = {"create": NoInput, "revoke": NoInput}

    @extend_schema(request=NoInput, responses={201: OpenedCalendarLinkSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ouvrir son lien d’agenda : les dates des contrats que l’on suit, au format iCalendar."""
        require(calendars_abilities(self.actor), "create")
        self.read_input("create")
        link, address = links.open_link(actor=self.actor)
        answer = self.answer(link, status=201, location=True)
        answer.data = {**answer.data, "address": address}
        return answer

    @extend_schema(request=NoInput, responses=CalendarLinkSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Révoquer le lien : son adresse ne sert plus."""
        link = self.get_object()
        self.allow(link, "revoke")
        links.refuse_revoked(link)
        self.read_input("revoke")
        return self.answer(links.revoke_link(link, actor=self.actor))


ROUTES: list[tuple[str, Any, str]] = [("calendar-links", CalendarLinkViewSet, "calendar-link")]
