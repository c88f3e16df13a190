"""One dossier for several schemes: what answers, certificates and layers given once already cover."""
