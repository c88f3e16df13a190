from django.db import models


class Category(models.Model):
    """What an offer is for. Rows come from the reference file, never from a form."""

    code = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label
