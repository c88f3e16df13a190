"""Who signs an order before it is approved: the chain of the administration, delegations, signatures."""
