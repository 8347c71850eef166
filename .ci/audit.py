"""Looks up what is locked in requirements.lock among the known weaknesses, and says so where it could not.

pip-audit skips what its database does not answer for, and is content; nobody should take that for a clean bill.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = "requirements.lock"
ASK = ("--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json", "--timeout=15")


def main() -> int:
    """0 where everything was looked up and nothing was found; else 1, with what is the matter."""
    asked = subprocess.run(  # noqa: S603 - our own words
        [str(Path(sys.executable).parent / "pip-audit"), "--requirement", LOCK, *ASK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        found = []
    weak = [one for one in found if one.get("vulns")]
    skipped = [one for one in found if "skip_reason" in one]
    looked_up = len(found) - len(skipped)
    for one in weak:
        for weakness in one["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "nowhere yet"
            say(f"{one['name']} {one['version']}: {weakness['id']}, mended in {mended}")
    if not looked_up:
        say(f"Nothing was audited: the database of weaknesses could not be reached. {LOCK} may be well or not.")
        say("" if found else asked.stderr.strip()[-500:])
    elif skipped:
        names = ", ".join(one["name"] for one in skipped)
        say(f"Of {len(found)} packages {len(skipped)} were not audited, as nothing is known of them there: {names}.")
    elif not weak:
        say(f"{looked_up} packages looked up: no known weakness.")
    return int(bool(weak or skipped or not looked_up))


def say(words: str) -> None:
    """A line for whoever asked."""
    if words:
        sys.stdout.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
