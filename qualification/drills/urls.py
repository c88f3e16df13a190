"""Addresses of the drills, included in those of qualification (same namespace)."""

from django.urls import path, register_converter

from qualification.drills import views


class DrillNumber:
    regex = r"EXC-\d{4}-\d{4,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DrillNumber, "drill")

urlpatterns = [
    path("controles/<int:number>/exercices/", views.drills, name="security_drills"),
    path("controles/<int:number>/exercices/nouveau/", views.announce, name="announce_drill"),
    path("exercices/<drill:number>/", views.show, name="security_drill"),
    path("exercices/<drill:number>/annuler/", views.cancel, name="cancel_drill"),
    path("exercices/reponse/<str:token>/", views.answer, name="answer_drill"),
]
