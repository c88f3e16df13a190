"""What was used, by component and period, and the service attested then certified (« service fait »)."""
