"""A document for people and archives: PDF/A-3a and PDF/UA-1, in French, from words already formatted."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.conf import settings

from marketplace.documents.fonts import families, font_paths
from marketplace.ui.typography import UNKNOWN

_SHEET = Path(__file__).with_name("sheet.typ")
Rows = list[dict[str, str]]


def compile_pdf(template: Path, data: dict[str, Any], *, when: dt.datetime) -> bytes:
    """The template's PDF; the same data and ``when`` (aware, to the second) give the same words.

    ``data`` holds ``title``, ``author``, ``description`` and what the template reads; brand and faces
    are added here. The template begins with ``#import "sheet.typ": *`` and ``#show: sheet``.
    """
    import typst  # 81 MB of library: only a process that prints pays for it

    brand = f"{settings.BRAND_TOP} — {settings.SERVICE_NAME}"
    words = json.dumps({"brand": brand, "fonts": families(), **data}, ensure_ascii=False)
    return bytes(
        typst.compile(
            {"main.typ": template.read_bytes(), "sheet.typ": _SHEET.read_bytes()},
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            ignore_system_fonts=True,
            font_paths=font_paths(),
            sys_inputs={"data": words},
            timestamp=when.astimezone(dt.UTC).replace(microsecond=0),
        )
    )


def row(label: str, value: str) -> dict[str, str]:
    """One line « label : value »; what is not known is said."""
    return {"label": label, "value": value or UNKNOWN}
