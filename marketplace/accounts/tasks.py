from celery import shared_task

from marketplace.accounts.actions.invitations import expire_invitations


@shared_task(name="accounts.expire_invitations", ignore_result=True)
def expire() -> None:
    """Journals what the clock has decided; no rule waits for it."""
    expire_invitations()


BEAT = {"accounts-expire-invitations": {"task": "accounts.expire_invitations", "schedule": 600.0}}
