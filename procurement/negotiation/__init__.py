"""Where no competition came before: a supplier's counter-proposal on an order, and its private prices."""
