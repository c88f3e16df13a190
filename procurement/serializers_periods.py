"""What a line says of a period used in part."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}})
class PartsField(serializers.JSONField):
    """`[[12, 31]]`: the days (or months, as `prorata` says) counted, and those of the whole period."""

    def __init__(self) -> None:
        super().__init__(
            read_only=True,
            help_text="Périodes utilisées en partie : jours (ou mois) comptés, et ceux de toute la période.",
        )
