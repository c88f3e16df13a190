from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.enums import ServiceModel
from marketplace.accounts.models import Organisation, User
from marketplace.errors import NotVisible
from marketplace.workflow import Stateful, state_constraint
from procurement import states
from procurement.enums import OPEN_PROJECTS, Criticality, Hosting, ProjectKind, ProjectState
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models.assessment import Assessment

# What a person may write; the rest moves by itself.
EDITABLE = (
    "title",
    "description",
    "project_kind",
    "hosting",
    "service_models",
    "full_cost_eur_ht",
    "cpv",
    "starts_on",
    "ends_on",
    "users",
    "categories",
    "criticality",
    "least_zones",
    "interoperability",
    "exit_plan",
    "exit_provision_eur_ht",
    "portability",
    "equivalents",
)
MOST_ZONES = 20
MOST_WORDS = 3000


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members of the administration who hold a role in it; the auditor reads all."""
        return of_project(self, actor, organisation="organisation")

    def open(self) -> Self:
        return self.filter(state__in=OPEN_PROJECTS)

    def for_lists(self) -> Self:
        return self.select_related("organisation", "created_by")

    def named(self, uuid: uuid.UUID, *, actor: Actor) -> Project:
        """With its organisation and its authors. Raises NotVisible."""
        found = self.visible_to(actor).for_lists().prefetch_related("authors").filter(uuid=uuid).first()
        if found is None:
            raise NotVisible("project_not_found", "Ce projet n’existe pas ou n’est pas visible pour vous.")
        return found

    def written_by(self, user: User) -> Self:
        return self.filter(authors=user)


class Project(Stateful):
    """A need of an administration, from its description to its contract. None is « not given »."""

    MOVES = states.PROJECT

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=ProjectState.choices, default=ProjectState.DRAFT, db_index=True
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="projects")
    title = models.CharField("objet", max_length=160)
    description = models.TextField("besoin", max_length=5000, blank=True)
    project_kind = models.CharField("nature du projet", max_length=20, choices=ProjectKind, blank=True)
    hosting = models.CharField("hébergement envisagé", max_length=20, choices=Hosting, blank=True)
    service_models = ArrayField(
        models.CharField(max_length=20, choices=ServiceModel),
        verbose_name="modèles de service recherchés",
        null=True,
        blank=True,
    )
    full_cost_eur_ht = models.DecimalField(
        "coût complet HT", max_digits=14, decimal_places=2, null=True, blank=True
    )
    # Eight digits, without the check digit; blank is not given. A hint of which needs are alike.
    cpv = models.CharField("code CPV", max_length=8, blank=True, db_index=True)
    starts_on = models.DateField("début souhaité", null=True, blank=True)
    ends_on = models.DateField("fin prévue", null=True, blank=True)
    users = models.TextField("utilisateurs", max_length=MOST_WORDS, blank=True)
    # Codes of categories of the catalogue: what is sought is for.
    categories = ArrayField(
        models.SlugField(max_length=60), verbose_name="catégories recherchées", null=True, blank=True
    )
    criticality = models.CharField("criticité", max_length=10, choices=Criticality, blank=True)
    # R5: geographic zones, of one offer or of several.
    least_zones = models.PositiveSmallIntegerField("zones géographiques au moins", null=True, blank=True)
    interoperability = models.TextField("interopérabilité", max_length=MOST_WORDS, blank=True)
    # R4: how one leaves, and what is set aside for it from the start.
    exit_plan = models.TextField("sortie", max_length=MOST_WORDS, blank=True)
    exit_provision_eur_ht = models.DecimalField(
        "provision pour la sortie HT", max_digits=14, decimal_places=2, null=True, blank=True
    )
    portability = models.TextField("portabilité", max_length=MOST_WORDS, blank=True)
    equivalents = models.TextField("équivalents cherchés", max_length=MOST_WORDS, blank=True)
    # None: made by a machine of the administration.
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    authors = models.ManyToManyField(User, related_name="written_projects", blank=True)
    closing_reason = models.CharField("motif", max_length=2000, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            state_constraint("project_state", ProjectState.values),
            models.CheckConstraint(
                name="project_period",
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="La date de fin précède le début. Choisissez une date postérieure.",
            ),
            models.CheckConstraint(
                name="project_cost_positive",
                condition=models.Q(full_cost_eur_ht__isnull=True) | models.Q(full_cost_eur_ht__gte=0),
                violation_error_message="Le coût complet ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                name="project_cpv_eight_digits",
                condition=models.Q(cpv="") | models.Q(cpv__regex=r"^[0-9]{8}$"),
                violation_error_message="Un code CPV compte 8 chiffres, comme 72416000.",
            ),
            models.CheckConstraint(
                name="project_exit_provision_positive",
                condition=models.Q(exit_provision_eur_ht__isnull=True)
                | models.Q(exit_provision_eur_ht__gte=0),
                violation_error_message="La provision pour la sortie ne peut pas être négative.",
            ),
            models.CheckConstraint(
                name="project_zones",
                condition=models.Q(least_zones__isnull=True) | models.Q(least_zones__range=(1, MOST_ZONES)),
                violation_error_message="Demandez de 1 à 20 zones.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:project", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    def is_author(self, user: User | None) -> bool:
        """One query unless the authors were prefetched."""
        return user is not None and any(author.pk == user.pk for author in self.authors.all())

    def current_assessment(self) -> Assessment | None:
        """The newest one, decided or not."""
        return self.assessments.order_by("-number").first()

    def decided_assessment(self) -> Assessment | None:
        """The one whose decision is in force."""
        return self.assessments.decided().first()

    # One method a move

    def assess(self, *, actor: Actor, reason: str = "") -> Self:
        return self.perform("assess", actor=actor, reason=reason)

    def source(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform("source", actor=actor, expected_version=expected_version)

    def buy(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform("buy", actor=actor, expected_version=expected_version)

    def run(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform("run", actor=actor, expected_version=expected_version)

    def close(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform("close", actor=actor, expected_version=expected_version)

    def abandon(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        def keep_reason(row: Project) -> None:
            row.closing_reason = reason

        return self.perform(
            "abandon", actor=actor, reason=reason, expected_version=expected_version, apply=keep_reason
        )

    def edit(self, *, actor: Actor, expected_version: int | None = None, **values: Any) -> Self:
        """Raises TypeError on a name outside EDITABLE, VersionStale."""
        unknown = values.keys() - set(EDITABLE)
        if unknown:
            raise TypeError(f"not editable: {sorted(unknown)}")

        def write(row: Project) -> None:
            for name, value in values.items():
                setattr(row, name, value)

        return self.touch(
            "edit",
            actor=actor,
            expected_version=expected_version,
            apply=write,
            detail={"fields": sorted(values)},
        )
