"""« Justificatif de recherche »: the dated paper that the marketplace was consulted for a project."""
