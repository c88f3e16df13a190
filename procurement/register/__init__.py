"""The register of contracts: who follows them, alerts before each notice date, a calendar to subscribe to."""
