"""Lists that issuers publish, read by a curator: the ANSSI's catalogue, the certified health data hosts."""
