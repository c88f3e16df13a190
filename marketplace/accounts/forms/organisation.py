from typing import Any

from django import forms

from marketplace.accounts.actions.members import RoleTerms
from marketplace.accounts.actions.organisations import Identity
from marketplace.accounts.enums import (
    BUYER_KINDS,
    DELEGATED_ROLES,
    IdentifierScheme,
    OrganisationKind,
    roles_of_kind,
)
from marketplace.accounts.forms.account import role_choices
from marketplace.accounts.models import Organisation
from marketplace.tax_basis import TaxBasis
from marketplace.ui.forms import MarketForm, basis_choice
from marketplace.validators import identifier_error

SUPPLIER_SCHEMES = [scheme for scheme in IdentifierScheme if scheme != IdentifierScheme.SIRET]
BUYER_SCHEMES = [
    IdentifierScheme.SIRET,
    IdentifierScheme.TAHITI,
    IdentifierScheme.RIDET,
    IdentifierScheme.FRWF,
]


class IdentityForm(MarketForm):
    """Name and identifier; the kind comes from the page or from a field of a subclass."""

    name = forms.CharField(label="Nom de l’organisation", max_length=200)
    scheme = forms.ChoiceField(label="Type d’identifiant")
    identifier = forms.CharField(label="Identifiant", max_length=30)

    def clean_identifier(self) -> str:
        """People copy identifiers with spaces: they are taken out, except where they may count."""
        value = self.cleaned_data["identifier"].strip()
        if self.data.get(self.add_prefix("scheme")) == IdentifierScheme.OUTSIDE_EU:
            return value
        return value.replace(" ", "").replace("\u00a0", "").replace("\u202f", "").upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        scheme, value = cleaned.get("scheme"), cleaned.get("identifier")
        if scheme and value and (error := identifier_error(scheme, value)):
            self.add_error("identifier", error)
        return cleaned

    def identity(self, kind: str = "") -> Identity:
        data = self.cleaned_data
        return Identity(kind or data["kind"], data["name"], data["scheme"], data["identifier"])


class SupplierForm(IdentityForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [(s.value, s.label) for s in SUPPLIER_SCHEMES]
        self.fields["identifier"].help_text = "Pour une entreprise française, le SIREN à 9 chiffres."


class BuyerForm(IdentityForm):
    kind = forms.ChoiceField(
        label="Nature", choices=[(kind.value, kind.label) for kind in OrganisationKind if kind in BUYER_KINDS]
    )
    field_order = ["kind", "name", "scheme", "identifier"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [(s.value, s.label) for s in BUYER_SCHEMES]
        self.fields["identifier"].help_text = "Le SIRET à 14 chiffres de l’établissement qui achète."


class InvitationForm(MarketForm):
    email = forms.EmailField(
        label="Adresse électronique", max_length=254, help_text="L’invitation ne vaut que pour cette adresse."
    )
    roles = forms.MultipleChoiceField(
        label="Rôles",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Aucun\u00a0: la personne pourra lire, sans agir.",
    )

    def __init__(self, *args: Any, offered: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(offered - DELEGATED_ROLES)


class RoleForm(MarketForm):
    role = forms.ChoiceField(label="Rôle à donner")
    expires_on = forms.DateField(
        label="Jusqu’au",
        required=False,
        widget=forms.DateInput,
        help_text="Sans date, le rôle vaut jusqu’à son retrait.",
    )
    ceiling_eur = forms.DecimalField(
        label="Plafond, en euros",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="Demandé pour le rôle de valideur.",
    )
    ceiling_basis = basis_choice("Le plafond est exprimé", required=False)
    delegation_reference = forms.CharField(
        label="Référence de l’arrêté de délégation",
        required=False,
        max_length=200,
        help_text="Demandée pour le rôle de valideur.",
    )
    delegation_date = forms.DateField(
        label="Date de l’arrêté",
        required=False,
        widget=forms.DateInput,
        help_text="Demandée pour le rôle de valideur.",
    )

    def __init__(self, *args: Any, organisation: Organisation, held: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = roles_of_kind(organisation.kind) - held
        self.fields["role"].choices = role_choices(offered)
        if not offered & DELEGATED_ROLES:
            for name in ("ceiling_eur", "ceiling_basis", "delegation_reference", "delegation_date"):
                del self.fields[name]

    def terms(self) -> RoleTerms:
        data = self.cleaned_data
        return RoleTerms(
            expires_on=data["expires_on"],
            ceiling_eur=data.get("ceiling_eur"),
            ceiling_basis=data.get("ceiling_basis") or TaxBasis.HT,
            delegation_reference=data.get("delegation_reference", ""),
            delegation_date=data.get("delegation_date"),
        )


class ReasonForm(MarketForm):
    reason = forms.CharField(label="Motif", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
