from django.apps import AppConfig


class QualificationConfig(AppConfig):
    name = "qualification"
    label = "qualification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qualification import desk

        desk.register()
