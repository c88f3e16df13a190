"""The Content-Security-Policy of the settings, spelled once: it is the same on every page."""

from __future__ import annotations

from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase

# What a view of django-csp's may set on its own answer; none of ours does.
_OWN = ("_csp_exempt", "_csp_config", "_csp_update", "_csp_replace", "_csp_config_ro", "_csp_update_ro")


@cache
def _policy() -> str:
    return build_policy()


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, which puts the policy together again at each answer: left to it for an answer that has
    a policy of its own, or a nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if getattr(request, "_csp_nonce", None) is not None or any(name in vars(response) for name in _OWN):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response
