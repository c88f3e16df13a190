import uuid

from django.db import models
from django.db.models.functions import Left, Upper
from django.urls import reverse

from catalog.countries import zone_label
from catalog.enums import FrenchRegion, Inclusion, OfferState, SupplierSize
from catalog.models.sequences import NextValue
from marketplace.accounts.enums import IdentifierScheme


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def with_public_offers(self) -> "SupplierQuerySet":
        public = models.Q(offers__live_version__isnull=False) & ~models.Q(
            offers__state__in=(OfferState.WITHDRAWN, OfferState.REMOVED)
        )
        return self.annotate(offers_count=models.Count("offers", filter=public)).filter(offers_count__gt=0)

    def with_initial(self) -> "SupplierQuerySet":
        """`sort_name`: the name in capitals, accents left out. `initial`: its first letter; « # » for a
        figure or a sign."""
        plain = models.Func(models.F("name"), function="unaccent", output_field=models.CharField())
        first = Left(models.F("sort_name"), 1)
        letter = models.When(first__regex="^[A-Z]$", then=models.F("first"))
        initial = models.Case(letter, default=models.Value("#"), output_field=models.CharField())
        return self.annotate(sort_name=Upper(plain)).annotate(first=first).annotate(initial=initial)

    def of_status(self, status: str) -> "SupplierQuerySet":
        """`status`: « ess », « independent » or a code of Inclusion. Unknown is never counted in."""
        if status == "ess":
            return self.filter(is_ess=True)
        return self.filter(is_independent=True) if status == "independent" else self.filter(inclusion=status)

    def visible_to(self, actor: object) -> "SupplierQuerySet":
        """Everybody sees the suppliers that have a public offer, whoever asks."""
        return self.with_public_offers()


class Supplier(models.Model):
    """A company that offers. `organisation` is null until it has claimed one of its public sheets.

    `identifier` empty means unknown: public sheets are drawn from registers that do not always give it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.BigIntegerField(
        unique=True, editable=False, db_default=NextValue("catalog_supplier_number_seq")
    )
    slug = models.SlugField(max_length=80)
    organisation = models.OneToOneField(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="supplier"
    )
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2)
    identifier_scheme = models.CharField(max_length=12, choices=IdentifierScheme, blank=True)
    identifier = models.CharField(max_length=40, blank=True)
    size = models.CharField(max_length=8, choices=SupplierSize, blank=True)
    # What the supplier says of itself, all of it on its own word; empty or None: unknown.
    region = models.CharField("région du siège", max_length=2, choices=FrenchRegion, blank=True)
    is_ess = models.BooleanField("économie sociale et solidaire", null=True, blank=True)
    inclusion = models.CharField("structure d’inclusion", max_length=8, choices=Inclusion, blank=True)
    is_independent = models.BooleanField("indépendant de tout groupe", null=True, blank=True)
    group_name = models.CharField("groupe", max_length=120, blank=True)
    founded_year = models.PositiveSmallIntegerField("année de création", null=True, blank=True)
    public_share_percent = models.DecimalField(
        "part du chiffre d’affaires avec le secteur public",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
    )
    facts_declared_at = models.DateTimeField(null=True, blank=True)
    website = models.URLField(max_length=300, blank=True)
    source_key = models.SlugField(max_length=80, null=True, blank=True, unique=True)
    sources = models.JSONField(default=dict, blank=True)
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("identifier_scheme", "identifier"),
                condition=~models.Q(identifier=""),
                name="supplier_identifier_unique",
                violation_error_message="Un autre fournisseur porte déjà cet identifiant.",
            ),
            models.CheckConstraint(
                name="supplier_public_share",
                condition=models.Q(public_share_percent__isnull=True)
                | models.Q(public_share_percent__gte=0, public_share_percent__lte=100),
                violation_error_message="Cette part va de 0 à 100 %.",
            ),
            models.CheckConstraint(
                name="supplier_group_when_dependent",
                condition=models.Q(group_name="") | models.Q(is_independent=False),
                violation_error_message="Un groupe n’est nommé que si l’entreprise en dépend.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:supplier", args=[self.number, self.slug])

    @property
    def is_sme(self) -> bool | None:
        """Of a micro-enterprise or a PME; None: its size is not known."""
        return self.size in (SupplierSize.MICRO, SupplierSize.PME) if self.size else None

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id] if self.organisation_id else []

    @property
    def country_name(self) -> str:
        return zone_label(self.country)
