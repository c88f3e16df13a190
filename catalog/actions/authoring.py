"""A supplier writes an offer: the draft, its answers, its plans and prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from catalog.abilities import is_editable
from catalog.actions.documents import check_joined
from catalog.enums import Meter, OfferState, Prorata, TierMode
from catalog.models import Category, Offer, OfferVersion, Plan, PriceLine, Supplier
from catalog.models.search_row import OfferSearchRow
from catalog.prices.components import Tier, step_fault, tier_faults
from catalog.prices.proration import prorata_fault
from catalog.questions.validation import clean_answers
from marketplace.errors import MoveRefused, RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

MAX_PLANS = 20
MAX_LINES = 60


def category_codes() -> frozenset[str]:
    return frozenset(Category.objects.values_list("code", flat=True))


def supplier_of(organisation: Organisation) -> Supplier:
    """The catalogue's supplier of a verified organisation, made at its first offer."""
    supplier = Supplier.objects.filter(organisation=organisation).first()
    if supplier is not None:
        return supplier
    return Supplier.objects.create(
        organisation=organisation,
        name=organisation.name[:120],
        legal_name=organisation.name,
        slug=slugify(organisation.name)[:80] or "fournisseur",
        country=getattr(organisation, "country", "") or "FR",
        identifier_scheme=organisation.identifier_scheme,
        identifier=_free_identifier(organisation),
        size=getattr(organisation, "size", "") or "",
        identity_checked_at=verified_at(organisation),
    )


def verified_at(organisation: Organisation) -> dt.datetime | None:
    """When support verified it on proof; None when it is not (or no longer) verified."""
    return organisation.state_since if organisation.state == "verified" else None


def identity_checked(supplier: Supplier) -> None:
    """Its legal identity was found in the register, active. Call in the transaction that says so."""
    supplier.identity_checked_at = timezone.now()
    supplier.save(update_fields=["identity_checked_at"])


def _free_identifier(organisation: Organisation) -> str:
    """Empty when a public sheet's supplier already bears it: the claim is the way to that one."""
    taken = Supplier.objects.filter(
        identifier_scheme=organisation.identifier_scheme, identifier=organisation.identifier
    )
    return "" if taken.exists() else organisation.identifier


def create_draft(*, actor: Actor, answers: Mapping[str, Any]) -> Offer:
    """A new offer of the actor's organisation with its first version. Raises RuleBroken by field."""
    if actor.organisation is None:
        raise RuleBroken("no_organisation", "Agissez au nom d’une organisation pour créer une offre.")
    given = clean_answers(answers, categories=category_codes())
    if not given.get("name"):
        raise RuleBroken("name_missing", "Donnez un nom à l’offre.", field="name")
    check_joined(given, owner=actor.organisation)
    with transaction.atomic():
        offer = Offer(state=OfferState.DRAFT, supplier=supplier_of(actor.organisation), created_by=actor.user)
        offer.repeat_answers(given)
        offer.save()
        OfferVersion.objects.create(offer=offer, number=1, answers=given, created_by=actor.user)
        offer.journal_creation(actor=actor)
        OfferSearchRow.objects.refresh([offer.pk])
    return offer


def save_answers(
    offer: Offer, *, actor: Actor, answers: Mapping[str, Any], expected_version: int | None = None
) -> OfferVersion:
    """Write answers into the version in edition; the live version does not change.

    Raises RuleBroken by field, VersionStale, MoveRefused when the offer is closed or waits for a
    curator.
    """
    given = clean_answers(answers, categories=category_codes())
    if "name" in given and not given["name"]:
        raise RuleBroken("name_missing", "Donnez un nom à l’offre.", field="name")

    def apply(locked: Offer, draft: OfferVersion) -> None:
        check_joined(given, owner=locked.supplier.organisation, kept=draft.answers)
        draft.answers = {**draft.answers, **given}
        draft.save(update_fields=["answers"])
        if locked.live_version_id is None:
            locked.repeat_answers(draft.answers)

    return _edit(offer, "answers_saved", actor=actor, expected_version=expected_version, apply=apply)


@dataclass(frozen=True, slots=True)
class LineInput:
    """A price as given. `tiers`: (above, amount) pairs, increasing."""

    label: str
    kind: str
    period: str
    amount_eur_ht: Decimal
    unit: str = ""
    meter: str = Meter.OTHER.value
    included_quantity: Decimal = Decimal(0)
    minimum_quantity: Decimal = Decimal(0)
    tier_mode: str = TierMode.GRADUATED.value
    tiers: tuple[tuple[Decimal, Decimal], ...] = ()
    next_amount_eur_ht: Decimal | None = None
    next_from: dt.date | None = None
    prorata: str = Prorata.NONE.value
    usage_step: Decimal = Decimal(0)

    @classmethod
    def of(cls, line: PriceLine) -> LineInput:
        """What is stored, as it would be given."""
        names = {field.name for field in fields(cls)} - {"tiers"}
        tiers = tuple((tier.above, tier.amount_eur_ht) for tier in line.component.tiers)
        return cls(tiers=tiers, **{name: getattr(line, name) for name in names})

    def columns(self) -> dict[str, Any]:
        """Of PriceLine. Raises RuleBroken on what cannot be charged."""
        tiers = [Tier(above, amount) for above, amount in self.tiers]
        if fault := tier_faults(tiers, included=self.included_quantity):
            raise RuleBroken("tiers_wrong", f"« {self.label} » : {fault}", field="plans")
        if fault := prorata_fault(self.prorata, period=self.period):
            raise RuleBroken("prorata_refused", f"« {self.label} » : {fault}", field="plans")
        if fault := step_fault(self.usage_step, kind=self.kind):
            raise RuleBroken("usage_step_refused", f"« {self.label} » : {fault}", field="plans")
        stored = [{"above": f"{t.above:f}", "amount_eur_ht": f"{t.amount_eur_ht:f}"} for t in tiers]
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"tiers": stored}


@dataclass(frozen=True, slots=True)
class PlanInput:
    name: str
    description: str
    lines: tuple[LineInput, ...]
    commitment_months: int = 0


def save_plans(
    offer: Offer, *, actor: Actor, plans: Sequence[PlanInput], expected_version: int | None = None
) -> OfferVersion:
    """Replace the plans of the version in edition. Codes come from names, so orders can be compared."""
    if len(plans) > MAX_PLANS or any(len(plan.lines) > MAX_LINES for plan in plans):
        raise RuleBroken(
            "too_many_plans",
            f"{MAX_PLANS} formules et {MAX_LINES} lignes par formule au plus.",
            field="plans",
        )

    def apply(locked: Offer, draft: OfferVersion) -> None:
        draft.plans.all().delete()
        taken: set[str] = set()
        for position, plan in enumerate(plans):
            _write_plan(draft, plan, position=position, taken=taken)

    return _edit(offer, "plans_saved", actor=actor, expected_version=expected_version, apply=apply)


def _write_plan(draft: OfferVersion, plan: PlanInput, *, position: int, taken: set[str]) -> None:
    row = Plan(
        version=draft,
        code=free_code(plan.name, taken),
        name=plan.name,
        description=plan.description,
        commitment_months=plan.commitment_months,
        position=position,
    )
    row.full_clean(exclude=["version"])
    row.save()
    codes: set[str] = set()
    for index, line in enumerate(plan.lines):
        code = free_code(line.label, codes)
        price = PriceLine(plan=row, code=code, position=index, **line.columns())
        price.full_clean(exclude=["plan"])
        price.save()


def free_code(name: str, taken: set[str]) -> str:
    """A code from a name, numbered when the name is given twice; adds it to `taken`."""
    stem = slugify(name)[:36] or "ligne"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    taken.add(code)
    return code


def _edit(offer: Offer, what: str, *, actor: Actor, expected_version: int | None, apply: Any) -> OfferVersion:
    holder: list[OfferVersion] = []

    def on_locked(locked: Offer) -> None:
        refuse_if_not_editable(locked)
        draft = locked.edit_version(by=actor.user)
        apply(locked, draft)
        holder.append(draft)

    with transaction.atomic():
        offer.touch(what, actor=actor, apply=on_locked, expected_version=expected_version)
        OfferSearchRow.objects.refresh([offer.pk])
    return holder[0]


def refuse_if_not_editable(offer: Offer) -> None:
    if not is_editable(offer):
        raise MoveRefused(
            "offer_closed", f"L’offre est « {offer.get_state_display()} » : elle ne se modifie plus."
        )
