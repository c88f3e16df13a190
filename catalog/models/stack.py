from django.contrib.postgres.functions import RandomUUID
from django.db import models

from catalog.countries import place_words
from catalog.enums import StackLayer


class StackEdge(models.Model):
    """`offer` stands on `base` at one layer. Acyclic: written through `catalog.stack`, checked by a trigger.

    `inherits`: the offer's own marks rely on the base's (a composite qualification), so that a base lost
    undermines them. Never the other way: an offer on a qualified base is not qualified by it.
    `base` null: the base is known by name only and has no sheet.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.CASCADE, related_name="stack_edges")
    base = models.ForeignKey(
        "catalog.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="dependant_edges"
    )
    base_name = models.CharField(max_length=160, blank=True)
    layer = models.CharField(max_length=16, choices=StackLayer)
    region = models.CharField(max_length=60, blank=True)
    inherits = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("offer", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("offer", "base", "region"),
                condition=models.Q(base__isnull=False),
                name="stack_edge_unique",
                violation_error_message="Cette couche est déjà déclarée.",
            ),
            models.CheckConstraint(
                condition=~models.Q(offer=models.F("base")),
                name="stack_edge_not_itself",
                violation_error_message="Une offre ne repose pas sur elle-même.",
            ),
            models.CheckConstraint(
                condition=models.Q(base__isnull=True) ^ models.Q(base_name=""),
                name="stack_edge_base_or_name",
                violation_error_message="Choisissez une offre du catalogue, ou bien nommez l’hébergeur.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} → {self.base or self.base_name}"

    @property
    def region_words(self) -> str:
        """« Paris (France) »; empty when the region is not known."""
        return place_words(self.region) if self.region else ""
