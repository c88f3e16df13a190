from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from marketplace.rest.principal import actor_of

if TYPE_CHECKING:  # DRF imports this module while it makes that one
    from rest_framework.views import APIView


class SignedInUnlessPublic(BasePermission):
    """Visitors read what the view declares `public` (all of it, or the named actions); else 401.

    Which object and which act is for `visible_to` and the abilities, later.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not actor_of(request).is_anonymous:
            return True
        public = getattr(view, "public", False)
        if public is True:
            return request.method in SAFE_METHODS
        return getattr(view, "action", None) in (public or ())
