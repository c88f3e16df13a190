"""What allauth asks of us: the words, the second factor's secret, where to go after sign-in."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from marketplace.accounts.models import Membership
from marketplace.keys.envelope import decrypt, encrypt
from marketplace.notifications.outbox import send_to_address

MFA_CONTEXT = "mfa"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "L’adresse ou le mot de passe n’est pas le bon. "
        "Vérifiez les deux, puis réessayez.",
        "incorrect_password": "Ce n’est pas le bon mot de passe. Réessayez.",
        "incorrect_code": "Ce n’est pas le bon code. Saisissez celui qui s’affiche maintenant.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel. Réessayez.",
        "invalid_password_reset": "Ce lien ne fonctionne plus. Demandez-en un autre.",
        "rate_limited": "Trop d’essais. Réessayez dans quelques minutes.",
        "too_many_login_attempts": "Trop d’essais. Réessayez dans quelques minutes.",
        "duplicate_email": "Cette adresse est déjà la vôtre.",
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.full_name = form.cleaned_data.get("full_name", "")
        return super().save_user(request, user, form, commit=commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queued like every other message: the answer takes the same time whether an account exists."""
        send_to_address(email, template=template_prefix, context=context)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A person without any organisation is first led to join or declare one."""
        if not Membership.objects.active().filter(user=request.user).exists():
            return reverse("accounts:join")
        return super().get_login_redirect_url(request)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is no user name: the address is the identity."""


class MfaAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Ce n’est pas le bon code. Saisissez celui qui s’affiche maintenant.",
        "cannot_delete_authenticator": "Votre rôle impose la double authentification\u00a0: "
        "vous ne pouvez pas l’arrêter.",
        "unverified_email": "Confirmez d’abord votre adresse électronique.",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt(text.encode(), context=MFA_CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(base64.b64decode(encrypted_text), context=MFA_CONTEXT).decode()

    def get_totp_issuer(self) -> str:
        return str(settings.SERVICE_NAME)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        from marketplace.accounts.second_factor import second_factor_is_compulsory

        return not second_factor_is_compulsory(authenticator.user)
