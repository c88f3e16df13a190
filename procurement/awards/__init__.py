"""From the ranking to the contract: award, certificates, letters, delay, signature, notification."""
