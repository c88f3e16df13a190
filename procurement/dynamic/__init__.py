"""Dynamic purchasing systems (« système d’acquisition dynamique »): open to new suppliers all their life."""
