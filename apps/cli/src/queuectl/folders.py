"""Where a person's own data and settings are."""

import os
import sys


def own_folder(variable: str, usual: str) -> str:
    """Return a person's folder for QueueCTL: of XDG_DATA_HOME or XDG_CONFIG_HOME on Linux."""
    # What platformdirs says on Linux; its import costs half as much as all of this.
    if not sys.platform.startswith("linux"):
        import platformdirs

        is_data = variable == "XDG_DATA_HOME"
        find = platformdirs.user_data_dir if is_data else platformdirs.user_config_dir
        return find("queuectl", appauthor=False)
    base = os.environ.get(variable, "").strip() or os.path.expanduser(f"~/{usual}")
    return os.path.join(base, "queuectl")
