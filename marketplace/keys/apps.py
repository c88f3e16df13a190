from django.apps import AppConfig
from django.core.checks import Tags, register


class KeysConfig(AppConfig):
    name = "marketplace.keys"
    label = "keys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.keys.checks import check_keys, check_keys_are_ours

        register(check_keys, Tags.security)
        register(check_keys_are_ours, Tags.security, deploy=True)
