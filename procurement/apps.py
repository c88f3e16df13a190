from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "procurement"
    label = "procurement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from catalog.hooks import register_card_lines
        from marketplace.ui.desk import register_desk
        from marketplace.ui.panels import register_panel
        from procurement import (
            card_lines,
            desk,
            followed,
            panels,
            registrations_consultations,
            registrations_orders,
        )
        from procurement.derogations import desk as desk_derogations
        from procurement.peers import desk as desk_peers
        from procurement.publication import desk as desk_publications
        from procurement.routes import desk as desk_routes
        from procurement.voices import desk as desk_voices

        register_desk("procurement.needs", desk.need_rows, shortcuts=desk.need_shortcuts)
        register_desk("procurement.derogations", desk_derogations.rows)
        register_desk("procurement.routes", desk_routes.rows)
        register_desk("procurement.publications", desk_publications.rows)
        register_panel("open_data.sections", panels.published_contracts)
        registrations_consultations.register()
        register_panel("offer.actions", panels.add_to_project, rank=10)
        register_panel("offers.cards", card_lines.project_choice, rank=10)
        register_card_lines("procurement.projects", card_lines.card_lines)
        register_panel("compare.actions", panels.add_compared, rank=10)
        register_panel("offer.sections", panels.reviews, rank=50)
        register_panel("offer.sections", panels.peers, rank=55)
        register_panel("organisation.top", panels.approval_links)
        register_panel("offer.summary", panels.reviews_link, rank=50)
        register_panel("offer.summary", panels.peers_link, rank=55)
        register_desk("procurement.peers", desk_peers.rows, shortcuts=desk_peers.shortcuts)
        register_desk("procurement.voices", desk_voices.rows, shortcuts=desk_voices.shortcuts)
        registrations_orders.register()
        followed.register()
