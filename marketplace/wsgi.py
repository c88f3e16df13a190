import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")
application = get_wsgi_application()

from catalog.search.memory.keeper import preload  # noqa: E402 - needs the settings

preload()
