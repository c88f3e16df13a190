"""One person of each role, in the world's own organisations, and how each asks; made when first asked."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import BUYER_ROLES, OPERATOR_ROLES, SUPPLIER_ROLES, OrganisationKind
from marketplace.accounts.models import ApiToken, Membership, Organisation
from tests.builders import client_for, make_member, make_organisation
from tests.habits.matrix.rows import OTHER_BUYER, OTHER_SUPPLIER, SIGNED_IN, STRANGER
from tests.rest.builders import client_for_token


class People:
    def __init__(self) -> None:
        self._members: dict[str, Membership] = {}
        self._cookies: dict[str, Any] = {}
        self._tokens: dict[str, Any] = {}

    @cached_property
    def ministry(self) -> Organisation:
        return make_organisation(kind=OrganisationKind.STATE)

    @cached_property
    def supplier(self) -> Organisation:
        return make_organisation(kind=OrganisationKind.SUPPLIER)

    @cached_property
    def operator(self) -> Organisation:
        return make_organisation(kind=OrganisationKind.OPERATOR)

    @cached_property
    def oversight(self) -> Organisation:
        return make_organisation(kind=OrganisationKind.OVERSIGHT)

    def organisation_of(self, role: str) -> Organisation:
        if role in BUYER_ROLES:
            return self.ministry
        if role in SUPPLIER_ROLES:
            return self.supplier
        return self.operator if role in OPERATOR_ROLES else self.oversight

    def member(self, who: str) -> Membership | None:
        """The person of this role in the world's own organisations; None for the stranger."""
        if who == STRANGER:
            return None
        if who not in self._members:
            self._members[who] = self._make(who)
        return self._members[who]

    def _make(self, who: str) -> Membership:
        if who == OTHER_BUYER:
            return make_member(*sorted(BUYER_ROLES))
        if who == OTHER_SUPPLIER:
            return make_member(*sorted(SUPPLIER_ROLES))
        return make_member(who, organisation=self.organisation_of(who))

    def the(self, role: str) -> Membership:
        member = self.member(str(role))
        assert member is not None
        return member

    def actor(self, role: str) -> Actor:
        return Actor.of(Membership.objects.get(pk=self.the(role).pk))

    def everybody(self) -> list[str]:
        return [STRANGER, *sorted(SIGNED_IN)]

    def browser(self, who: str) -> Client:
        """A new one each time, in the one session of this person."""
        client = Client()
        if who not in self._cookies:
            self._cookies[who] = client_for(self.member(who)).cookies
        client.cookies.update(self._cookies[who])
        return client

    def api(self, who: str) -> APIClient:
        """A new one each time, with the one token of this person, that was used a moment ago."""
        client = APIClient()
        if who not in self._tokens:
            made = client_for_token(self.member(who))
            ApiToken.objects.filter(membership=self.member(who)).update(last_used_at=timezone.now())
            self._tokens[who] = made._credentials
        client.credentials(**self._tokens[who])
        return client
