"""Merged demand: needs shared by their authors, administrations that buy together under one convention."""
