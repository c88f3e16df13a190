"""The words of the screens: French spaces, curly apostrophes, one word for one thing, no stock phrases.

Spaces in visible text are also checked by tests/habits/test_writing.py; here the attributes that are
read aloud or shown, and the words themselves.
"""

import re

from tests.habits.sources import ROOT, templates
from tests.habits.test_writing import html_pages, visible_text

SHOWN_ATTRIBUTE = re.compile(
    r'\b(?:title|aria-label|placeholder|alt|data-label|data-announce|content)="([^"{]*)"'
)
PLAIN_SPACE = re.compile(r"\w [;!?](?=\s|$)|\w :(?=\s|$)|« |(?<=\S) »")
STRAIGHT_APOSTROPHE = re.compile(r"[a-zà-ÿ]'[a-zà-ÿ]", re.I)
# screens.md §5, voice and glossary: the word, and what is said instead.
FORBIDDEN = {
    r"\bveuillez\b": "say the verb",
    r"\bmerci de\b": "say the verb",
    r"\bcliqu(?:ez|er) ici\b": "name the target",
    r"\binvalides?\b": "say what is wrong and how to repair",
    r"\berreur inattendue\b": "say what happened",
    r"·(?:e|s|es|trice|rice)\b": "no median point",
    r"\bticket\b": "demande",
    r"\bdashboard\b|\btableau de bord\b": "bureau",
    r"\blogin\b|\bmail\b|\be-mail\b|\bemail\b": "se connecter, adresse électronique",
    r"\bworkflow\b|\bfeedback\b|\bdeadline\b": "French words",
    r"\bacheteurs?\b": "administration",
    r"\bprestataires?\b": "fournisseur",
    r"\bdevis\b": "prix, bon de commande",
    r"\bshortlist\b|\bliste restreinte\b": "présélection",
    r"\bstack\b": "pile technique",
}
# A word that means something else there: what a certification body asks of a supplier.
MEANT = {r"\bdevis\b": {"templates/qualification/_closing.html", "templates/qualification/quotes.html"}}
# The law's own words may be quoted.
ALLOWED = {"code des marchés", "profil d’acheteur", "Voir comme un acheteur"}


def test_shown_attributes_have_french_spaces() -> None:
    found = []
    for path in html_pages():
        shown = SHOWN_ATTRIBUTE.findall((ROOT / path).read_text())
        found += [f"{path}: {text!r}" for text in shown if PLAIN_SPACE.search(text)]
    assert not found


def test_no_straight_apostrophe_is_shown() -> None:
    found = []
    for path in html_pages():
        for number, line in enumerate(visible_text(ROOT / path), start=1):
            found += [f"{path}:{number} {match[0]!r}" for match in STRAIGHT_APOSTROPHE.finditer(line)]
    assert not found


def test_glossary_words_only() -> None:
    found = []
    for path in html_pages():
        for number, line in enumerate(visible_text(ROOT / path), start=1):
            if any(phrase in line for phrase in ALLOWED):
                continue
            for pattern, instead in FORBIDDEN.items():
                if str(path) in MEANT.get(pattern, ()):
                    continue
                found += [
                    f"{path}:{number} {match[0]!r}: {instead}"
                    for match in re.finditer(pattern, line, re.IGNORECASE)
                ]
    assert not found


def test_buttons_name_what_they_do() -> None:
    vague = re.compile(r"<button[^>]*>\s*(?:OK|Valider|Soumettre|Envoyer|Confirmer)\s*</button>", re.I)
    assert not [f"{path}: {m[0]}" for path in html_pages() for m in vague.finditer((ROOT / path).read_text())]


def test_there_are_templates() -> None:
    assert len(list(templates())) > 40
