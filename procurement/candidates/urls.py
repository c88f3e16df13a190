"""Addresses of candidates, included in those of procurement (same namespace)."""

from django.urls import path, register_converter

from procurement.candidates.views import pages
from procurement.consultations.urls import ONE


class CandidateNumber:
    regex = r"CDT-\d{4}-\d{4,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CandidateNumber, "candidate")
CANDIDATE = "candidatures/<candidate:number>/"

urlpatterns = [
    path(f"{ONE}candidatures/", pages.index, name="candidates"),
    path(f"{ONE}candidater/", pages.apply, name="candidate_apply"),
    path(CANDIDATE, pages.show, name="candidate"),
    path(f"{CANDIDATE}pieces/<uuid:uuid>/", pages.paper, name="candidate_paper"),
    path(f"{CANDIDATE}<slug:words>/", pages.act, name="candidate_act"),
]
