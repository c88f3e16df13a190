from marketplace.settings.base import *  # noqa: F403
