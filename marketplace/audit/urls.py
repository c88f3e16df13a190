from django.urls import path

from marketplace.audit import views

app_name = "audit"

urlpatterns = [
    path("pilotage/journal/", views.journal, name="journal"),
    path("pilotage/journal/export.csv", views.export, name="export"),
]
