"""The forms of allauth in our words and classes (settings ACCOUNT_FORMS, MFA_FORMS)."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.recovery_codes import forms as recovery_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms

from marketplace.ui.forms import MarketForm

LONG_ENOUGH = "12 caractères au moins, ni courant, ni proche de votre nom."


class EntranceForm(MarketForm):
    """Labels and hints by field name; no placeholder standing in for a label."""

    WORDS: dict[str, tuple[str, str]] = {
        "login": ("Adresse électronique", ""),
        "email": ("Adresse électronique", ""),
        "password": ("Mot de passe", ""),
        "password1": ("Mot de passe", LONG_ENOUGH),
        "password2": ("Mot de passe, une seconde fois", ""),
        "oldpassword": ("Mot de passe actuel", ""),
        "full_name": ("Prénom et nom", ""),
        "code": ("Code à 6 chiffres", "Votre application d’authentification l’affiche."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = self.WORDS.get(name, (field.label, field.help_text))
            field.widget.attrs.pop("placeholder", None)
            # The base names the field in this message before we have renamed it.
            field.error_messages["required"] = f"Répondez à «\u00a0{field.label}\u00a0»."
        # A bound field copies its label when it is made, and the base has made them all.
        self._bound_fields_cache.clear()


class SignInForm(EntranceForm, account_forms.LoginForm):
    pass


class SignUpForm(EntranceForm, account_forms.SignupForm):
    field_order = ["full_name", "email", "password1", "password2"]
    full_name = forms.CharField(max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    WORDS = {
        **EntranceForm.WORDS,
        "email": ("Adresse électronique professionnelle", "Exemple\u00a0: prenom.nom@ministere.example"),
    }


class ResetPasswordForm(EntranceForm, account_forms.ResetPasswordForm):
    pass


class NewPasswordForm(EntranceForm, account_forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(EntranceForm, account_forms.ChangePasswordForm):
    WORDS = {**EntranceForm.WORDS, "password1": ("Nouveau mot de passe", LONG_ENOUGH)}


class SetPasswordForm(EntranceForm, account_forms.SetPasswordForm):
    pass


class ChangeEmailForm(EntranceForm, account_forms.AddEmailForm):
    WORDS = {**EntranceForm.WORDS, "email": ("Nouvelle adresse électronique", "")}


class ReauthenticateForm(EntranceForm, account_forms.ReauthenticateForm):
    pass


class SecondFactorForm(EntranceForm, mfa_forms.AuthenticateForm):
    WORDS = {"code": ("Code", "Les 6 chiffres de votre application, ou un code de secours.")}


class SecondFactorAgainForm(EntranceForm, mfa_forms.ReauthenticateForm):
    WORDS = SecondFactorForm.WORDS


class ActivateTotpForm(EntranceForm, totp_forms.ActivateTOTPForm):
    pass


class DeactivateTotpForm(EntranceForm, totp_forms.DeactivateTOTPForm):
    pass


class RecoveryCodesForm(EntranceForm, recovery_forms.GenerateRecoveryCodesForm):
    pass
