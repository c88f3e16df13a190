from django.apps import AppConfig


class QualificationConfig(AppConfig):
    name = "qualification"
    label = "qualification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from importlib import import_module

        from catalog.hooks import register_handover_check, register_material_change
        from marketplace.ui.panels import register_panel
        from qualification import chapters, desk, followed, open_data, panels
        from qualification.listing import examine_change, open_dossier_refusal

        import_module("qualification.consumers")
        desk.register()
        followed.register()
        chapters.register()
        open_data.register()
        register_material_change(examine_change)
        register_handover_check("qualification", open_dossier_refusal)
        register_panel("offer.actions", panels.offer_dossier)
        register_panel("offer.actions", panels.offer_coverage)
        register_panel("offer.actions", panels.offer_checks)
        register_panel("offer.sections", panels.offer_waivers, rank=40)
        register_panel("offer.proofs", panels.offer_labels)
