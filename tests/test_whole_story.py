"""The whole procurement told by the API, what it leaves behind, and what was published of it judged by the
official schemas. In a real browser, with the same outcome: tests/browser/test_whole_story.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import whole_story as story
from tests.support.whole_story import Cast, judged, told
from tests.support.whole_story_api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


def test_from_the_need_to_the_exit(shared: Path, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.RESPONSE_DRAFTS_ROOT = str(tmp_path / "drafts")
    told(Api(Cast.gathered()))
    assert story.differences() == {}
    judged(shared)
