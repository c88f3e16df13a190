from celery import shared_task
from django.db import transaction

from marketplace.bells import Bell
from marketplace.leases import claim, fail, finish, held, sweep


@shared_task(base=Bell, name="checks.scan_file", rows="files.FileScan")
def scan_file(scan_id: int) -> None:
    """Judge one file. Safe to run twice. The scanner away: the file stays held, and is tried again."""
    from marketplace.files.models import FileScan
    from marketplace.files.quarantine import judge, settle

    row = claim(FileScan, scan_id)
    if row is None:
        return
    try:
        verdict = judge(row.file)
    except OSError as error:
        fail(row, f"{type(error).__name__}: {error}")
        return
    with transaction.atomic():
        if held(row):
            settle(row.file, verdict)
            finish(row)


@shared_task(name="checks.sweep_scans", ignore_result=True)
def sweep_scans() -> None:
    from marketplace.files.models import FileScan
    from marketplace.files.quarantine import take_backlog

    take_backlog()
    sweep(FileScan, scan_file.ring_now)


BEAT = {"files-sweep": {"task": "checks.sweep_scans", "schedule": 30.0}}
