"""The pages of django-allauth under French addresses; their names are those allauth looks up."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

urlpatterns = [
    path("connexion/", account.login, name="account_login"),
    path("connexion/code/", mfa.authenticate, name="mfa_authenticate"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("inscription/", account.signup, name="account_signup"),
    path(
        "inscription/confirmation/", account.email_verification_sent, name="account_email_verification_sent"
    ),
    re_path(
        r"^inscription/confirmation/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"
    ),
    path("mot-de-passe/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/envoye/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/enregistre/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("compte/ferme/", account.account_inactive, name="account_inactive"),
    path("compte/confirmer/", account.reauthenticate, name="account_reauthenticate"),
    path("compte/adresse/", account.email, name="account_email"),
    path("compte/mot-de-passe/", account.password_change, name="account_change_password"),
    path("compte/mot-de-passe/choisir/", account.password_set, name="account_set_password"),
    path("compte/double-authentification/", mfa.index, name="mfa_index"),
    path("compte/double-authentification/confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("compte/double-authentification/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("compte/double-authentification/arreter/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("compte/double-authentification/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "compte/double-authentification/codes/nouveaux/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "compte/double-authentification/codes/telecharger/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
