from django.db import models


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", "Facture"
    CREDIT_NOTE = "credit_note", "Avoir"


class InvoiceState(models.TextChoices):
    RECEIVED = "received", "Reçue"
    MATCHED = "matched", "Rapprochée"
    DISPUTED = "disputed", "En litige"
    ACCEPTED = "accepted", "Acceptée, à payer"
    PAID = "paid", "Payée"
    REJECTED = "rejected", "Rejetée"
    CANCELLED = "cancelled", "Annulée par avoir"
    CREDITED = "credited", "Avoir déduit"


class InvoiceFormat(models.TextChoices):
    FACTUR_X = "factur_x", "Factur-X"
    UBL = "ubl", "UBL 2.1"
    CII = "cii", "CII"
    TYPED = "typed", "Saisie"


class DisputeCause(models.TextChoices):
    REASON = "reason", "Motif de l’administration"
    PDF_DIFFERS = "pdf_differs", "Le PDF diffère de son XML"


class DisputeEnd(models.TextChoices):
    """Blank: still open."""

    ANSWERED = "answered", "Réponse du fournisseur"
    LIFTED = "lifted", "Levé par l’administration"


# What may still be paid, disputed or credited.
OPEN_STATES = (
    InvoiceState.RECEIVED,
    InvoiceState.MATCHED,
    InvoiceState.DISPUTED,
    InvoiceState.ACCEPTED,
)
# What counts against the order: not what was rejected, nor what an avoir cancelled with that avoir.
BILLED_STATES = (*OPEN_STATES, InvoiceState.PAID, InvoiceState.CANCELLED, InvoiceState.CREDITED)
