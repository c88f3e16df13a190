from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "marketplace.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.accounts.desk import desk_rows, desk_shortcuts
        from marketplace.ui.desk import register_desk

        register_desk("accounts", desk_rows, shortcuts=desk_shortcuts)
