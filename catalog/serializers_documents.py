"""A file joined to an answer, in JSON: what it is, and what the antivirus says of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.actions.answer_files import file_questions
from marketplace.files.models import ScanState
from marketplace.rest.serializers import StrictSerializer

SCAN_HELP = (
    "unscanned : personne n’analyse ici ; waiting : donné à personne en attendant ; infected : refusé."
)


class AnswerFileSerializer(StrictSerializer):
    question = serializers.CharField(source="question.id")
    version = serializers.IntegerField(source="version.number", help_text="Numéro de la version lue.")
    id = serializers.UUIDField(source="stored.uuid")
    name = serializers.CharField(source="stored.name")
    media_type = serializers.CharField(source="stored.media_type", help_text="Lu dans le fichier.")
    size = serializers.IntegerField(source="stored.size", help_text="En octets.")
    sha256 = serializers.CharField(source="stored.sha256")
    joined_at = serializers.DateTimeField(source="stored.created_at")
    scan = serializers.ChoiceField(source="stored.scan_state", choices=ScanState.choices, help_text=SCAN_HELP)
    scan_reason = serializers.CharField(
        source="stored.scan_reason", help_text="Pourquoi le fichier est refusé ; vide s’il ne l’est pas."
    )
    scanned_at = serializers.DateTimeField(source="stored.scanned_at", allow_null=True)


class JoinFileInput(StrictSerializer):
    file = serializers.FileField(help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus.")

    def get_fields(self) -> dict[str, Any]:
        """The questions that take a file come from their files."""
        asked = [(question.id, question.label) for question in file_questions()]
        return {"question": serializers.ChoiceField(choices=asked), **super().get_fields()}
