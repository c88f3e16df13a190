"""Pages and documents of the open data; the API's own addresses are in `api_files`."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import path

from catalog.opendata import views
from catalog.opendata.feeds import Collections, NewOffers, NewOffersRss, StatusChanges, StatusChangesRss
from catalog.opendata.sitemaps import SITEMAPS, robots

PATHS = [
    path("offres/flux/nouvelles.atom", NewOffers(), name="new_offers_feed"),
    path("offres/flux/statuts.atom", StatusChanges(), name="status_feed"),
    path("offres/flux/nouvelles.rss", NewOffersRss(), name="new_offers_rss"),
    path("offres/flux/statuts.rss", StatusChangesRss(), name="status_rss"),
    path("selections/flux.atom", Collections(), name="collections_feed"),
    path("donnees/", views.open_data, name="open_data"),
    path("robots.txt", robots, name="robots"),
    path(
        "sitemap.xml",
        sitemaps.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "catalog:sitemap_part"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemaps.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_part"),
]
