"""Addresses of leaving and of securing, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.exit import views, views_checklist

urlpatterns = [
    path("contrats/<slug:number>/reversibilite/", views.exits, name="exits"),
    path("contrats/<slug:number>/reversibilite/ouvrir/", views.exit_open, name="exit_open"),
    path("contrats/<slug:number>/reexamens/<uuid:uuid>/remplacer/", views.moving, name="review_moving"),
    path("contrats/<slug:number>/securite/", views_checklist.checklist, name="security_checklist"),
    path("contrats/<slug:number>/securite/<slug:code>/", views_checklist.answer_item, name="security_check"),
    path("reversibilite/<slug:number>/", views.exit_plan, name="exit_plan"),
    path("reversibilite/<slug:number>/certificat/", views.certificate, name="exit_certificate"),
    path("reversibilite/<slug:number>/exports/<uuid:uuid>/", views.receive, name="exit_receive"),
    path("reversibilite/<slug:number>/<slug:slug>/", views.exit_act, name="exit_act"),
]
