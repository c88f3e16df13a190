"""Invoices of a contract: received, matched three ways, disputed, paid within the limit of the law."""
