from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("catalog.checks")
        import_module("catalog.desk").register()
        import_module("catalog.followed").register()
        import_module("catalog.needs.desk").register()
        import_module("catalog.queues").register()
        import_module("catalog.curated.panels").register()
