"""The price lists beside what the search reads, filled for the offers that are there."""

from django.db import migrations, models

# The shape of catalog.prices.packed on this day.
FILL = """
UPDATE catalog_offersearchrow row SET prices = jsonb_build_object(
  'vat_regime', COALESCE(version.answers->>'vat_regime', ''),
  'plans', COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
      'name', plan.name,
      'commitment', plan.commitment_months,
      'lines', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
          'label', line.label, 'kind', line.kind, 'period', line.period, 'meter', line.meter,
          'amount', line.amount_eur_ht::text, 'included', line.included_quantity::text,
          'minimum', line.minimum_quantity::text, 'mode', line.tier_mode, 'tiers', line.tiers,
          'next', line.next_amount_eur_ht::text, 'from', line.next_from::text
        ) ORDER BY line.position, line.id)
        FROM catalog_priceline line WHERE line.plan_id = plan.id
      ), '[]'::jsonb)
    ) ORDER BY plan.position, plan.id)
    FROM catalog_plan plan WHERE plan.version_id = version.id
  ), '[]'::jsonb)
)
FROM catalog_offer offer JOIN catalog_offerversion version ON version.id = offer.live_version_id
WHERE offer.id = row.offer_id
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0020_handovers")]
    operations = [
        migrations.AddField("offersearchrow", "prices", models.JSONField(default=dict)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
