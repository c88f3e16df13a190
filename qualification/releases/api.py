"""/api/v1/gaiax/releases/ and release-trials/: official releases, what one would change, its use."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.serializers import ReasonInput, StrictSerializer
from marketplace.rest.viewsets import MarketViewSet, ReadViewSet, SerializerClass
from qualification.enums import Verdict
from qualification.models import GaiaxRelease, ReleaseTrial, ReleaseUse
from qualification.releases import choosing
from qualification.releases.abilities import releases_abilities
from qualification.releases.books import current_pk
from qualification.releases.reading import HEAVY, light, trials_shown
from qualification.releases.trials import Change, ask_trial, outcome_of


class ReleaseSerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    edition = serializers.CharField()
    source = serializers.CharField()
    sha256 = serializers.CharField(help_text="De l’archive, ou de la liste des fichiers d’un dossier.")
    loaded_at = serializers.DateTimeField()
    loaded_by = serializers.CharField(
        source="loaded_by.full_name", allow_null=True, default=None, help_text="Nul : en ligne de commande."
    )
    in_force = serializers.SerializerMethodField()
    contexts = serializers.ListField(source="summary.contexts", child=serializers.URLField())
    types = serializers.DictField(
        source="summary.types",
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Types décrits, par génération (« tagus », « loire »).",
    )
    anchors = serializers.ListField(source="summary.anchors", child=serializers.DictField())

    def get_in_force(self, release: GaiaxRelease) -> bool:
        return bool(release.pk == self.context["current"])


class ReleaseViewSet(ReadViewSet):
    """Official Gaia-X releases that were loaded; none in force: the project's own shapes judge."""

    about = "les versions officielles de Gaia-X"
    queryset = GaiaxRelease.objects.order_by("-loaded_at", "-pk")
    serializer_class = ReleaseSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().defer(*HEAVY).select_related("loaded_by")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "current": current_pk()}


class CheckChangeSerializer(StrictSerializer):
    check = serializers.CharField()
    before = serializers.ChoiceField(choices=Verdict.choices)
    after = serializers.ChoiceField(choices=Verdict.choices)
    message = serializers.CharField(allow_blank=True)


class VerdictChangeSerializer(StrictSerializer):
    offer = serializers.UUIDField(source="offer.uuid")
    offer_name = serializers.CharField(source="offer.name")
    before = serializers.ChoiceField(choices=Verdict.choices)
    after = serializers.ChoiceField(choices=Verdict.choices)
    checks = serializers.SerializerMethodField()

    @extend_schema_field(CheckChangeSerializer(many=True))
    def get_checks(self, change: Change) -> list[dict[str, str]]:
        names = ("check", "before", "after", "message")
        return [dict(zip(names, each, strict=True)) for each in change.moved]


class TrialSerializer(StrictSerializer):
    id = serializers.UUIDField()
    release = serializers.UUIDField(allow_null=True, help_text="Nul : les formes du projet.")
    compared_with = serializers.UUIDField(allow_null=True)
    asked_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=("pending", "done"))
    judged = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Présentations rattachées.")
    changes = VerdictChangeSerializer(many=True)
    applied_at = serializers.DateTimeField(allow_null=True)


class TrialInput(StrictSerializer):
    release = serializers.UUIDField(allow_null=True, help_text="Nul : revenir aux formes du projet.")


class ReleaseTrialViewSet(MarketViewSet):
    """What another release would change for the presentations attached to offers, before it judges."""

    about = "les aperçus de versions Gaia-X"
    queryset = ReleaseTrial.objects.order_by("-pk")
    serializer_class = TrialSerializer
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": TrialInput, "apply": ReasonInput}

    def get_queryset(self) -> QuerySet[Any]:
        visible = super().get_queryset()
        return trials_shown().filter(pk__in=visible.values("pk"))

    @extend_schema(request=TrialInput, responses={201: TrialSerializer})
    @once
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Demander l’aperçu d’une version : des tâches jugent chaque présentation deux fois"""
        require(releases_abilities(self.actor), "choose")
        asked = self.read_input("create")["release"]
        found = light().filter(uuid=asked).first() if asked is not None else None
        if asked is not None and found is None:
            raise NotVisible("release_not_found", "Cette version n’a pas été chargée.")
        made = ask_trial(found, actor=self.actor)
        headers = {"Location": f"{request.path}{made.uuid}/", "Retry-After": "5"}
        return Response(self._said(made), status=201, headers=headers)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Lire un aperçu : les offres dont le résultat changerait"""
        return Response(self._said(self.get_object()))

    @extend_schema(request=ReasonInput, responses=TrialSerializer)
    @action(detail=True, methods=["post"])
    @once
    def apply(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mettre en vigueur la version de cet aperçu"""
        trial = self.get_object()
        require(releases_abilities(self.actor), "choose")
        choosing.apply(trial, actor=self.actor, **self.read_input("apply"))
        return Response(self._said(trial))

    def _said(self, trial: ReleaseTrial) -> dict[str, Any]:
        outcome = outcome_of(trial)
        use = ReleaseUse.objects.filter(trial=trial).first()
        said = {
            "id": trial.uuid,
            "release": trial.release.uuid if trial.release is not None else None,
            "compared_with": trial.compared_with.uuid if trial.compared_with is not None else None,
            "asked_at": trial.asked_at,
            "state": "done" if outcome.is_over else "pending",
            "judged": outcome.judged,
            "total": outcome.total,
            "changes": outcome.changes,
            "applied_at": use.since if use is not None else None,
        }
        return dict(TrialSerializer(said).data)


ROUTES = [
    ("gaiax/releases", ReleaseViewSet, "gaiax-release"),
    ("gaiax/release-trials", ReleaseTrialViewSet, "gaiax-release-trial"),
]
