import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


# Competition came before, under a vehicle: its holder acknowledges, without any negotiation.
CREATE = """
CREATE FUNCTION procurement_counterproposal_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM procurement_order
                 WHERE id = NEW.order_id AND vehicle_id IS NULL AND state = 'sent') THEN
    RAISE EXCEPTION 'nothing is negotiated on an order under a vehicle, nor before it is sent'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER procurement_counterproposal_allowed BEFORE INSERT ON procurement_counterproposal
  FOR EACH ROW EXECUTE FUNCTION procurement_counterproposal_allowed();
CREATE FUNCTION procurement_privateprice_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  subject bigint := CASE TG_TABLE_NAME WHEN 'procurement_order' THEN (to_jsonb(NEW)->>'id')::bigint
                                       ELSE (to_jsonb(NEW)->>'order_id')::bigint END;
BEGIN
  IF EXISTS (SELECT 1 FROM procurement_order AS bought
             JOIN procurement_orderline AS line ON line.order_id = bought.id
             JOIN procurement_privateprice AS price ON price.id = line.private_price_id
             WHERE bought.id = subject
               AND (bought.vehicle_id IS NOT NULL OR price.buyer_id <> bought.buyer_id
                    OR price.offer_id <> bought.offer_id)) THEN
    RAISE EXCEPTION 'a private price is for its administration, on an order without a vehicle'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER procurement_privateprice_of_line AFTER INSERT OR UPDATE ON procurement_orderline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.private_price_id IS NOT NULL)
  EXECUTE FUNCTION procurement_privateprice_allowed();
CREATE CONSTRAINT TRIGGER procurement_privateprice_of_order AFTER UPDATE OF vehicle_id ON procurement_order
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.vehicle_id IS NOT NULL AND OLD.vehicle_id IS DISTINCT FROM NEW.vehicle_id)
  EXECUTE FUNCTION procurement_privateprice_allowed();
"""
DROP = """
DROP TRIGGER procurement_privateprice_of_order ON procurement_order;
DROP TRIGGER procurement_privateprice_of_line ON procurement_orderline;
DROP FUNCTION procurement_privateprice_allowed();
DROP TRIGGER procurement_counterproposal_allowed ON procurement_counterproposal;
DROP FUNCTION procurement_counterproposal_allowed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
        ("catalog", "0006_duplicates"),
        ("files", "0001_tables"),
        ("procurement", "0021_releases_of_a_consultation"),
    ]

    operations = [
        migrations.CreateModel(
            name="CounterProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "state_since",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="dans cet état depuis"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="numéro")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "À décider"),
                            ("accepted", "Acceptée"),
                            ("refused", "Refusée"),
                            ("withdrawn", "Retirée"),
                            ("lapsed", "Sans objet"),
                        ],
                        db_index=True,
                        default="proposed",
                        max_length=40,
                        verbose_name="état",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counter_proposals",
                        to="procurement.order",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="début")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="fin")),
                ("terms", models.TextField(blank=True, max_length=2000, verbose_name="autres conditions")),
                ("reason", models.TextField(max_length=2000, verbose_name="motif")),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "refusal_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="motif du refus"),
                ),
            ],
            options={
                "verbose_name": "contre-proposition",
                "ordering": ("-written_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["accepted", "lapsed", "proposed", "refused", "withdrawn"])
                        ),
                        name="counter_proposal_state",
                        violation_error_message="Cet état n’existe pas.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("order",),
                        name="counter_proposal_one_waits",
                        violation_error_message="Une contre-proposition attend déjà sur ce bon de commande.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "accepted")),
                        fields=("order",),
                        name="counter_proposal_one_accepted",
                        violation_error_message="Une contre-proposition est déjà acceptée sur ce bon de commande.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="counter_proposal_period",
                        violation_error_message="La fin précède le début.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "refused"]), _negated=True),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="counter_proposal_decided_whole",
                        violation_error_message="Une décision porte un nom et une date.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("refusal_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="counter_proposal_refused_why",
                        violation_error_message="Un refus porte son motif.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CounterProposalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="procurement.counterproposal",
                    ),
                ),
                (
                    "price_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.priceline"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="quantité")),
                (
                    "unit_price_eur_ht",
                    models.DecimalField(decimal_places=6, max_digits=18, verbose_name="prix unitaire HT"),
                ),
            ],
            options={
                "ordering": ("price_line__position", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("proposal", "price_line"),
                        name="counter_proposal_line_once",
                        violation_error_message="Ce prix figure deux fois.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0), ("unit_price_eur_ht__gte", 0)),
                        name="counter_proposal_line_positive",
                        violation_error_message="Quantités et prix ne sont pas négatifs.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrivatePrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "state_since",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="dans cet état depuis"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="numéro")),
                (
                    "state",
                    models.CharField(
                        choices=[("given", "Donné"), ("withdrawn", "Retiré")],
                        db_index=True,
                        default="given",
                        max_length=40,
                        verbose_name="état",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="private_prices",
                        to="catalog.offer",
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="private_prices",
                        to="accounts.organisation",
                    ),
                ),
                ("plan_code", models.SlugField(max_length=40, verbose_name="formule")),
                ("component_code", models.SlugField(max_length=40, verbose_name="ligne de prix")),
                ("label", models.CharField(max_length=200)),
                (
                    "unit_price_eur_ht",
                    models.DecimalField(decimal_places=6, max_digits=18, verbose_name="prix unitaire HT"),
                ),
                ("starts_on", models.DateField(verbose_name="valable à partir du")),
                ("expires_on", models.DateField(verbose_name="valable jusqu’au")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="conditions")),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "prix privé",
                "ordering": ("-given_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["given", "withdrawn"])),
                        name="private_price_state",
                        violation_error_message="Cet état n’existe pas.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "given")),
                        fields=("offer", "buyer", "plan_code", "component_code"),
                        name="private_price_one_stands",
                        violation_error_message="Un prix privé est déjà donné : retirez-le d’abord.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price_eur_ht__gte", 0)),
                        name="private_price_positive",
                        violation_error_message="Un prix ne peut pas être négatif.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_on__gte", models.F("starts_on"))),
                        name="private_price_period",
                        violation_error_message="La fin précède le début.",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="order",
            name="order_state",
        ),
        migrations.AddField(
            model_name="order",
            name="agreed_terms",
            field=models.TextField(blank=True, max_length=2000, verbose_name="conditions convenues"),
        ),
        migrations.AlterField(
            model_name="commitment",
            name="release_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cancel", "Bon de commande annulé"),
                    ("refuse", "Refusé par le fournisseur"),
                    ("reopen", "Repris en brouillon"),
                    ("replace", "Remplacé par une contre-proposition"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Brouillon"),
                    ("awaiting_opinions", "En attente des avis"),
                    ("awaiting_approval", "En attente d’approbation"),
                    ("approved", "Approuvé"),
                    ("committed", "Engagé"),
                    ("sent", "Envoyé au fournisseur"),
                    ("acknowledged", "Réception accusée"),
                    ("refused", "Refusé par le fournisseur"),
                    ("rejected", "Refusé par la personne qui approuve"),
                    ("cancelled", "Annulé"),
                    ("replaced", "Remplacé"),
                ],
                db_index=True,
                default="draft",
                max_length=40,
                verbose_name="état",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="counter_proposal",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="made",
                to="procurement.counterproposal",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "acknowledged",
                            "approved",
                            "awaiting_approval",
                            "awaiting_opinions",
                            "cancelled",
                            "committed",
                            "draft",
                            "refused",
                            "rejected",
                            "replaced",
                            "sent",
                        ],
                    )
                ),
                name="order_state",
                violation_error_message="Cet état n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counter_proposal__isnull", True), ("vehicle__isnull", True), _connector="OR"
                ),
                name="order_negotiated_without_vehicle",
                violation_error_message="Rien ne se négocie sous un support d’achat.",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="private_price",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_lines",
                to="procurement.privateprice",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
