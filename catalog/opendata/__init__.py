"""The catalogue given away: whole files, a feed of changes, DCAT-AP, Atom, schema.org, the site map."""
