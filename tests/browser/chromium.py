"""Which browser the tests drive: the machine's own, or else one that is installed.

``python -m tests.browser.chromium`` says where it is, after installing one where there is none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The one without windows first: it takes a fifth less of the processor for the same page."""
NONE_HERE = (
    "There is no Chromium here to test the page with. Install it (on Debian: apt-get install chromium) or set CHROMIUM "
    "to the program, then run make test again."
)

_RELEASE = Path("/etc/os-release")


def found() -> str | None:
    """The program to start: ``CHROMIUM`` where that is set, else from PATH, else what Playwright has downloaded."""
    if named := os.environ.get("CHROMIUM"):
        return named if _works(named) else None
    there = (shutil.which(name) for name in NAMES)
    return next((path for path in there if path and _works(path)), None) or _downloaded()


def _works(program: str) -> bool:
    """Whether it can be started at all: some systems have a stub of that name which only says how to get it."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _downloaded() -> str | None:
    asked = subprocess.run([*_PLAYWRIGHT, "--dry-run", "--only-shell", "chromium"], capture_output=True, check=False)
    lines = asked.stdout.decode().splitlines()
    folders = [Path(line.partition(":")[2].strip()) for line in lines if "Install location" in line]
    programs = [each for folder in folders for each in folder.glob("*/*headless?shell*") if os.access(each, os.X_OK)]
    return next((str(each) for each in programs if each.is_file() and _works(str(each))), None)


_PLAYWRIGHT = (sys.executable, "-m", "playwright", "install")


def installed() -> str | None:
    """Install one: Debian's package where that may be done, with Playwright's own download elsewhere."""
    if "CHROMIUM" in os.environ:
        return None
    if _is_debian() and os.geteuid() == 0:
        _tried(["apt-get", "update", "-qq"])
        for package in NAMES[:2]:
            _tried(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", package])
            if browser := found():
                return browser
    with_libraries = ["--with-deps"] if os.geteuid() == 0 else []
    _tried([*_PLAYWRIGHT, *with_libraries, "--only-shell", "chromium"])
    return found()


def _is_debian() -> bool:
    """Not one of those derived from it, where the package of this name only points to another store."""
    return _RELEASE.exists() and "ID=debian" in _RELEASE.read_text(encoding="utf-8").splitlines()


def _tried(command: Sequence[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)


def main() -> None:
    """Find or install one; the exit status tells whether there is one now."""
    browser = found()
    if browser is None and "CHROMIUM" not in os.environ:
        print("Getting a browser to test the page with …")
        browser = installed()
    print(browser or NONE_HERE)
    sys.exit(browser is None)


if __name__ == "__main__":
    main()
