"""What changes a contract after its order: amendments, renewals, partial terminations."""
