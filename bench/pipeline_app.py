"""For bench.pipeline: the product's Celery application with one bare task more and checks that do nothing;
and `python -m bench.pipeline_app COMMAND …`, which makes the rows or rings the bells.

    rows CODES DOSSIERS     dossiers being checked, with one due run per code of CODES (comma-separated)
    sites OFFERS HOSTS      listed offers whose site, one of the bench's own, is due to be looked at again
    look                    inserts and rings the runs that are due, as the clock does
    history COUNT           runs done long ago, spread over old dossiers
    ring                    messages for the due runs, as a sent dossier rings: one for all local checks
    noop COUNT              as many bare tasks
    codes                   prints the product's checks that read the database only
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.empty_checks import EMPTY_CODES
from marketplace.celery import app

if TYPE_CHECKING:
    from qualification.models import CheckRun, Dossier

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Nothing:
    """The facts of a check that does nothing."""


ANSWERS: dict[str, Any] = {
    "name": "Offre de banc",
    "service_models": ["saas"],
    "description": "Service fictif.",
    "storage_regions": ["FR-Roubaix"],
    "processing_regions": ["FR-Roubaix", "DE"],
    "exit_notice_months": "2",
    "exit_transition_days": 30,
    "exit_retrieval_days": 30,
}


@app.task(name="checks.noop")
def noop(number: int) -> None:
    """What Celery alone costs, on the same queue and with the same acknowledgement."""


def add_empty_checks() -> None:
    """Twenty-five codes whose judgement is ready: what is left is our own steps."""
    import django

    django.setup()
    from qualification import gather
    from qualification.checks import CHECKS, Check, Judgement
    from qualification.enums import Verdict

    ready = Judgement(Verdict.PASS, "Rien à voir.")
    for code in EMPTY_CODES:
        CHECKS[code] = Check(
            code=code, version="1", title="Vide", rule="Banc d’essai", judge=lambda facts, on: ready
        )
        gather.GATHER[code] = lambda version, on: Nothing()


def make_dossiers(
    count: int, *, state: str, answers: list[dict[str, Any]] | None = None, outcome: str = "refused"
) -> list[Dossier]:
    """Of one fictitious supplier, each on an offer of its own."""
    from django.utils import timezone

    from catalog.models import Offer, OfferVersion
    from qualification.models import Dossier
    from qualification.schemes import LISTING

    supplier, now, mark = _supplier(), timezone.now(), uuid.uuid4().hex[:6]
    offers = Offer.objects.bulk_create(
        [
            Offer(supplier=supplier, name=uuid.uuid4().hex[:12], slug="banc", state="draft")
            for _ in range(count)
        ],
        batch_size=BATCH,
    )
    said = answers or [ANSWERS] * count
    versions = OfferVersion.objects.bulk_create(
        [
            OfferVersion(offer=offer, number=1, answers=each, frozen_at=now)
            for offer, each in zip(offers, said, strict=True)
        ],
        batch_size=BATCH,
    )
    decided = {"outcome": outcome, "decided_at": now} if state == "decided" else {}
    sent = {"submitted_at": now, "queue_since": now, "round": 1, "state": state, **decided}
    edition = {"scheme": LISTING[0], "scheme_edition": LISTING[1], "organisation": supplier.organisation}
    return Dossier.objects.bulk_create(
        [
            Dossier(number=f"B{mark}-{place}", offer=version.offer, offer_version=version, **edition, **sent)
            for place, version in enumerate(versions)
        ],
        batch_size=BATCH,
    )


def _supplier() -> Any:
    from catalog.models import Supplier
    from marketplace.accounts.models import Organisation

    found = Supplier.objects.filter(name="Banc SAS").first()
    if found is not None:
        return found
    organisation = Organisation.objects.create(
        number=900_001,
        name="Banc SAS",
        kind="supplier",
        identifier_scheme="SIREN",
        identifier="000001016",
        state="verified",
        proof_date=dt.date(2026, 1, 5),
    )
    return Supplier.objects.create(organisation=organisation, name="Banc SAS", slug="banc", country="FR")


def make_runs(dossiers: list[Dossier], codes: list[str], **fields: Any) -> list[CheckRun]:
    from qualification.models import CheckRun

    return CheckRun.objects.bulk_create(
        [
            CheckRun(
                dossier=dossier,
                offer_version=dossier.offer_version,
                round=1,
                check_code=code,
                run_number=1,
                **fields,
            )
            for dossier in dossiers
            for code in codes
        ],
        batch_size=BATCH,
    )


def rows(codes: str, dossiers: str) -> None:
    make_runs(make_dossiers(int(dossiers), state="checking"), codes.split(","))


def sites(dossiers: str, hosts: str) -> None:
    """Listed offers whose site was looked at long ago; neighbours in the queue are on different hosts, as
    spreading over the day would have it."""
    from django.db import connection
    from django.utils import timezone

    from qualification.models import OfferCheck

    count, width, now = int(dossiers), int(hosts), timezone.now()
    answers = [{**ANSWERS, "website": f"https://h{place % width}.example/"} for place in range(count)]
    made = make_dossiers(count, state="decided", answers=answers, outcome="listed")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_offer SET state = 'listed', live_version_id = version.id, listed_on = now() "
            "FROM catalog_offerversion version WHERE version.offer_id = catalog_offer.id "
            "AND catalog_offer.id = ANY(%s)",
            [[dossier.offer_id for dossier in made]],
        )
    before = {"lease_state": "done", "verdict": "pass", "done_at": now, "due_at": now, "sent_at": now}
    seen = {"verdict": "pass", "since": now, "seen_at": now, "tried_at": now, "next_at": now}
    OfferCheck.objects.bulk_create(
        [
            OfferCheck(offer_id=run.dossier.offer_id, check_code=run.check_code, run=run, **seen)
            for run in make_runs(made, ["website_tls"], **before)
        ],
        batch_size=BATCH,
    )


def look() -> None:
    """What the clock does, tick after tick, until no offer is due."""
    from qualification.watch import look_again

    while look_again():
        pass


def history(count: str) -> None:
    """Done, with a verdict, of dossiers decided since; then the planner is told."""
    from django.db import connection
    from django.utils import timezone

    dossiers = make_dossiers(max(1, int(count) // len(EMPTY_CODES)), state="decided")
    long_ago = timezone.now() - dt.timedelta(days=200)
    done = {"lease_state": "done", "verdict": "pass", "message": "Ancien.", "attempt": 1}
    make_runs(dossiers, list(EMPTY_CODES), done_at=long_ago, due_at=long_ago, sent_at=long_ago, **done)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE qualification_checkrun")
        cursor.execute("ANALYZE qualification_dossier")


def ring() -> None:
    from qualification.models import CheckRun
    from qualification.pipeline import tell_workers

    tell_workers(CheckRun.objects.filter(lease_state="due"))


def send_noop(count: str) -> None:
    with app.connection_for_write() as connection:
        for number in range(int(count)):
            noop.apply_async((number,), connection=connection)


def codes() -> None:
    from qualification.checks import CHECKS

    local = [code for code, check in CHECKS.items() if check.queue == "checks" and code not in EMPTY_CODES]
    print(",".join(local))


COMMANDS = {
    "rows": rows,
    "sites": sites,
    "look": look,
    "history": history,
    "ring": ring,
    "noop": send_noop,
    "codes": codes,
}

add_empty_checks()
if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
