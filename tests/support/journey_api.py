"""Steps that more than one story takes by the API: a need assessed, avis given, a status lost."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient


class Caller:
    """One person with a token: posts, and fails with what the API said."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._told(self.client.post(f"/api/v1/{path}", body or {}, format="json"))

    def get(self, path: str) -> dict[str, Any]:
        return self._told(self.client.get(f"/api/v1/{path}"))

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        tag = self.client.get(f"/api/v1/{path}")["ETag"]
        return self._told(self.client.patch(f"/api/v1/{path}", body, format="json", HTTP_IF_MATCH=tag))

    def send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """With a file."""
        return self._told(self.client.post(f"/api/v1/{path}", body, format="multipart"))

    def _told(self, response: Any) -> dict[str, Any]:
        assert response.status_code in {200, 201}, f"{response.status_code} {response.content.decode()[:600]}"
        return dict(response.json())


def assessed_project(say: dict[str, Caller]) -> str:
    requester = say["requester"]
    need = {
        "title": "Messagerie des agents",
        "description": "Courriel de 250 agents.",
        "project_kind": "new",
        "hosting": "commercial_cloud",
        "service_models": ["saas"],
        "full_cost_eur_ht": "90000.00",
    }
    created = requester.post("projects/", need)
    assessment = str(created["assessment"])
    answers = {
        "sensitive_data": ["protected_secret"],
        "harms": ["public_order"],
        "personal_data": True,
        "health_data": False,
    }
    requester.patch(f"assessments/{assessment}/", answers)
    requester.post(f"assessments/{assessment}/request_opinions/")
    advise(say, {"assessment": assessment})
    say["qualified_authority"].post(f"assessments/{assessment}/decide/", {"reason": "Sensibilité retenue."})
    return str(created["id"])


def advise(say: dict[str, Caller], target: dict[str, str], *, rssi: str = "favourable") -> None:
    say["security_officer"].post("opinions/", {**target, "kind": "rssi", "verdict": rssi, "text": "Lu."})
    say["data_officer"].post("opinions/", {**target, "kind": "dpo", "verdict": "favourable", "text": "Lu."})


def lose_the_status(say: dict[str, Caller], offer: str) -> None:
    mark = say["curator"].get(f"trust-marks/?offer={offer}")["results"][0]["id"]
    act = {"issuer": "ANSSI", "act_reference": "Acte fictif 1", "act_date": timezone.localdate().isoformat()}
    say["curator"].post(f"trust-marks/{mark}/suspend/", {**act, "reason": "Essai."})
