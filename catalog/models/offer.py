from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from catalog.enums import FactsEventKind, OfferState, ServiceModel
from catalog.holders import holder_filter
from catalog.models.category import Category
from catalog.models.facts import FactsEvent
from catalog.models.online import OnlineVersion
from catalog.models.search_row import OfferSearchRow
from catalog.models.sequences import NextValue
from catalog.models.version import OfferVersion
from catalog.states import OFFER_MOVES
from marketplace.accounts.enums import OPERATOR_ROLES, OVERSIGHT_ROLES, SUPPLIER_ROLES
from marketplace.errors import Gone, RuleBroken
from marketplace.events.bus import emit
from marketplace.ui.typography import date_text
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User

CLOSED_STATES = (OfferState.WITHDRAWN, OfferState.REMOVED)
GONE_WORDS = {OfferState.WITHDRAWN: "Offre retirée", OfferState.REMOVED: "Offre supprimée"}


class OfferQuerySet(models.QuerySet["Offer"]):
    def public(self) -> OfferQuerySet:
        """What a visitor may read: a version is online and the offer is not closed."""
        return self.filter(live_version__isnull=False).exclude(state__in=CLOSED_STATES)

    def once_public(self) -> OfferQuerySet:
        """Closed since: their address still answers with the date and the reason (410)."""
        return self.filter(live_version__isnull=False, state__in=CLOSED_STATES)

    def visible_to(self, actor: Actor) -> OfferQuerySet:
        """Public ones, the actor's own, everything for the operator and the auditor.

        A withdrawn offer stays visible to those who hold an order or a contract on it (they register
        with `catalog.holders`).
        """
        if actor.has(*OPERATOR_ROLES, *OVERSIGHT_ROLES):
            return self.exclude(state=OfferState.REMOVED)
        seen = models.Q(live_version__isnull=False) & ~models.Q(state__in=CLOSED_STATES)
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            seen |= models.Q(supplier__organisation=actor.organisation) & ~models.Q(state=OfferState.REMOVED)
        held = holder_filter(actor)
        if held is not None:
            seen |= models.Q(state=OfferState.WITHDRAWN) & held
        return self.filter(seen)

    def owned_by(self, actor: Actor) -> OfferQuerySet:
        return (
            self.none()
            if actor.organisation is None
            else self.filter(supplier__organisation=actor.organisation)
        )

    def for_sheet(self) -> OfferQuerySet:
        return self.select_related("supplier__organisation", "category__parent__parent", "live_version")


class Offer(Stateful):
    """A service that can be found, and ordered once listed.

    Name, models, category, website, regions and open source repeat the live version's answers so that
    lists need no JSON; `show_version` is the only place that writes them.
    """

    MOVES: ClassVar[dict[str, Move]] = OFFER_MOVES

    state = models.CharField(max_length=40, choices=OfferState, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.BigIntegerField(
        unique=True, editable=False, db_default=NextValue("catalog_offer_number_seq")
    )
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=160)
    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="offers")
    category = models.ForeignKey(
        "catalog.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    service_models = ArrayField(
        models.CharField(max_length=20, choices=ServiceModel), default=list, blank=True
    )
    description = models.CharField(max_length=2000, blank=True)
    website = models.URLField(max_length=300, blank=True)
    regions = ArrayField(models.CharField(max_length=60), null=True, blank=True)
    open_source = models.BooleanField(null=True, blank=True)
    public_prices = models.BooleanField(null=True, blank=True)
    is_internal_state = models.BooleanField(default=False)
    live_version = models.ForeignKey(
        "catalog.OfferVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    listed_on = models.DateField(null=True, blank=True)
    closed_reason = models.CharField(max_length=1000, blank=True)
    source_key = models.SlugField(max_length=80, null=True, blank=True, unique=True)
    sources = models.JSONField(default=dict, blank=True)
    # What a curator corrected of the version online: question → `source`, `url`, `read_on`, `on`.
    corrections = models.JSONField(default=dict, blank=True)
    facts_read_on = models.DateField(null=True, blank=True)
    facts_confirmed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            state_constraint("offer_state", OfferState.values),
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "withdrawn", "removed"))
                | models.Q(live_version__isnull=False),
                name="offer_online_has_version",
                violation_error_message="Une offre en ligne a une version en ligne.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:offer", args=[self.number, self.slug])

    @property
    def is_public(self) -> bool:
        return self.live_version_id is not None and self.state not in CLOSED_STATES

    @property
    def is_orderable(self) -> bool:
        """Public sheets and internal State clouds are never ordered."""
        return self.state == OfferState.LISTED and not self.is_internal_state

    @property
    def is_public_sheet(self) -> bool:
        """Drawn from registers: its sources are shown."""
        return bool(self.source_key)

    @property
    def draft_version(self) -> OfferVersion | None:
        return self.versions.filter(frozen_at__isnull=True).first()

    @property
    def shown_for_edit(self) -> OfferVersion | None:
        """What an edition starts from, as `edit_version` does: the newest version, frozen or not."""
        return self.versions.order_by("-number").first()

    def shown_to(self, *, owner: bool) -> OfferVersion | None:
        """What a reader allowed to see more than the public reads: online, else in edition for its owner
        and last sent for the others (the draft of an offer never sent)."""
        if self.live_version is not None:
            return self.live_version
        newest = self.versions.order_by("-number")
        sent = None if owner else newest.filter(frozen_at__isnull=False).first()
        return sent or newest.first()

    def audit_organisation_ids(self) -> list[int]:
        owner = self.supplier.organisation_id
        return [owner] if owner else []

    def raise_if_gone(self) -> None:
        if self.state in CLOSED_STATES:
            on = timezone.localdate(self.state_since)
            word = GONE_WORDS[OfferState(self.state)]
            raise Gone("offer_gone", f"{word} le {date_text(on)}.", on=on, reason=self.closed_reason)

    # -- moves: one method each

    def become_public_sheet(self, version: OfferVersion, *, actor: Actor) -> Offer:
        """By the reference loader. Raises RuleBroken once the offer has an owner or is not from a source."""

        def apply(offer: Offer) -> None:
            if not offer.source_key or offer.live_version_id is not None:
                raise RuleBroken("not_a_public_sheet", "Cette offre n’est pas une fiche tirée des registres.")
            offer.show_version(version)

        return self.perform("open_sheet", actor=actor, apply=apply)

    def claim(self, *, actor: Actor, reason: str = "", apply: Callable[[Offer], None] | None = None) -> Offer:
        """The public sheet stays online while the claimed draft is prepared."""
        return self.perform("claim", actor=actor, reason=reason, apply=apply)

    def publish(
        self, *, actor: Actor, version: OfferVersion, reason: str = "", expected_version: int | None = None
    ) -> Offer:
        """List the offer with a frozen version; called by qualification when a dossier is decided."""

        def apply(offer: Offer) -> None:
            offer.show_version(version)
            offer.listed_on = timezone.localdate()
            offer.confirm_facts(version, by=version.created_by)

        return self.perform(
            "publish", actor=actor, reason=reason, expected_version=expected_version, apply=apply
        )

    def suspend(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Offer:
        """DINUM's « suspension conservatoire »: an act on the offer, not on a trust mark."""
        return self._close_for("suspend", actor=actor, reason=reason, expected_version=expected_version)

    def lift(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Offer:
        return self.perform("lift", actor=actor, reason=reason, expected_version=expected_version)

    def withdraw(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Offer:
        return self._close_for("withdraw", actor=actor, reason=reason, expected_version=expected_version)

    def remove(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Offer:
        return self._close_for("remove", actor=actor, reason=reason, expected_version=expected_version)

    def _close_for(self, move: str, *, actor: Actor, reason: str, expected_version: int | None) -> Offer:
        def apply(offer: Offer) -> None:
            offer.closed_reason = reason

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)

    def perform(self, name: str, **options: Any) -> Self:
        """Also tells the upper apps and refreshes the search row, in the same transaction."""
        with transaction.atomic():
            before = self.state
            super().perform(name, **options)
            emit("offer.state_changed", {"offer": self.pk, "from": before, "to": self.state, "move": name})
            OfferSearchRow.objects.refresh([self.pk])
        return self

    # -- versions

    def edit_version(self, *, by: User | None) -> OfferVersion:
        """The version in edition, made from the newest one when there is none. Call inside a transaction.

        Two people who open it at once get the same one: the offer's row is locked.
        """
        Offer.objects.select_for_update(of=("self",)).get(pk=self.pk)
        current = self.draft_version
        if current is not None:
            return current
        newest = self.versions.order_by("-number").first()
        if newest is None:
            return OfferVersion.objects.create(offer=self, number=1, created_by=by)
        return newest.successor(created_by=by)

    def show_version(self, version: OfferVersion) -> None:
        """Point to a frozen version and repeat its answers; the caller saves. An old address stays known.

        What a curator had corrected of the one before is forgotten: whoever says this version says it whole.
        """
        old = self.slug
        self.live_version = version
        self.corrections = {}
        self.repeat_answers(version.answers)
        if self.pk and old and old != self.slug:
            OfferAlias.objects.get_or_create(offer=self, slug=old)
        if self.pk:
            OnlineVersion.objects.create(offer=self, version=version)

    def confirm_facts(self, online: OfferVersion, *, by: User | None) -> None:
        """What is online was just said, or said again, by its supplier; the caller saves."""
        self.facts_confirmed_on = timezone.localdate()
        FactsEvent.objects.note(online, FactsEventKind.CONFIRMED, by=by)

    def repeat_answers(self, answers: Mapping[str, Any]) -> None:
        """Copy onto the row what lists and filters read. Absent answers become unknown."""
        self.name = answers.get("name") or self.name
        self.slug = slugify(self.name)[:80] or "offre"
        self.service_models = answers.get("service_models") or []
        self.category = Category.objects.standing(answers.get("category") or "")
        self.description = answers.get("description") or ""
        self.website = answers.get("website") or ""
        self.regions = answers.get("storage_regions")
        self.open_source = answers.get("open_source")


class OfferAlias(models.Model):
    """A slug an offer had: never reused for the same number, redirects (301)."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="aliases")
    slug = models.SlugField(max_length=80)
    until = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("offer", "until")
        constraints = (
            models.UniqueConstraint(
                fields=("offer", "slug"),
                name="offer_alias_unique",
                violation_error_message="Cette adresse est déjà une ancienne adresse de l’offre.",
            ),
        )

    def __str__(self) -> str:
        return self.slug
