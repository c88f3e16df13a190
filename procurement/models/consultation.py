from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.enums import Scheme
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.workflow import Stateful, state_constraint
from procurement.consultations.enums import (
    ENDED_STATES,
    MOST_REASON,
    MOST_TEXT,
    PUBLIC_ACCESS,
    Access,
    ConsultationKind,
    ConsultationState,
    DelayReduction,
    PriceFormula,
)
from procurement.consultations.formulas import FORMULAS, Formula
from procurement.consultations.schedule import NOON
from procurement.consultations.states import CONSULTATION
from procurement.models.project import Project
from procurement.models.route_choice import RouteChoice

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


# What the pages of one consultation read.
CONTENT = (
    "lots__price_items",
    "lots__outcome",
    "criteria",
    "documents__file",
    "documents__notice",
    "notices",
    "notice_sendings",
    "invitations__supplier",
)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its administration and the auditor: always. Once published: everybody if it is open, else the
        invited suppliers."""
        if actor.has(Role.AUDITOR):
            return self
        seen = Q(published_at__isnull=False, access__in=[each.value for each in PUBLIC_ACCESS])
        if actor.organisation is not None and actor.roles:
            if actor.is_buyer:
                seen |= Q(organisation=actor.organisation)
            invited = ConsultationInvitation.objects.filter(
                consultation=models.OuterRef("pk"), supplier__organisation=actor.organisation
            )
            seen |= Q(models.Exists(invited), published_at__isnull=False)
        return self.filter(seen)

    def for_pages(self) -> Self:
        return self.select_related(
            "organisation", "project", "category", "route_choice__vehicle_lot__vehicle"
        )

    def with_content(self) -> Self:
        return self.for_pages().prefetch_related(*CONTENT)

    def open_at(self, now: dt.datetime) -> Self:
        called = Q(state=ConsultationState.CANDIDATURES, candidatures_until__gt=now)
        return self.filter(Q(state=ConsultationState.PUBLISHED, closes_at__gt=now) | called)

    def to_close(self, now: dt.datetime) -> Self:
        return self.filter(state=ConsultationState.PUBLISHED, closes_at__lte=now)


class Consultation(Stateful):
    """Comparable responses asked for in secret, until an instant.

    Durations are working days, chosen in the draft; dates are made of them at the publication.
    ``closes_at`` is a whole minute and the first instant that is late. Once published, what is asked is
    frozen by the database; notices tell the rest.
    """

    MOVES = CONSULTATION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=ConsultationState, default=ConsultationState.DRAFT, db_index=True
    )
    project = models.ForeignKey(Project, models.PROTECT, related_name="consultations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="consultations")
    route_choice = models.ForeignKey(RouteChoice, models.PROTECT, related_name="consultations")
    kind = models.CharField("nature", max_length=20, choices=ConsultationKind)
    # Of a marché spécifique, when its system has some: who is admitted to it is invited.
    category = models.ForeignKey(
        "procurement.SystemCategory", models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    access = models.CharField("accès", max_length=10, choices=Access, default=Access.OPEN)
    title = models.CharField("objet", max_length=160)
    description = models.TextField("ce qui est attendu", max_length=MOST_TEXT, blank=True)
    required_schemes = ArrayField(
        models.CharField(max_length=16, choices=Scheme),
        verbose_name="qualifications exigées",
        default=list,
        blank=True,
    )
    pay_per_use = models.BooleanField("paiement à l’usage accepté", default=True)
    # How the price makes its mark; told with the criteria, frozen with them.
    price_formula = models.CharField(
        "formule du prix", max_length=20, choices=PriceFormula, default=PriceFormula.LOWEST_RATIO
    )
    response_days = models.PositiveSmallIntegerField("jours ouvrés pour répondre", default=15)
    question_days = models.PositiveSmallIntegerField("jours ouvrés entre questions et clôture", default=6)
    answer_days = models.PositiveSmallIntegerField("jours ouvrés entre réponses et clôture", default=4)
    closing_time = models.TimeField("heure de clôture", default=NOON)
    # A minimal delay is brought down with its reason only, which is published; blank: it is not.
    reduction = models.CharField("délai réduit", max_length=20, choices=DelayReduction, blank=True)
    reduction_reason = models.TextField("motif de la réduction", max_length=MOST_REASON, blank=True)
    prior_notice_on = models.DateField("avis de préinformation envoyé le", null=True, blank=True)
    # Of a restricted procedure, published with the call: how candidates are chosen, and how many.
    candidature_days = models.PositiveSmallIntegerField("jours ouvrés pour candidater", default=25)
    selection_criteria = models.TextField("critères du choix des candidats", max_length=MOST_TEXT, blank=True)
    candidates_least = models.PositiveSmallIntegerField("candidats invités au moins", default=5)
    candidates_most = models.PositiveSmallIntegerField("candidats invités au plus", null=True, blank=True)
    # The first instant that is late to apply.
    candidatures_until = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    questions_until = models.DateTimeField(null=True, blank=True)
    answers_by = models.DateField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True, db_index=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    # Fixes the set of deposits at the closing, and says neither names nor number; never shown with its salt.
    commitment = models.CharField(max_length=64, blank=True)
    commitment_salt = models.CharField(max_length=64, blank=True)
    closing_reason = models.TextField("motif", max_length=MOST_REASON, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "consultation"
        constraints = (
            state_constraint("consultation_state", ConsultationState.values),
            models.CheckConstraint(
                name="consultation_published_dates",
                condition=Q(published_at__isnull=True)
                | Q(
                    closes_at__isnull=False,
                    questions_until__lte=models.F("closes_at"),
                    closes_at__gt=models.F("published_at"),
                )
                | Q(
                    access=Access.RESTRICTED,
                    closes_at__isnull=True,
                    candidatures_until__gt=models.F("published_at"),
                ),
                violation_error_message="Une consultation publiée porte son calendrier, clôture en dernier.",
            ),
            models.CheckConstraint(
                name="consultation_published_once",
                condition=Q(
                    state__in=[
                        ConsultationState.DRAFT,
                        ConsultationState.KEYS_PROVED,
                        ConsultationState.WITHDRAWN,
                    ],
                    published_at__isnull=True,
                )
                | Q(
                    state__in=[
                        ConsultationState.CANDIDATURES,
                        ConsultationState.PUBLISHED,
                        ConsultationState.CLOSED,
                        ConsultationState.OPENED,
                        ConsultationState.AWARDED,
                        ConsultationState.SANS_SUITE,
                        ConsultationState.INFRUCTUEUX,
                    ],
                    published_at__isnull=False,
                ),
                violation_error_message="Seul un brouillon n’a pas de date de publication.",
            ),
            models.CheckConstraint(
                name="consultation_called_whole",
                condition=~Q(access=Access.RESTRICTED)
                | Q(published_at__isnull=True)
                | (
                    Q(candidatures_until__isnull=False, candidates_most__isnull=False)
                    & Q(candidates_most__gte=models.F("candidates_least"))
                    & ~Q(selection_criteria="")
                ),
                violation_error_message="Un appel à candidatures dit ses critères, son nombre et son terme.",
            ),
            models.CheckConstraint(
                name="consultation_candidatures_restricted",
                condition=~Q(state=ConsultationState.CANDIDATURES) | Q(access=Access.RESTRICTED),
                violation_error_message="Des candidatures ne s’appellent qu’en procédure restreinte.",
            ),
            models.CheckConstraint(
                name="consultation_price_formula",
                condition=Q(price_formula__in=sorted(PriceFormula.values)),
                violation_error_message="Cette formule de prix n’existe pas.",
            ),
            models.CheckConstraint(
                name="consultation_reduction_reasoned",
                condition=Q(reduction="", reduction_reason="")
                | (Q(reduction__in=sorted(DelayReduction.values)) & ~Q(reduction_reason="")),
                violation_error_message="Un délai réduit porte son motif.",
            ),
            models.CheckConstraint(
                name="consultation_reduction_prior",
                condition=~Q(reduction=DelayReduction.PRIOR_INFORMATION) | Q(prior_notice_on__isnull=False),
                violation_error_message="Un avis de préinformation porte son jour d’envoi.",
            ),
            models.CheckConstraint(
                name="consultation_ended_why",
                condition=~Q(state__in=[state.value for state in ENDED_STATES]) | ~Q(closing_reason=""),
                violation_error_message="Une consultation qui s’arrête porte son motif.",
            ),
            models.CheckConstraint(
                name="consultation_closed_committed",
                condition=~Q(
                    state__in=[ConsultationState.CLOSED, ConsultationState.OPENED, ConsultationState.AWARDED]
                )
                | (~Q(commitment="") & Q(closed_at__isnull=False)),
                violation_error_message="Une consultation close fixe ce qu’elle a reçu.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:consultation", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def is_written(self) -> bool:
        return self.state in (ConsultationState.DRAFT, ConsultationState.KEYS_PROVED)

    def phase_at(self, now: dt.datetime) -> str:
        """The state as the clock says it: closed from the deadline on, before the closing is written."""
        if self.state == ConsultationState.PUBLISHED and self.closes_at is not None and now >= self.closes_at:
            return ConsultationState.CLOSED
        return self.state

    @property
    def is_public(self) -> bool:
        """Whether everybody reads it, once it is published."""
        return self.access in PUBLIC_ACCESS

    @property
    def is_restricted(self) -> bool:
        return self.access == Access.RESTRICTED

    def takes_candidates_at(self, now: dt.datetime) -> bool:
        called = self.state == ConsultationState.CANDIDATURES
        return called and self.candidatures_until is not None and now < self.candidatures_until

    def may_change_at(self, now: dt.datetime) -> bool:
        """Whether suppliers may still apply, or answer: what changes, and what is answered, comes before."""
        return self.takes_candidates_at(now) or self.phase_at(now) == ConsultationState.PUBLISHED

    def takes_questions_at(self, now: dt.datetime) -> bool:
        early = self.questions_until is not None and now < self.questions_until
        return early and self.may_change_at(now)

    def candidatures_over_at(self, now: dt.datetime) -> bool:
        """Whether candidatures may be read: the last instant to apply is past."""
        return self.candidatures_until is not None and now >= self.candidatures_until

    @property
    def takes_candidates(self) -> bool:
        return self.takes_candidates_at(timezone.now())

    @property
    def phase(self) -> str:
        return self.phase_at(timezone.now())

    @property
    def is_open(self) -> bool:
        return self.phase == ConsultationState.PUBLISHED

    @property
    def formula(self) -> Formula:
        return FORMULAS[self.price_formula]

    @property
    def is_opened(self) -> bool:
        """Whether names and numbers of responses may be shown."""
        return self.opened_at is not None


class ConsultationLot(models.Model):
    """A part of the purchase; a response is about one. There is always at least one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField("numéro")
    title = models.CharField("objet", max_length=160)
    description = models.TextField("description", max_length=MOST_TEXT, blank=True)

    class Meta:
        ordering = ("consultation", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "number"),
                name="consultation_lot_number",
                violation_error_message="Deux lots portent le même numéro.",
            ),
            models.CheckConstraint(
                name="consultation_lot_from_one",
                condition=Q(number__gte=1),
                violation_error_message="Les lots se numérotent à partir de 1.",
            ),
        )

    def __str__(self) -> str:
        return f"Lot {self.number} : {self.title}"

    @property
    def prices_caption(self) -> str:
        """Apart from those of the other lots of a page, for who reads it by its regions."""
        return f"Postes de prix du lot {self.number}"

    @property
    def ranking_caption(self) -> str:
        return f"Classement du lot {self.number}"

    @property
    def responses_caption(self) -> str:
        return f"Réponses au lot {self.number}"


class ConsultationInvitation(models.Model):
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="invitations")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("supplier__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "supplier"),
                name="consultation_invited_once",
                violation_error_message="Ce fournisseur est déjà invité.",
            ),
        )

    def __str__(self) -> str:
        return str(self.supplier)
