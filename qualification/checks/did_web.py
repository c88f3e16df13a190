"""The supplier's did:web resolves, and every key it publishes is sound."""

import datetime as dt
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement
from qualification.checks.pages import evidence_of, look, unreached
from qualification.enums import Verdict
from qualification.facts_web import DidFacts, Page
from qualification.fetcher import Limits
from qualification.gaiax import bounds
from qualification.gaiax.did import key_problems, url_of
from qualification.gaiax.envelope import Malformed, strict_json

# A DID is its host's word: redirects are not followed.
DOCUMENT = Limits(seconds=6.0, bytes=bounds.DID_DOCUMENT, redirects=0)


def judge(facts: DidFacts, _on: dt.date) -> Judgement:
    if not facts.did:
        return Judgement(Verdict.PASS, "L’offre n’indique aucune identité did:web : rien à vérifier.")
    url = url_of(facts.did)
    if url is None:
        return Judgement(
            Verdict.FAIL,
            f"« {facts.did[:100]} » n’est pas un did:web bien formé.",
            {"did": facts.did[:200]},
            "Écrivez l’identité sous la forme « did:web:domaine.fr ».",
        )
    looked = _Looked(url, facts.page)
    stopped = unreached(looked, "L’adresse du document DID")
    if stopped is not None or facts.page is None:
        return stopped or Judgement(Verdict.UNKNOWN, "Le document DID n’a pas été lu.")
    evidence = evidence_of(looked) | {"did": facts.did}
    problems = _problems(facts.did, facts.page)
    if problems:
        return Judgement(
            Verdict.FAIL,
            f"Le document de {facts.did} n’est pas sain : {' '.join(problems[:5])}",
            evidence,
            "Corrigez le document DID, puis relancez ce contrôle.",
        )
    return Judgement(Verdict.PASS, f"{facts.did} se résout et ses clés sont saines.", evidence)


def _problems(did: str, page: Page) -> list[str]:
    if page.status != 200:
        return [f"La réponse est {page.status}, un did:web ne redirige pas."]
    try:
        document = strict_json(page.body)
    except Malformed as malformed:
        return [str(malformed)]
    if not isinstance(document, dict) or document.get("id") != did:
        return ["Il ne porte pas l’identifiant demandé (« id »)."]
    return key_problems(document)


class _Looked:
    """The page under the address that the DID stands for."""

    def __init__(self, url: str, page: Page | None) -> None:
        self.url = url
        self.page = page


def observe(facts: DidFacts) -> DidFacts:
    url = url_of(facts.did) if facts.did else None
    return replace(facts, page=look(url, limits=DOCUMENT)) if url else facts


CHECK = Check(
    code="did_web",
    version="1",
    title="Identité did:web et ses clés",
    rule="W3C, did:web ; Gaia-X 24.11 : document résolu, identifiant égal, clés lisibles et publiques.",
    judge=judge,
    observe=observe,
    reads=("gaiax_did",),
    max_age=WEEK,
)
