"""`POST …/{id}/papers/`: a paper joined to an application, whatever it is to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.viewsets import MarketViewSet
from procurement.applications.serializers import ApplicationPaperInput, ApplicationPaperOutput


class ApplicationViewSet(MarketViewSet):
    """`refuse_papers(row)` raises MoveRefused when none may be joined now; `keep_paper` joins one."""

    parser_classes = (MultiPartParser, StrictJSONParser)
    refuse_papers: ClassVar[Callable[[Any], None]]
    keep_paper: ClassVar[Callable[..., Any]]

    @extend_schema(
        request={"multipart/form-data": ApplicationPaperInput}, responses={201: ApplicationPaperOutput}
    )
    @action(detail=True, methods=["post"], url_path="papers", parser_classes=[MultiPartParser])
    def add_paper(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Joindre une pièce, tant que la candidature en reçoit."""
        found, here = self.get_object(), type(self)
        self.allow(found, "add_paper")
        here.refuse_papers(found)
        made = here.keep_paper(found, actor=self.actor, **self.read_input("add_paper"))
        return Response(ApplicationPaperOutput(made).data, status=201)
