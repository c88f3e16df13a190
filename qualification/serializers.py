"""What the API says of dossiers and checks, and what their moves take."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.serializers_documents import SCAN_HELP
from marketplace.files.models import ScanState
from marketplace.health.models import QueuePause
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from qualification.checks import CHECKS
from qualification.enums import DisputeEffect, FindingSeverity, FindingVerdict, ListingOutcome
from qualification.models import CheckRun, Dispute, Dossier

NO_INTEREST = (
    "Vrai : je déclare n’avoir aucun lien avec ce fournisseur. Nécessaire, sauf déclaration déjà faite par "
    "« declare_interest »."
)


class ClockSerializer(StrictSerializer):
    used = serializers.IntegerField(help_text="Jours ouvrés comptés.")
    left = serializers.IntegerField(help_text="Négatif quand le dossier est en retard.")
    limit = serializers.IntegerField()
    paused_since = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)


class ChecksPauseSerializer(StrictSerializer):
    queue = serializers.ChoiceField(choices=["checks", "fetch"])
    since = serializers.DateTimeField(source="paused_at")
    reason = serializers.CharField()


class DossierSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)
    offer_version = serializers.IntegerField(source="offer_version.number", read_only=True, allow_null=True)
    officer = serializers.CharField(source="officer.full_name", read_only=True, allow_null=True)
    clock = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField(help_text="Les actes que l’état permet.")
    checks_paused = serializers.SerializerMethodField(
        help_text="Les files en pause où attendent des contrôles de ce dossier ; ils reprendront d’eux-mêmes."
    )

    class Meta:
        model = Dossier
        fields = (
            "id", "number", "state", "version", "offer", "offer_name", "organisation", "offer_version",
            "round", "officer", "outcome", "submitted_at", "queue_since", "decided_at", "appeal_until",
            "clock", "moves", "checks_paused",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ChecksPauseSerializer(many=True))
    def get_checks_paused(self, dossier: Dossier) -> Any:
        queues = {CHECKS[run.check_code].queue for run in dossier.due_runs}
        paused = [pause for pause in self._pauses if pause.queue in queues] if queues else []
        return ChecksPauseSerializer(paused, many=True).data

    @cached_property
    def _pauses(self) -> list[QueuePause]:
        """One query an answer, whatever the number of dossiers."""
        return list(QueuePause.objects.open())

    @extend_schema_field(ClockSerializer(allow_null=True))
    def get_clock(self, dossier: Dossier) -> Any:
        clock = dossier.clock()
        return ClockSerializer(clock).data if clock else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_moves(self, dossier: Dossier) -> list[str]:
        return [move.name for move in dossier.available_moves()]


class NewDossierInput(StrictSerializer):
    offer = serializers.UUIDField(help_text="L’identifiant de l’offre.")


class FindingInput(StrictSerializer):
    requirement = serializers.CharField(max_length=40)
    verdict = serializers.ChoiceField(choices=FindingVerdict.choices)
    severity = serializers.ChoiceField(
        choices=FindingSeverity.choices,
        required=False,
        allow_blank=True,
        help_text="Nécessaire pour un constat non conforme.",
    )
    observation = serializers.CharField(max_length=4000)
    evidence = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    remedy = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class FindingLineSerializer(StrictSerializer):
    requirement = serializers.CharField(source="requirement.code")
    title = serializers.CharField(source="requirement.title")
    rule = serializers.CharField(source="requirement.rule")
    checks = serializers.SerializerMethodField(help_text="Le dernier passage de chaque contrôle.")
    verdict = serializers.CharField(
        source="finding.verdict", allow_null=True, default=None, help_text="null : pas encore jugée."
    )
    severity = serializers.CharField(source="finding.severity", allow_null=True, default=None)
    observation = serializers.CharField(source="finding.observation", allow_null=True, default=None)
    evidence = serializers.CharField(source="finding.evidence", allow_null=True, default=None)
    remedy = serializers.CharField(source="finding.remedy", allow_null=True, default=None)
    round = serializers.IntegerField(source="finding.round", allow_null=True, default=None)
    recorded_at = serializers.DateTimeField(source="finding.recorded_at", allow_null=True, default=None)
    stands = serializers.BooleanField(help_text="Faux : rouverte par une correction, à juger de nouveau.")

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_checks(self, line: Any) -> list[Any]:
        return [run.uuid for run in line.runs]


class ProposalInput(StrictSerializer):
    outcome = serializers.ChoiceField(choices=ListingOutcome.choices)
    reasons = serializers.CharField(max_length=6000)
    reserves = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class DecisionInput(ProposalInput):
    hearing = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    no_interest = serializers.BooleanField(default=False, help_text=NO_INTEREST)


class TakeInput(StrictSerializer):
    no_interest = serializers.BooleanField(default=False, help_text=NO_INTEREST)


class InterestInput(StrictSerializer):
    has_interest = serializers.BooleanField()
    statement = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class CheckRunSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    dossier = serializers.UUIDField(source="dossier.uuid", read_only=True)
    status = serializers.CharField(source="lease_state", read_only=True, help_text="due, running, done, dead")
    title = serializers.CharField(read_only=True)
    dispute_before = serializers.DateField(
        read_only=True, allow_null=True, help_text="Se conteste avant ce jour ; vide : rien à contester."
    )
    carried_from = serializers.UUIDField(
        source="carried_from.uuid",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Repris de ce passage : rien de ce que le contrôle lit n’a changé.",
    )
    dispute = serializers.UUIDField(source="contested.uuid", read_only=True, allow_null=True, default=None)
    thinned_before = serializers.IntegerField(
        read_only=True,
        help_text="Résultats identiques à celui-ci et au précédent, qui ne sont plus gardés entre les deux.",
    )

    class Meta:
        model = CheckRun
        fields = (
            "id", "dossier", "check_code", "title", "run_number", "round", "trigger", "status", "verdict",
            "message", "remedy", "rule", "evidence", "input_hash", "check_version", "duration_ms",
            "created_at", "done_at", "carried_from", "dispute_before", "dispute", "thinned_before",
        )  # fmt: skip
        read_only_fields = fields


class DisputeInput(StrictSerializer):
    check = serializers.UUIDField(help_text="L’identifiant du passage de contrôle contesté.")
    reason = serializers.CharField(max_length=4000)


class UpholdInput(StrictSerializer):
    effect = serializers.ChoiceField(choices=DisputeEffect.choices)
    reason = serializers.CharField(max_length=4000)


class DisputeSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    dossier = serializers.UUIDField(source="dossier.uuid", read_only=True)
    check = serializers.UUIDField(source="check_run.uuid", read_only=True)
    check_code = serializers.CharField(source="check_run.check_code", read_only=True)
    reason = serializers.CharField(source="grounds", read_only=True)
    file_name = serializers.CharField(source="file.name", read_only=True, allow_null=True, default=None)
    file_scan = serializers.ChoiceField(
        source="file.scan_state",
        choices=ScanState.choices,
        read_only=True,
        allow_null=True,
        default=None,
        help_text=SCAN_HELP,
    )
    answered_by = serializers.CharField(
        source="answered_by.full_name", read_only=True, allow_null=True, default=None
    )
    moves = serializers.SerializerMethodField(help_text="Les actes que l’état permet.")

    class Meta:
        model = Dispute
        fields = (
            "id", "number", "state", "version", "dossier", "check", "check_code", "reason", "file_name",
            "file_scan", "lodged_at", "effect", "answer", "answered_by", "answered_at", "moves",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_moves(self, dispute: Dispute) -> list[str]:
        return [move.name for move in dispute.available_moves()]
