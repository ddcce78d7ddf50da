"""Sees to it that a browser is there for the tests that need one."""

import os
import shutil
import subprocess
import sys

from bss.embedded import administrator

INSTALL = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Install Chromium when we may, else say the command."""
    if any(map(shutil.which, NAMES)):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        sys.exit(f"The browser tests need Chromium. On Debian, as root: {' '.join(INSTALL)}")
    quiet = {**administrator(), "DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Chromium for the browser tests …", flush=True)
    for command in (["apt-get", "update"], INSTALL):
        subprocess.run([*command, "-qq"], env=quiet, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
