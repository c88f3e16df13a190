"""What is in force: a release, or the project's own shapes again. Each choice is one more row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from qualification.attaching import CODE
from qualification.models import OfferCheck, OfferCredential, ReleaseTrial, ReleaseUse
from qualification.releases.abilities import releases_abilities
from qualification.releases.books import current_pk
from qualification.releases.trials import outcome_of

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

NO_REASON = "Dites pourquoi cette version entre en vigueur."
NOT_OVER = "L’aperçu n’est pas terminé. Attendez que chaque présentation ait été jugée."
OTHER_PRESENT = "Une autre version est entrée en vigueur depuis cet aperçu. Demandez-en un nouveau."
OTHER_TEXTS = (
    "Des présentations ont été rattachées ou détachées depuis cet aperçu. Demandez-en un nouveau : "
    "celui-ci ne dit plus tout ce qui changerait."
)
DONE_ALREADY = "Cet aperçu a déjà été appliqué. Rechargez la page."


def apply(trial: ReleaseTrial, *, actor: Actor, reason: str) -> ReleaseUse:
    """The release previewed judges from now on, and the presentations attached are judged again.

    Raises NotAllowed, RuleBroken without a reason, MoveRefused when the preview is not over, was applied, or
    no longer says all that would change.
    """
    require(releases_abilities(actor), "choose")
    if not reason.strip():
        raise RuleBroken("reason_missing", NO_REASON, field="reason")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('qualification.gaiax_release'))")
        _refuse_stale(trial)
        use = ReleaseUse.objects.create(
            release=trial.release, trial=trial, reason=reason.strip(), chosen_by=actor.user
        )
        record(use, "put_in_force", actor=actor, reason=reason, detail={"release": str(trial)})
        _judge_again()
    return use


def _refuse_stale(trial: ReleaseTrial) -> None:
    if ReleaseUse.objects.filter(trial=trial).exists():
        raise MoveRefused("already_applied", DONE_ALREADY)
    if current_pk() != trial.compared_with_id:
        raise MoveRefused("release_changed", OTHER_PRESENT)
    if not outcome_of(trial).is_over:
        raise MoveRefused("trial_not_over", NOT_OVER)
    judged = set(trial.results.values_list("text_id", flat=True))
    if judged != set(OfferCredential.objects.attached().values_list("uuid", flat=True)):
        raise MoveRefused("presentations_changed", OTHER_TEXTS)


def _judge_again() -> None:
    """The watch takes them at its next tick, some hundreds at a time."""
    attached = OfferCredential.objects.attached().values("offer")
    rows = OfferCheck.objects.filter(check_code=CODE, offer__in=attached, next_at__isnull=False)
    rows.update(next_at=timezone.now())
