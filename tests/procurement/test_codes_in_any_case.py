"""« IaaS », « iaas », « IAAS »: one code. What is answered and kept is ours."""

import pytest

from procurement.models import Project
from tests.procurement.builders import Administration
from tests.rest.builders import client_for_token, faults

pytestmark = pytest.mark.django_db
DOCTRINE = "/api/v1/doctrine/assessments/"
PROJECTS = "/api/v1/projects/"


@pytest.mark.parametrize("written", ["IaaS", "iaas", "IAAS", " iaas "])
def test_the_doctrine_reads_a_service_model_in_any_case(written: str) -> None:
    client = client_for_token(None)
    facts = {"date": "2026-11-22", "buyer_kind": "state", "hosting": "commercial_cloud"}
    asked = client.post(DOCTRINE, {**facts, "service_models": [written]})
    assert asked.status_code == 200, asked.content
    assert asked.json() == client.post(DOCTRINE, {**facts, "service_models": ["iaas"]}).json()


def test_the_doctrine_still_refuses_what_is_no_code() -> None:
    for wrong in (["faas"], "IaaS", [["iaas"]], [None], [3]):
        answer = client_for_token(None).post(DOCTRINE, {"service_models": wrong})
        assert {field.partition(".")[0] for field in faults(answer)} == {"service_models"}


def test_a_project_keeps_our_codes() -> None:
    client = client_for_token(Administration().requester.membership)
    made = client.post(PROJECTS, {"title": "Messagerie", "service_models": ["SaaS", "PaaS"]})
    assert (made.status_code, made.json()["service_models"]) == (201, ["saas", "paas"])
    changed = client.patch(made["Location"], {"service_models": ["CAAS"]}, headers={"If-Match": made["ETag"]})
    assert changed.json()["service_models"] == ["caas"]
    assert Project.objects.get().service_models == ["caas"]
