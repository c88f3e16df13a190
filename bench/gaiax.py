"""`python -m bench.gaiax`: Gaia-X verification and labels, as ratios to the bare library of the same run.

- VC-JWT: from the text received to its signature judged (form, key of the DID document, algorithm), against
  joserfc alone on a key already loaded.
- Tagus: one credential read as RDF and its signature judged, against PyLD and `cryptography` alone.
- Shapes: the shapes of a presentation judged, against pySHACL alone on the same pruned shapes.
- Label: the four levels of an offer from its facts.

Both sides of a ratio take turns in each round, on credentials signed for the run. Every timed answer is
looked at: what is sound passes, what was tampered with fails, labels agree with a count made from the file
of criteria. What falls short of the goals is printed and makes the run fail. `--rounds N`, `--seed N`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import random
import statistics
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.report import Report

# Forced: the pipeline bench runs this one with the serving environment of its own workers.
os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings.test"

GOALS = {"VC-JWT": 10.0, "Tagus": 2.0, "shapes": 1.5}
LABEL_MS = 10.0
CALLS = 20


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args(words)
    import django

    django.setup()
    print(f"seed {options.seed}, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    report = Report()
    for measure in (vc_jwt, tagus, shapes):
        measure(report, options.rounds)
    labels(report, options.rounds, random.Random(options.seed))
    return report.end("bench-gaiax")


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds of processor a call, over CALLS of them."""
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - start) * 1000 / CALLS


def compare(report: Report, name: str, ours: Callable[[], Any], bare: Callable[[], Any], rounds: int) -> None:
    """The median of the rounds' ratios, each of the two beside the other."""
    ours(), bare()
    pairs = [(timed(ours), timed(bare)) for _ in range(rounds)]
    mine, alone = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"  {name}: {mine:.2f} ms, the library alone {alone:.2f} ms")
    report.goal(f"{name}, times the library", statistics.median(m / a for m, a in pairs), GOALS[name])


def vc_jwt(report: Report, rounds: int) -> None:
    from joserfc import jws

    from qualification.gaiax import did, envelope
    from qualification.gaiax.report import Findings
    from qualification.gaiax.signature import REGISTRY, judge_signature
    from tests.qualification.gaiax.vectors import PROVIDER, sign_jwt, signer

    for algorithm in ("ES256", "PS256"):
        by = signer(PROVIDER, algorithm)
        from tests.qualification.gaiax.vectors import loire_credentials

        text = sign_jwt(by, loire_credentials()["offer"])
        key, document = by.jwk, by.document()

        def ours(text: str = text, document: Any = document) -> Findings:
            findings = Findings()
            [item] = envelope.read(text, findings)
            credential = Bare(item)
            judge_signature(credential, did.judge_key(credential, document, findings), findings)
            return findings

        def bare(text: str = text, key: Any = key) -> Any:
            return jws.deserialize_compact(text, key, registry=REGISTRY)

        report.oracle("a sound VC-JWT passes", holds=not ours().found)
        touched = text[:-6] + ("AAAAAA" if not text.endswith("AAAAAA") else "BBBBBB")
        report.oracle("a tampered VC-JWT fails", holds=ours(touched).failed("signature"))
        print(f"  ({algorithm})")
        compare(report, "VC-JWT", ours, bare, rounds)


@dataclass
class Bare:
    """What judging a key and a signature reads of a credential: its item, where it stands."""

    item: Any
    path: str = ""


def tagus(report: Report, rounds: int) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from pyld import jsonld

    from qualification.gaiax import claims, contexts, did, envelope
    from qualification.gaiax.report import Findings
    from qualification.gaiax.signature import judge_signature
    from tests.qualification.gaiax.vectors import PROVIDER, sign_tagus, signer, tagus_credentials

    by = signer(PROVIDER, "PS256")
    signed = sign_tagus(by, tagus_credentials()["offer"])
    text, document = json.dumps(signed), by.document()
    unsigned = {name: value for name, value in signed.items() if name != "proof"}
    head, _, tail = signed["proof"]["jws"].partition("..")
    signature = base64.urlsafe_b64decode(tail + "==")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
    form = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.load}

    def ours(text: str = text) -> Findings:
        findings = Findings()
        [item] = envelope.read(text, findings)
        credential = claims.read(item, findings)
        if credential is not None:
            judge_signature(credential, did.judge_key(credential, document, findings), findings)
        return findings

    def bare() -> None:
        digest = hashlib.sha256(jsonld.normalize(unsigned, form).encode()).hexdigest()
        by.key.public_key().verify(signature, f"{head}.{digest}".encode(), pss, hashes.SHA256())

    report.oracle("a sound Tagus credential passes", holds=not ours().found)
    touched = text.replace("default: allow", "default: deny")
    report.oracle("a tampered Tagus credential fails", holds=ours(touched).failed("signature"))
    compare(report, "Tagus", ours, bare, rounds)


def shapes(report: Report, rounds: int) -> None:
    from pyshacl import validate

    from qualification.gaiax import claims, envelope, graph
    from qualification.gaiax import shapes as module
    from qualification.gaiax.report import Findings
    from tests.qualification.gaiax.vectors import Bundle

    def read(bundle: Bundle) -> list[claims.Credential]:
        findings = Findings()
        found = [claims.read(item, findings) for item in envelope.read(bundle.text(), findings)]
        return [one for one in found if one is not None and one.item.kind == envelope.CREDENTIAL]

    sound, broken = Bundle.of("loire"), Bundle.of("loire")
    del broken.credentials["offer"]["credentialSubject"]["gx:providedBy"]
    credentials, faulty = read(sound), read(broken)
    data = module.union(credentials)
    types = frozenset(name for _, name in graph.local_types(data))
    kept = module.pruned("loire", types & module.covered("loire"))

    def ours(some: list[claims.Credential] = credentials) -> Findings:
        findings = Findings()
        module.judge_shapes(some, findings)
        return findings

    def bare() -> Any:
        return validate(data, shacl_graph=kept, inference="none", advanced=False)

    report.oracle("sound descriptions conform, as pySHACL says", holds=not ours().found and bare()[0])
    report.oracle("an offer without provider does not", holds=ours(faulty).failed("shape"))
    compare(report, "shapes", ours, bare, rounds)


def labels(report: Report, rounds: int, chance: random.Random) -> None:
    import datetime as dt

    from qualification.coverage.facts import CoverageFacts, Held
    from qualification.gaiax.labels import LabelFacts, label_levels
    from qualification.schemes import FOLDER
    from qualification.schemes.certificates import certificates

    rows = tomllib.loads((FOLDER / "gaiax-24.11.toml").read_text())["requirements"]
    known = [code for code in certificates() if any(code in row.get("standards", {}) for row in rows)]
    answers = {"governing_law": "FR", "storage_regions": ["FR-Paris"], "pue": "1.3", "soc": "all_day"}
    times = []
    for _ in range(rounds):
        held = chance.sample(known, chance.randint(0, len(known)))
        facts = LabelFacts(
            CoverageFacts(
                answers,
                tuple(Held(code, certificates()[code].name, proven=True) for code in held),
                dt.date(2026, 11, 26),
            )
        )
        found = label_levels(facts)
        for one in found:
            asked = [row for row in rows if row.get("levels", {}).get(one.level) == "certification"]
            proven = sum(bool(set(held) & set(row.get("standards", {}))) for row in asked)
            # An answer that says the contrary weakens a proof; these answers say none.
            report.oracle(
                f"level {one.level} with {sorted(held)}",
                holds=(len(one.certified), one.certified_met) == (len(asked), proven),
            )
        times.append(timed(lambda facts=facts: label_levels(facts)))
    print(f"  label: median {statistics.median(times):.2f} ms, longest {max(times):.2f} ms")
    report.goal("label of an offer, ms, longest of the rounds", max(times), LABEL_MS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
