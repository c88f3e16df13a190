from procurement import doctrine_releases


def load() -> str:
    """The dated texts of the doctrine, for `manage.py load_reference`. Safe to run twice."""
    return doctrine_releases.load()
