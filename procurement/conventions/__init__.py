"""A project in an internal State cloud: a convention signed by both sides, then re-invoicing. No order."""
