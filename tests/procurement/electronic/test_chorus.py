"""What Chorus Pro needs, said before the sending."""

from marketplace.accounts.models import Organisation
from procurement.electronic.chorus import chorus_gaps
from procurement.models import Order


def gaps(**values):
    given = {
        "identifier_scheme": "SIRET",
        "identifier": "73282932000074",
        "service_code": "CODE1",
        "kind": "state",
    }
    return chorus_gaps(Order(buyer=Organisation(**{**given, **values})))


def test_nothing_lacks():
    assert gaps() == []
    assert gaps(kind="local_authority", service_code="") == []


def test_what_lacks_is_said():
    assert "code service" in gaps(service_code="")[0]
    assert "espace" in gaps(service_code="CODE 1")[0]
    assert "SIRET" in gaps(identifier="73282932000079")[0]
    assert "SIRET" in gaps(identifier_scheme="TAHITI")[0]
