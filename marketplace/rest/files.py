"""`GET …/{id}/<file>/`: a kept file, its bytes as they are."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer

from marketplace.rest.renderers import PdfRenderer


def file_endpoint(
    handler: Any = None, *, renderer: type[PdfRenderer] = PdfRenderer, parameters: Any = None
) -> Any:
    """For a method that answers `download_response`; refusals stay JSON."""

    def made(method: Any) -> Any:
        served = action(
            detail=True,
            methods=["get"],
            pagination_class=None,
            renderer_classes=[renderer, JSONRenderer],
            sparse=False,
        )(method)
        answers = {(200, renderer.media_type): OpenApiTypes.BINARY}
        return extend_schema(responses=answers, parameters=parameters, filters=False)(served)

    return made if handler is None else made(handler)
