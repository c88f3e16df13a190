"""Every type: what is kept, what is refused with a repair, what is said."""

from pathlib import Path
from typing import Any

import pytest

from catalog.questions.rows import say
from catalog.questions.validation import AnswerError, clean_answer
from tests.catalog.questioning import one

TABLE = (
    'type = "table"\nmax_items = 3\ncolumns = [{id = "who", type = "text", label = "Nom", max_length = 20}, '
    '{id = "where", type = "country", label = "Pays"}, {id = "rate", type = "decimal", label = "Taux"}]'
)
TREE = 'type = "tree"\nchoices = [["net", "Réseau"], ["fw", "Pare-feu", "net"]]'
FILE = {"id": "0190b2b6-7e1c-7000-8000-000000000001", "name": "a.pdf", "size": 12}
GOOD: list[tuple[str, Any, Any, str]] = [
    ('type = "money"', "1 234,50", "1234.5", "1\u202f234,5\u00a0€ HT"),
    ('type = "date"', "03/09/2027", "2027-09-03", "03/09/2027"),
    ('type = "date"', "2027-09-03", "2027-09-03", "03/09/2027"),
    ('type = "email"', "aide@nuage.example", "aide@nuage.example", "aide@nuage.example"),
    ('type = "country"', "fr", "FR", "France"),
    ('type = "list"', ["un", " ", "deux"], ["un", "deux"], "un\ndeux"),
    ('type = "list"', "un\n\ndeux", ["un", "deux"], "un\ndeux"),
    ('type = "list"', [""], None, ""),
    (TREE, ["fw"], ["fw"], "Pare-feu"),
    (
        TABLE,
        [{"who": "Exemple", "where": "DE", "rate": "1,5"}, {"who": ""}],
        [{"who": "Exemple", "where": "DE", "rate": "1.5"}],
        "Nom\u00a0: Exemple\u202f; Pays\u00a0: Allemagne\u202f; Taux\u00a0: 1,5",
    ),
    ('type = "contact"', {"email": "a@nuage.example", "phone": ""}, {"email": "a@nuage.example"},
     "Adresse électronique\u00a0: a@nuage.example"),
    (
        'type = "certificate"',
        {"issuer": "AFNOR", "valid_until": "2027-01-02", "file": FILE},
        {"issuer": "AFNOR", "valid_until": "2027-01-02", "file": FILE},
        "Organisme qui l’a délivré\u00a0: AFNOR\u202f; Fin de validité\u00a0: 02/01/2027\u202f; "
        "Certificat\u00a0: a.pdf",
    ),
    ('type = "document"', FILE, FILE, "a.pdf"),
    ('type = "contact"', {}, None, ""),
]  # fmt: skip
BAD: list[tuple[str, Any, tuple[str, ...]]] = [
    ('type = "date"', "31/02/2027", ()),
    ('type = "date"', "1066-10-14", ()),
    ('type = "email"', "aide", ()),
    ('type = "country"', "ZZ", ()),
    ('type = "list"\nmax_items = 2', ["a", "b", "c"], ()),
    ('type = "list"', ["a", "x" * 301], ("1",)),
    ('type = "list"', [12], ()),
    (TREE, ["zzz"], ()),
    (TABLE, [{"who": "a"}, {"where": "ZZ"}], ("1", "where")),
    (TABLE, [{"what": "a"}], ("0",)),
    (TABLE, ["a"], ("0",)),
    (TABLE, [{}] * 4, ()),
    ('type = "certificate"', {"number": "12"}, ("issuer",)),
    (
        'type = "certificate"',
        {"issuer": "A", "valid_from": "2027-01-02", "valid_until": "2026-01-02"},
        ("valid_until",),
    ),
    ('type = "certificate"', {"issuer": "A\x00"}, ("issuer",)),
    ('type = "document"', {"id": "../../etc/passwd"}, ()),
    ('type = "money"\nminimum = "0"', "-1", ()),
]


def made(folder: Path, text: str) -> Any:
    return one(folder, f'id = "trial"\nlabel = "Essai"\n{text}')


@pytest.mark.parametrize(("text", "given", "stored", "said"), GOOD)
def test_what_is_kept_and_said(tmp_path: Path, text: str, given: Any, stored: Any, said: str) -> None:
    question = made(tmp_path, text)
    assert clean_answer(question, given) == stored
    assert say(question, stored, categories={}) == said


@pytest.mark.parametrize(("text", "given", "path"), BAD)
def test_what_is_refused_names_its_place(
    tmp_path: Path, text: str, given: Any, path: tuple[str, ...]
) -> None:
    with pytest.raises(AnswerError) as refused:
        clean_answer(made(tmp_path, text), given)
    assert refused.value.path == path
    assert str(refused.value).endswith((".", "»."))
