from tests.habits.matrix.rows import EVERYBODY, NOBODY, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "GET account_login": Row(EVERYBODY),
    "GET account_logout": Row(EVERYBODY),
    "GET account_signup": Row(EVERYBODY),
    "GET account_email_verification_sent": Row(EVERYBODY),
    "GET account_confirm_email": Row(EVERYBODY, lambda world: {"key": "inconnue"}),
    "GET account_reset_password": Row(EVERYBODY),
    "GET account_reset_password_done": Row(EVERYBODY),
    "GET account_reset_password_from_key_done": Row(EVERYBODY),
    "GET account_reset_password_from_key": Row(EVERYBODY, lambda world: {"uidb36": "1", "key": "inconnue"}),
    "GET account_inactive": Row(EVERYBODY),
    "GET account_reauthenticate": Row(SIGNED_IN),
    "GET account_email": Row(SIGNED_IN),
    "GET account_change_password": Row(SIGNED_IN),
    "GET account_set_password": Row(SIGNED_IN),
    "GET mfa_authenticate": Row(SIGNED_IN),
    "GET mfa_index": Row(SIGNED_IN),
    "GET mfa_reauthenticate": Row(SIGNED_IN),
    "GET mfa_activate_totp": Row(SIGNED_IN),
    # Nobody of the world has a second factor yet: there is nothing to stop or to show.
    "GET mfa_deactivate_totp": Row(NOBODY),
    "GET mfa_view_recovery_codes": Row(NOBODY),
    "GET mfa_generate_recovery_codes": Row(SIGNED_IN),
    "GET mfa_download_recovery_codes": Row(NOBODY),
}
