import datetime as dt
from typing import Any

from django import forms

from marketplace.accounts.enums import Role
from marketplace.ui.forms import MarketForm

LIFETIMES = [
    ("1h", "Une heure"),
    ("1d", "Un jour"),
    ("30d", "30\u00a0jours"),
    ("90d", "90\u00a0jours"),
    ("365d", "Un an"),
]
DURATIONS = {
    "1h": dt.timedelta(hours=1),
    "1d": dt.timedelta(days=1),
    "30d": dt.timedelta(days=30),
    "90d": dt.timedelta(days=90),
    "365d": dt.timedelta(days=365),
}


def role_choices(roles: frozenset[str]) -> list[tuple[str, str]]:
    """In the order of the enumeration, which is that of the domain."""
    return [(role.value, role.label) for role in Role if role in roles]


class ProfileForm(MarketForm):
    full_name = forms.CharField(
        label="Prénom et nom", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class LifetimeForm(MarketForm):
    label = forms.CharField(
        label="À quoi sert ce jeton", max_length=100, help_text="Exemple\u00a0: export du tableau de bord"
    )
    lifetime = forms.ChoiceField(label="Durée", choices=LIFETIMES, initial="30d")

    def clean_lifetime(self) -> dt.timedelta:
        return DURATIONS[self.cleaned_data["lifetime"]]


class TokenForm(LifetimeForm):
    """``roles``: those held now; a token never has more."""

    scopes = forms.MultipleChoiceField(
        label="Rôles du jeton",
        widget=forms.CheckboxSelectMultiple,
        help_text="Un jeton n’a jamais plus que vos rôles.",
    )
    field_order = ["label", "scopes", "lifetime"]

    def __init__(self, *args: Any, roles: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = role_choices(roles)


class ServiceAccountForm(MarketForm):
    name = forms.CharField(
        label="Nom du compte de service",
        max_length=100,
        help_text="Exemple\u00a0: robot du catalogue interne",
    )
    roles = forms.MultipleChoiceField(
        label="Rôles",
        widget=forms.CheckboxSelectMultiple,
        help_text="Un compte de service ne donne pas d’avis, n’approuve pas et ne décide pas.",
    )

    def __init__(self, *args: Any, roles: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(roles)


class EraseForm(MarketForm):
    password = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError("Ce n’est pas votre mot de passe. Réessayez.")
        return self.cleaned_data["password"]
