"""Checks that hang, that nothing but a kill stops, that raise or answer garbage, run by a real worker of one
process: each ends unknown, as our failure; its neighbours and the other dossiers have their results."""

import pytest

from marketplace.devtools.postgres import throwaway_cluster
from tests.broker.conftest import wait_for
from tests.broker.test_killed_consumer import kill, run, start_worker
from tests.qualification.hanging_faults import ATTEMPTS, FAULTS, FAULTY

RUNS = """
SELECT run.check_code, run.verdict, run.lease_state, run.attempt, run.message, run.last_error, run.done_at
FROM qualification_checkrun run JOIN catalog_offer offer
  ON offer.id = (SELECT offer_id FROM qualification_dossier WHERE id = run.dossier_id) WHERE offer.name {} %s
"""
STATES = """
SELECT offer.name = %s, dossier.state FROM qualification_dossier dossier
JOIN catalog_offer offer ON offer.id = dossier.offer_id
"""


def rows(cluster, sql):
    with cluster.connect() as connection:
        return connection.execute(sql, [FAULTY]).fetchall()


def by_code(cluster, which):
    return {row[0]: row[1:] for row in rows(cluster, RUNS.format(which))}


@pytest.mark.broker
def test_what_misbehaves_is_contained_reported_and_unknown(tmp_path):
    log = tmp_path / "worker.log"
    with throwaway_cluster() as cluster:
        run(cluster, "manage.py", "prepare_database")
        run(cluster, "-m", "tests.qualification.hanging_app")
        worker = start_worker(
            cluster, log, app="tests.qualification.hanging_app", queues="checks,fetch,events"
        )
        try:
            wait_for(
                lambda: dict(rows(cluster, STATES)) == {True: "instruction", False: "instruction"},
                seconds=120,
                otherwise=lambda: f"{by_code(cluster, '=')}\n{log.read_text()[-4000:]}",
            )
        finally:
            if worker.poll() is None:
                kill(worker)
        faulty, sound = by_code(cluster, "="), by_code(cluster, "<>")
    assert set(FAULTS) <= set(faulty)
    for code in FAULTS:
        verdict, lease, attempt, message, _error, _ended = faulty[code]
        assert (code, verdict, lease, attempt) == (code, "unknown", "dead", ATTEMPTS)
        assert "ne compte pas contre le fournisseur" in message
    said = {code: faulty[code][4].partition(":")[0] for code in FAULTS}
    assert said == {
        "regions": "SoftTimeLimitExceeded",
        "website_tls": "SoftTimeLimitExceeded",
        "prices": "ZeroDivisionError",
        "legal_identity": "TypeError",
        "exit_terms": "",
    }
    neighbours = [row for code, row in faulty.items() if code not in FAULTS]
    assert {row[1] for row in neighbours} == {"done"} and all(row[0] for row in neighbours)
    # A worker of one process: the other dossier waited for one interruption at most, never for a burial.
    assert {(row[1], row[2]) for row in sound.values()} == {("done", 1)}
    assert max(row[5] for row in sound.values()) < min(
        row[5] for code, row in faulty.items() if code in FAULTS
    )
