"""What consultations, their evaluation and their awards put on « Mon bureau »."""

from __future__ import annotations


def register() -> None:
    from marketplace.ui.desk import register_desk
    from procurement.awards import desk as awards
    from procurement.consultations import desk as consultations
    from procurement.dynamic import desk as dynamic
    from procurement.evaluation import desk as evaluation

    register_desk("procurement.consultations", consultations.rows)
    register_desk("procurement.evaluation", evaluation.rows)
    register_desk("procurement.awards", awards.rows)
    register_desk("procurement.dynamic", dynamic.rows)
