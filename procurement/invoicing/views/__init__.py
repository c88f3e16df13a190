"""Pages of the invoices: the list, the sheet, sending one, and what is decided of it."""
