from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from catalog.models.sequences import NextValue
from catalog.search.fields import SearchFields, searchable_fields

TEXT_CONFIG = "catalog_french"


class OfferSearchRowQuerySet(models.QuerySet["OfferSearchRow"]):
    def refresh(self, offers: Iterable[int]) -> None:
        """Rewrite the rows of these offers from the truth; call in the transaction that changed it.

        Three queries to read whatever the number, one to write, one for the texts.
        """
        ids = sorted(set(offers))
        if not ids:
            return
        source = (
            apps.get_model("catalog", "Offer")
            .objects.filter(pk__in=ids)
            .select_related("supplier", "category", "live_version")
            .prefetch_related("live_version__plans__lines", "effective_trust__mark")
        )
        fields = [searchable_fields(offer) for offer in source]
        self._write(fields)

    def _write(self, fields: list[SearchFields]) -> None:
        rows = [OfferSearchRow(offer_id=f.offer_id, **f.columns) for f in fields]
        updated = sorted({name for f in fields for name in f.columns})
        self.bulk_create(
            rows, update_conflicts=True, unique_fields=["offer"], update_fields=[*updated], batch_size=500
        )
        with connection.cursor() as cursor:
            cursor.executemany(_TEXT_SQL, [(f.name, f.middle, f.rest, f.name, f.offer_id) for f in fields])


_TEXT_SQL = f"""
UPDATE catalog_offersearchrow SET
  text = setweight(to_tsvector('{TEXT_CONFIG}', %s), 'A')
      || setweight(to_tsvector('{TEXT_CONFIG}', %s), 'B')
      || setweight(to_tsvector('{TEXT_CONFIG}', %s), 'C'),
  name_text = to_tsvector('{TEXT_CONFIG}', %s),
  seq = nextval('catalog_search_seq')
WHERE offer_id = %s
"""  # noqa: S608 -- the only interpolation is a constant of this module


class OfferSearchRow(models.Model):
    """What the search reads: one narrow row an offer, written in the transaction that changes it.

    Statuses are stored with their end date; the clock is applied when reading. `card` is what a list
    shows of the offer, so that a page of results is one query. `tags` are « facet=value », `numbers` the
    ranges, `prices` what a usage costs (catalog.prices.packed). `card_html` is its markup, for that
    edition of the code, until the day before `card_until` (catalog.card_markup). `fair` orders equals
    (catalog.search.fairness).

    A trigger writes in `changed_in` (not a field) the transaction that wrote the row, and keeps in
    `catalog_searchgone` the rows deleted: what an index in memory lacks is read from them.
    """

    offer = models.OneToOneField(
        "catalog.Offer", primary_key=True, on_delete=models.CASCADE, related_name="search_row"
    )
    is_public = models.BooleanField(default=False)
    sort_name = models.CharField(max_length=160)
    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.CASCADE, related_name="+")
    service_models = ArrayField(models.CharField(max_length=20), default=list)
    category = models.CharField(max_length=60, default="")
    regions = ArrayField(models.CharField(max_length=8), default=list)
    open_source = models.BooleanField(null=True)
    price_eur_ht = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    secnumcloud = models.CharField(max_length=16)
    secnumcloud_until = models.DateField(null=True)
    secnumcloud_base_until = models.DateField(null=True)
    hds = models.CharField(max_length=16)
    hds_until = models.DateField(null=True)
    hds_base_until = models.DateField(null=True)
    gaiax = models.CharField(max_length=20)
    gaiax_until = models.DateField(null=True)
    gaiax_base_until = models.DateField(null=True)
    listed_on = models.DateField(null=True)
    fair = models.IntegerField(default=0)
    tags = ArrayField(models.TextField(), default=list)
    numbers = models.JSONField(default=dict)
    statuses = models.JSONField(default=dict)
    prices = models.JSONField(default=dict)
    text = SearchVectorField(null=True)
    name_text = SearchVectorField(null=True)
    card = models.JSONField(default=dict)
    card_html = models.TextField(default="", blank=True)
    card_edition = models.CharField(max_length=16, default="", blank=True)
    card_until = models.DateField(null=True)
    seq = models.BigIntegerField(db_default=NextValue("catalog_search_seq"))

    objects = OfferSearchRowQuerySet.as_manager()

    class Meta:
        indexes = (
            GinIndex(fields=["text"], name="search_row_text"),
            models.Index(fields=["-seq"], name="search_row_seq"),
            models.Index(
                fields=["sort_name", "offer"], name="search_row_name", condition=models.Q(is_public=True)
            ),
        )

    def __str__(self) -> str:
        return self.sort_name
