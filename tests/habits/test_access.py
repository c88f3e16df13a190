"""Every page × every role and strangers: who gets in is what the table says."""

import pytest

from tests.habits.access import (
    CLOSED_KEYS,
    PAGE_KEYS,
    check_who_gets_in,
    check_who_may_not_read_may_not_write,
    together,
    told,
)
from tests.habits.addresses import addresses, missing_rows
from tests.habits.matrix import ROWS


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    names = {found.name for found in addresses()}
    assert missing_rows(ROWS) == set()
    assert {key for key in ROWS if key.split()[1] not in names} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("keys", together(PAGE_KEYS))
def test_who_gets_in(keys: list[str]) -> None:
    told(check_who_gets_in, keys)


@pytest.mark.django_db
@pytest.mark.parametrize("keys", together(CLOSED_KEYS))
def test_who_may_not_read_may_not_write(keys: list[str]) -> None:
    told(check_who_may_not_read_may_not_write, keys)
