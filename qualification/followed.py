"""Which dossiers the desk tells about: a supplier's own, and those the operator's people acted on."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.ui.followed import Followed, follow
from qualification.models import Dossier
from qualification.states import DOSSIER_MOVES


def _dossiers(actor: Actor) -> QuerySet[Dossier] | None:
    if not actor.has(*SUPPLIER_ROLES, Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER):
        return None
    return Dossier.objects.visible_to(actor).select_related("offer")


def _own(actor: Actor) -> Q:
    return Q(organisation=actor.organisation) | Q(officer=actor.user)


FOLLOWED = Followed(
    "qualification.dossier",
    seen=_dossiers,
    own=_own,
    url=Dossier.get_absolute_url,
    label=lambda dossier: f"{dossier.number} {dossier.offer.name}",
    done=frozenset(DOSSIER_MOVES) - {"start_checks", "end_checks"},
    told=frozenset(DOSSIER_MOVES) - {"start_checks"},
)


def register() -> None:
    follow(FOLLOWED)
