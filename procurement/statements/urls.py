"""Addresses of the usage statements, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.statements import views

urlpatterns = [
    path("contrats/<slug:number>/releves/", views.statements, name="statements"),
    path("contrats/<slug:number>/releves/ecrire/", views.statement_write, name="statement_write"),
    path("releves/<slug:number>/", views.statement_page, name="statement"),
    path("releves/<slug:number>/modifier/", views.statement_edit, name="statement_edit"),
    path("releves/<slug:number>/fichier/", views.statement_file, name="statement_file"),
    path("releves/<slug:number>/document/", views.statement_document, name="statement_document"),
    path("releves/<slug:number>/corriger/", views.statement_correct, name="statement_correct"),
    path("releves/<slug:number>/<slug:slug>/", views.statement_move, name="statement_move"),
]
