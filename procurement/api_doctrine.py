"""The doctrine without an account: facts in, obligations out, nothing stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.errors import RuleBroken
from procurement.doctrine import assess
from procurement.doctrine.rule_sets import GENERAL_LAW, RuleSet, rule_sets_on
from procurement.doctrine_releases import rule_set_as_dict
from procurement.facts import agreeing, facts_from_json
from procurement.serializers import DoctrineInput, DoctrineOutput, RulesOutput

# Kept, as a list keeps the serializer of its items: making its fields again costs more than the assessment.
INPUT = DoctrineInput()


class DoctrineAssessmentViewSet(viewsets.ViewSet):
    public = ("create",)
    stores_nothing = True

    @extend_schema(request=DoctrineInput, responses={200: DoctrineOutput}, operation_id="doctrine_assess")
    def create(self, request: Request) -> Response:
        """Les obligations, avec leur raison et leur texte. Sans compte, rien n’est enregistré."""
        facts = dict(INPUT.run_validation(request.data))
        day = facts.pop("date", None) or timezone.localdate()
        return Response(assess(facts_from_json(agreeing(facts)), day).as_dict())


class DoctrineRuleViewSet(viewsets.ViewSet):
    public = True

    @extend_schema(
        parameters=[OpenApiParameter("date", dt.date, description="Aujourd’hui si elle manque.")],
        responses=RulesOutput,
        operation_id="doctrine_rules",
    )
    def list(self, request: Request) -> Response:
        """Les règles des textes en vigueur à une date, et le droit commun qu’elles rappellent."""
        day = _day(request)
        rule_sets = rule_sets_on(day)
        rules = [rule for rule_set in rule_sets for rule in _rules(rule_set)]
        named = ("code", "title", "in_force_from", "sha256")
        return Response(
            {
                "date": day.isoformat(),
                "count": len(rules),
                "next": None,
                "previous": None,
                "results": rules,
                "rule_sets": [
                    {name: value for name, value in rule_set_as_dict(s).items() if name in named}
                    for s in rule_sets
                    if s.kind != GENERAL_LAW
                ],
            }
        )


def _rules(rule_set: RuleSet) -> list[dict[str, Any]]:
    return [{**rule, "rule_set": rule_set.code} for rule in rule_set_as_dict(rule_set)["rules"]]


def _day(request: Request) -> dt.date:
    text = request.query_params.get("date", "")
    if not text:
        return timezone.localdate()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise RuleBroken("bad_date", "Donnez une date comme « 2026-11-22 ».", field="date") from error
