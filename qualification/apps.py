from django.apps import AppConfig


class QualificationConfig(AppConfig):
    name = "qualification"
    label = "qualification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from catalog.hooks import register_material_change
        from marketplace.ui.panels import register_panel
        from qualification import desk, followed, panels
        from qualification.listing import examine_change

        desk.register()
        followed.register()
        register_material_change(examine_change)
        register_panel("offer.actions", panels.offer_dossier)
