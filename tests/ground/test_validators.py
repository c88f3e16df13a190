import pytest

from marketplace.validators import eu_vat_error, identifier_error, siren_error, siret_error


@pytest.mark.parametrize("value", ["73282932000074", "35600000000048", "35600000049837", "11000201100044"])
def test_valid_sirets(value):
    assert siret_error(value) is None


@pytest.mark.parametrize(
    "value", ["73282932000079", "7328293200007", "732 829 320 00074", "", "3560000000004９"]
)
def test_invalid_sirets_say_why(value):
    assert "SIRET" in siret_error(value)


@pytest.mark.parametrize("value", ["424761419", "524172699", "356000000"])
def test_valid_sirens(value):
    assert siren_error(value) is None


def test_vat_numbers_published_in_legal_notices():
    assert eu_vat_error("FR22424761419") is None
    assert eu_vat_error("FR87524172699") is None
    assert eu_vat_error("FR00424761419") is not None


def test_an_unknown_scheme_is_refused():
    assert identifier_error("DUNS", "123") == "Ce type d’identifiant n’existe pas."
    assert identifier_error("RIDET", "1234567") is None
    assert "RIDET" in identifier_error("RIDET", "12")
