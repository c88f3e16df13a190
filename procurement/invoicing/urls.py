"""Addresses of the invoices, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.invoicing.views import acts, reading, sending

urlpatterns = [
    path("contrats/<slug:number>/factures/deposer/", sending.invoice_send, name="invoice_send"),
    path("contrats/<slug:number>/factures/saisir/", sending.invoice_type, name="invoice_type"),
    path("factures/", reading.invoice_list, name="invoices"),
    path("factures/<slug:number>/", reading.invoice_page, name="invoice"),
    path("factures/<slug:number>/document/", reading.invoice_document, name="invoice_document"),
    path("factures/<slug:number>/<slug:slug>/", acts.invoice_act, name="invoice_act"),
]
