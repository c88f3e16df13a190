"""Old results that their neighbours tell word for word are deleted; which ones, the database decides.

`qualification_run_is_spare` (migration 0011, decision 0016) is the whole rule, checked again by the trigger
that keeps results: whatever is asked here, a change, a failure or the evidence of something else cannot go.
The numbers of runs never go twice, so a gap in them is the count of what went.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import connection, transaction
from django.db.models import F
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.db.models.functions import Mod
from django.utils import timezone

from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from qualification.enums import LISTING_OUTCOMES, DossierState
from qualification.models import CheckRun, Dossier

# The same as in the database's rule: told to people, never decided here.
KEPT_WHOLE_DAYS = 92
# Each dossier is thinned once in so many hours: thirty days, one hour's share at a time.
HOURS = 720


def thin_results(*, at: dt.datetime | None = None) -> int:
    """This hour's share of the dossiers that listed an offer; how many results went. Safe to run twice."""
    hour = int((at or timezone.now()).timestamp()) // 3600
    decided = Dossier.objects.filter(state=DossierState.DECIDED, outcome__in=LISTING_OUTCOMES)
    share = decided.annotate(share=Mod(F("pk"), HOURS)).filter(share=hour % HOURS)
    return sum(thin(dossier) for dossier in share.order_by("pk"))


def thin(dossier: Dossier) -> int:
    """What is spare among the results of one dossier, with one line of the journal; one transaction, two
    statements."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_statement(), [dossier.pk])
            gone = Counter(code for (code,) in cursor.fetchall())
        if gone:
            detail = {"results": dict(sorted(gone.items())), "older_than_days": KEPT_WHOLE_DAYS}
            record(dossier, "thin_results", actor=system_actor("checks"), detail=detail)
    return gone.total()


def _statement() -> str:
    """What something else points to is kept, whatever comes to point to a run later."""
    ours = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} AS kept WHERE kept.{column} = run.id)"  # noqa: S608  # our names
        for table, column in _pointing()
    )
    return (
        "DELETE FROM qualification_checkrun AS run WHERE run.dossier_id = %s"  # noqa: S608  # names of our models
        f" AND qualification_run_is_spare(run) AND {ours} RETURNING run.check_code"
    )


def _pointing() -> list[tuple[str, str]]:
    """(table, column) of each foreign key to a run."""
    hidden = CheckRun._meta.get_fields(include_hidden=True)
    keys = [each.field for each in hidden if isinstance(each, ForeignObjectRel)]
    return [(key.model._meta.db_table, key.column) for key in keys]
