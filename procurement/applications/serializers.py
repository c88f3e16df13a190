"""The API's words for an application, its papers and its withdrawal."""

from __future__ import annotations

from rest_framework import serializers

from marketplace.rest.serializers import StrictSerializer
from procurement.applications.enums import MOST_REASON, MOST_TEXT
from procurement.consultations.enums import Candidacy

FILE = "PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus."


class ApplicationInput(StrictSerializer):
    candidacy = serializers.ChoiceField(Candidacy.choices)
    not_excluded = serializers.BooleanField(help_text="true : dans aucun cas d’exclusion.")
    statement = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    file = serializers.FileField(help_text=f"DUME ou DC1. {FILE}")


class ApplicationWithdrawalInput(StrictSerializer):
    reason = serializers.CharField(max_length=MOST_REASON, required=False, allow_blank=True)


class ApplicationPaperInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    file = serializers.FileField(help_text=FILE)


class ApplicationPaperOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    title = serializers.CharField()
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    added_at = serializers.DateTimeField()
