"""Addresses of evaluations, included in those of procurement (same namespace), before `<words>/`."""

from django.urls import path

from procurement.consultations.urls import ONE
from procurement.evaluation.views import acts, clarifications, show

HERE = f"{ONE}evaluation/"

urlpatterns = [
    path(HERE, show.show, name="evaluation"),
    path(f"{HERE}commencer/", acts.begin, name="evaluation_begin"),
    path(f"{HERE}comparaison/", show.compare, name="evaluation_compare"),
    path(f"{HERE}personnes/", acts.name, name="evaluation_people"),
    path(f"{HERE}liens/", acts.declare, name="evaluation_interest"),
    path(f"{HERE}notes/<int:position>/", acts.mark, name="evaluation_mark"),
    path(f"{HERE}notes-retenues/<int:position>/", acts.agree, name="evaluation_agree"),
    path(f"{HERE}reponses/<uuid:uuid>/preciser/", acts.clarify, name="evaluation_clarify"),
    path(f"{HERE}reponses/<uuid:uuid>/ecarter/", acts.set_aside, name="evaluation_set_aside"),
    path(f"{HERE}<slug:words>/", acts.act, name="evaluation_act"),
    path(f"{ONE}precisions/<uuid:uuid>/", clarifications.show, name="clarification"),
]
