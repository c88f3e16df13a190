"""Every operation of the API × every role and strangers. Its own file: two processes share the work."""

import pytest

from tests.habits.access import API_KEYS, check_who_gets_in


@pytest.mark.django_db
@pytest.mark.parametrize("key", API_KEYS)
def test_who_gets_in(key: str) -> None:
    check_who_gets_in(key)
