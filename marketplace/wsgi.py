import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")
application = get_wsgi_application()

from catalog.search.memory.keeper import preload  # noqa: E402 - needs the settings

preload()
# What a worker begins with lives as long as it: never looked at again for garbage, so that its pages stay
# shared and no request pays for reading an index of a million offers. A page makes some thousands of
# objects and hardly a cycle: looked for every few pages rather than ten times in each.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
