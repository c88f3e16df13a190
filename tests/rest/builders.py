from typing import Any

from rest_framework.test import APIClient

from marketplace.accounts.models import Membership
from tests.builders import token_for


def client_for_token(membership: Membership | None, *scopes: str) -> APIClient:
    """An API client with a bearer token of this member (all its roles unless scoped); None: a stranger."""
    client = APIClient()
    if membership is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for(membership, *scopes)}")
    return client


def problem_of(response: Any, status: int) -> dict[str, Any]:
    """The problem document of an answer, after checking its form."""
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "code", "detail", "errors"} <= set(body)
    assert body["status"] == status
    assert all(set(error) == {"field", "message"} for error in body["errors"])
    return dict(body)


def faults(response: Any) -> set[str]:
    """The fields a 400 names."""
    return {error["field"] for error in problem_of(response, 400)["errors"]}
