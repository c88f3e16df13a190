"""The whole procurement told by the API and by the pages: same acts, same outcome, and what was published of
it judged by the official schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from procurement.models import Publication
from tests.procurement.publication.publication_facts import decp_errors, ocds_errors
from tests.support import whole_story as story
from tests.support.whole_story import Cast
from tests.support.whole_story_api import Api
from tests.support.whole_story_pages import Pages

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
OPEN = "/api/v1/publication"


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.RESPONSE_DRAFTS_ROOT = str(tmp_path / "drafts")


@pytest.mark.parametrize("way", [Api, Pages])
def test_from_the_need_to_the_exit(way: type[Api] | type[Pages], shared: Path) -> None:
    told = way(Cast.gathered())
    told.need()
    told.consultation()
    for supplier in story.SUPPLIERS:
        told.answer(supplier)
    told.opening()
    told.evaluation()
    told.award()
    told.order()
    told.statement()
    told.invoice()
    told.publication()
    told.loss()
    told.exit()
    found = story.outcome()
    assert {name: said for name, said in found.items() if said != story.OUTCOME[name]} == {}
    judged(shared)


def judged(shared: Path) -> None:
    """As anybody reads it."""
    anybody, ocid = APIClient(), Publication.objects.get().ocid
    export = anybody.get(f"{OPEN}/decp/")
    (contract,) = json.loads(b"".join(export.streaming_content))["marches"]["marche"]
    assert decp_errors(shared, contract) == [] and contract["offresRecues"] == 3
    package = anybody.get(f"{OPEN}/ocds/releases/").json()
    assert ocds_errors(shared, "release-package", package) == []
    record = anybody.get(f"{OPEN}/ocds/records/{ocid}/").json()
    assert ocds_errors(shared, "record-package", record) == []
    compiled = record["records"][0]["compiledRelease"]
    assert compiled["tender"]["numberOfTenderers"] == 3 and len(compiled["awards"]) == 1
