"""The evidence file as an answer, in the format asked: one of a table's, or a PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from marketplace.documents.answers import FORMATS, table_answer
from qualification.coverage.evidence import EvidenceFile, evidence_pdf, evidence_table

PDF = "pdf"
KINDS = (PDF, *FORMATS)
NAME = "couverture"


def evidence_answer(file: EvidenceFile, *, kind: str) -> HttpResponseBase:
    """`kind` is one of KINDS."""
    if kind != PDF:
        return table_answer(evidence_table(file), format=FORMATS[kind], name=NAME)
    answer = HttpResponse(evidence_pdf(file, when=timezone.now()), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{NAME}.pdf"'
    return answer
