from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "marketplace.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from marketplace.accounts.desk import FOLLOWED, desk_rows, desk_shortcuts
        from marketplace.accounts.session_length import begin
        from marketplace.ui.desk import register_desk
        from marketplace.ui.followed import follow, journal_rows

        user_logged_in.connect(begin, dispatch_uid="accounts.session_length")
        register_desk("accounts", desk_rows, shortcuts=desk_shortcuts)
        register_desk("journal", journal_rows)
        follow(*FOLLOWED)
