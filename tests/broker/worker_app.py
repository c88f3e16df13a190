"""The product's Celery application with one more task, for a real worker process."""

import os
import time
from pathlib import Path

from marketplace.celery import app


@app.task(name="tests.survivor")
def survivor(record: str) -> None:
    """The first attempt lasts until it is killed; the next one ends at once."""
    file = Path(record)
    first = not file.exists()
    with file.open("a") as lines:
        lines.write(f"start {os.getpid()}\n")
    if first:
        time.sleep(60)
    with file.open("a") as lines:
        lines.write("end\n")


@app.task(name="tests.patient")
def patient(record: str, seconds: float) -> None:
    """Works for so long, whatever becomes of the broker meanwhile."""
    with Path(record).open("a") as lines:
        lines.write("start\n")
    time.sleep(seconds)
    with Path(record).open("a") as lines:
        lines.write("end\n")
