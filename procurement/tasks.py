from celery import shared_task
from django.utils import timezone

from marketplace.accounts.actors import system_actor
from procurement.actions.contracts import close_due_contracts
from procurement.actions.reassessments import reassess_all
from procurement.compliance.recording import tell_ends
from procurement.consultations.closing import close_due
from procurement.consultations.drafts import sweep
from procurement.derogations.clock import follow_derogations
from procurement.invoicing.telling import tell_limits
from procurement.publication.actions import tell_late
from procurement.publication.files import forget_old, make_missing
from procurement.register.alerts import tell_notices


@shared_task(name="events.close_due_contracts", ignore_result=True)
def close_contracts() -> None:
    """Journals what the clock has decided; no rule waits for it."""
    close_due_contracts(on=timezone.localdate())


@shared_task(name="events.follow_derogations", ignore_result=True)
def derogations() -> None:
    """Journals ends and tells them before they come; pages read the clock."""
    follow_derogations(on=timezone.localdate())


@shared_task(name="events.reassess_with_new_texts", ignore_result=True)
def reassessments() -> None:
    """Reads decided analyses again when a text came or went, and tells what would move, once."""
    reassess_all(on=timezone.localdate())


@shared_task(name="events.tell_accreditation_ends", ignore_result=True)
def accreditation_ends() -> None:
    """Tells an homologation that ends soon or ended, once each; pages read the clock."""
    tell_ends(on=timezone.localdate())


@shared_task(name="events.tell_late_publications", ignore_result=True)
def late_publications() -> None:
    """Tells a limit that has passed, once; pages and the desk read the clock."""
    tell_late(actor=system_actor("beat"), on=timezone.localdate())


@shared_task(name="events.publication_files", ignore_result=True, time_limit=900, soft_time_limit=890)
def publication_files() -> None:
    """The files of the day, at the first bell after midnight in Paris."""
    today = timezone.localdate()
    make_missing(on=today)
    forget_old(on=today)


@shared_task(name="events.close_due_consultations", ignore_result=True)
def close_consultations() -> None:
    """Fixes what was received; deposits are refused from the deadline on without waiting for it."""
    close_due()


@shared_task(name="events.sweep_response_drafts", ignore_result=True)
def sweep_response_drafts() -> None:
    """Destroys folders whose draft is no more."""
    sweep()


@shared_task(name="events.tell_contract_notices", ignore_result=True)
def contract_notices() -> None:
    """Told once per person, date and alert."""
    tell_notices(on=timezone.localdate())


@shared_task(name="events.tell_invoice_limits", ignore_result=True)
def invoice_limits() -> None:
    """Tells a limit that comes near or has passed, once each; pages and the desk read the clock."""
    tell_limits(on=timezone.localdate())


BEAT = {
    "procurement-invoice-limits": {"task": "events.tell_invoice_limits", "schedule": 3600.0},
    "procurement-reassessments": {"task": "events.reassess_with_new_texts", "schedule": 3600.0},
    "procurement-accreditation-ends": {"task": "events.tell_accreditation_ends", "schedule": 3600.0},
    "procurement-late-publications": {"task": "events.tell_late_publications", "schedule": 3600.0},
    "procurement-publication-files": {"task": "events.publication_files", "schedule": 1800.0},
    "procurement-close-consultations": {"task": "events.close_due_consultations", "schedule": 30.0},
    "procurement-sweep-response-drafts": {"task": "events.sweep_response_drafts", "schedule": 3600.0},
    "procurement-close-contracts": {"task": "events.close_due_contracts", "schedule": 600.0},
    "procurement-contract-notices": {"task": "events.tell_contract_notices", "schedule": 3600.0},
    "procurement-follow-derogations": {"task": "events.follow_derogations", "schedule": 600.0},
}
