"""An address that goes on from the reader's own."""

import pytest
from django.http import QueryDict

from marketplace.ui.addresses import query_text

GIVEN = "q=l%27%C3%A9t%C3%A9+%26+plus&model=iaas&model=saas&page=2"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, GIVEN),
        ({"without": ("page", "q")}, "model=iaas&model=saas"),
        ({"page": 3}, GIVEN.replace("page=2", "page=3")),
        ({"model": ["paas"]}, "q=l%27%C3%A9t%C3%A9+%26+plus&page=2&model=paas"),
        ({"model": []}, "q=l%27%C3%A9t%C3%A9+%26+plus&page=2"),
        ({"without": ("page", "q", "model")}, ""),
    ],
)
def test_an_address_keeps_the_rest(changes, told):
    assert query_text(QueryDict(GIVEN), **changes) == told
    assert query_text(QueryDict(GIVEN)) == QueryDict(GIVEN).urlencode()
