import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")
application = get_wsgi_application()

from catalog.search.memory.keeper import preload  # noqa: E402 - needs the settings

preload()
# What a worker begins with lives as long as it: never looked at again for garbage, which would read the
# whole index and unshare its pages. Requests leave few cycles: they are looked for less often.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
