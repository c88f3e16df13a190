"""Every operation of the API × every role and strangers. Its own file: two processes share the work."""

import pytest

from tests.habits.access import API_KEYS, check_who_gets_in, together, told


@pytest.mark.django_db
@pytest.mark.parametrize("keys", together(API_KEYS))
def test_who_gets_in(keys: list[str]) -> None:
    told(check_who_gets_in, keys)
