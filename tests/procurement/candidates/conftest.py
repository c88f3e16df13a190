from pathlib import Path
from typing import Any

import pytest

from tests.procurement.consultation_builders import Room


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.RESPONSE_DRAFTS_ROOT = str(tmp_path / "drafts")


@pytest.fixture
def room(db: Any) -> Room:
    return Room()
