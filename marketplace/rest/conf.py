"""Settings of the API floor; `marketplace.settings.base` takes them as they are. Imports no Django."""

REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "marketplace.rest.auth.BearerAuthentication",
        "marketplace.rest.auth.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["marketplace.rest.permissions.SignedInUnlessPublic"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["marketplace.rest.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["marketplace.rest.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "marketplace.rest.paging.PageNumber",
    "DEFAULT_SCHEMA_CLASS": "marketplace.rest.schema.MarketSchema",
    "EXCEPTION_HANDLER": "marketplace.rest.errors.exception_handler",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "rest_framework.negotiation.DefaultContentNegotiation",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Place de marché cloud du secteur public",
    "DESCRIPTION": (
        "Lire les offres, monter un dossier, une analyse, une commande. Guide : docs/api.md. "
        "Erreurs en application/problem+json."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None, "persistAuthorization": False},
    # Codes stay where they are used: without the library's hook no two « status » fight for one name.
    "POSTPROCESSING_HOOKS": ["marketplace.rest.schema.describe_problems"],
}
