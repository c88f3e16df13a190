"""Addresses of the budgets, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.budgets import views

urlpatterns = [
    path("budgets/", views.budget_list, name="budgets"),
    path("budgets/creer/", views.budget_create, name="budget_create"),
    path("budgets/<slug:number>/", views.budget_page, name="budget"),
    path("budgets/<slug:number>/modifier/", views.budget_edit, name="budget_edit"),
    path("budgets/<slug:number>/<slug:slug>/", views.budget_move, name="budget_move"),
]
