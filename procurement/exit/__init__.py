"""Leaving a contract: what it costs, the plan, its dates and proofs; what is secured when it begins."""
