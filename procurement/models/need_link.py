from django.db import models
from django.utils import timezone


class ProjectNeed(models.Model):
    """A missing need that a project reported or joined. Held here: other administrations, who read the
    need, never learn of the project."""

    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="missing_needs")
    need = models.ForeignKey("catalog.MissingNeed", models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["linked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "need"],
                name="project_need_once",
                violation_error_message="Ce projet porte déjà ce besoin.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project.number} – {self.need.number}"
