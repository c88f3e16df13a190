"""The whole procurement in a real browser, without JavaScript, from the need to the exit.

tests/test_whole_story.py tells the same by API, with the same outcome.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import whole_story as story
from tests.support.browsing import Visit
from tests.support.whole_story import Cast, judged, told
from tests.support.whole_story_pages import Pages

pytestmark = [pytest.mark.browser, pytest.mark.shared]


def test_from_the_need_to_the_exit(
    db: None, visit: Visit, shared: Path, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.RESPONSE_DRAFTS_ROOT = str(tmp_path / "drafts")
    pages = Pages(Cast.gathered(), visit)
    told(pages)
    assert pages.faults == []
    assert story.differences() == {}
    judged(shared)
