"""Who gets in where: one row per address (and per method where it matters), read against the real answers.

A row's key is `METHOD url:name`. Each app has its file; a URL without a row fails `test_access.py`.
"""

from tests.habits.matrix import (
    accounts,
    amendments,
    api,
    api_budgets,
    api_consultations,
    api_evidence,
    api_programmes,
    approval,
    awards,
    catalog,
    drills,
    evaluation,
    exits,
    gaiax,
    invoices,
    need,
    negotiation,
    pages_budgets,
    procurement,
    publications,
    qualification,
    register,
    site,
    statements,
)
from tests.habits.matrix.rows import Row

ROWS: dict[str, Row] = {
    **site.ROWS,
    **accounts.ROWS,
    **catalog.ROWS,
    **qualification.ROWS,
    **procurement.ROWS,
    **api.ROWS,
    **api_consultations.ROWS,
    **api_evidence.ROWS,
    **api_programmes.ROWS,
    **api_budgets.ROWS,
    **approval.ROWS,
    **amendments.ROWS,
    **pages_budgets.ROWS,
    **publications.ROWS,
    **need.ROWS,
    **negotiation.ROWS,
    **gaiax.ROWS,
    **drills.ROWS,
    **statements.ROWS,
    **invoices.ROWS,
    **register.ROWS,
    **evaluation.ROWS,
    **exits.ROWS,
    **awards.ROWS,
}
