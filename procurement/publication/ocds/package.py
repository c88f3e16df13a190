"""The envelope of releases and records."""

from __future__ import annotations

from dataclasses import dataclass

from procurement.publication.ocds.issue import Json

VERSION = "1.1"
# Tender.lots, Item.relatedLot, Award.relatedLots; its release that goes with OCDS 1.1.5.
LOTS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json"
)


@dataclass(frozen=True, slots=True)
class Package:
    """The envelope: whose data, from where, under which terms."""

    uri: str
    publisher: str
    publisher_uri: str
    license: str
    published_at: str
    next_uri: str = ""

    def head(self) -> Json:
        """Without the rows. `next_uri` leads to the following page."""
        links = {"links": {"next": self.next_uri}} if self.next_uri else {}
        return {
            "uri": self.uri,
            "version": VERSION,
            "extensions": [LOTS],
            "publishedDate": self.published_at,
            "publisher": {"name": self.publisher, "uri": self.publisher_uri},
            "license": self.license,
            **links,
        }
