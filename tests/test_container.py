"""How it is packed: what the image is made of is there, and the proxy repeats safe things only.

The files themselves are linted by ``make check``.
"""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROXY: str = COMPOSE["configs"]["haproxy"]["content"]


def test_every_file_the_bot_needs_is_in_the_package() -> None:
    """A template, style sheet or rule that is no Python is left out of a wheel unless somebody names it."""
    named: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
        "package-data"
    ]
    patterns = [f"{package.replace('.', '/')}/{glob}" for package, globs in named.items() for glob in globs]
    for path in (ROOT / "bot").rglob("*"):
        if path.is_file() and path.suffix not in (".py", ".pyc"):
            name = str(path.relative_to(ROOT))
            assert any(fnmatch(name, pattern) for pattern in patterns), name
    for folder in {path.parent for path in (ROOT / "bot").rglob("*.py")}:
        assert (folder / "__init__.py").exists(), f"{folder} is no package"


def test_the_image_is_made_of_what_is_let_in_and_locked() -> None:
    """What is copied is let through; base and packages are known by their hashes; nobody is root at the end."""
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {name for names in copied for name in names.split()} == let_in
    assert all((ROOT / name).exists() for name in let_in)
    assert re.search(r"^ARG PYTHON=python:3\.\d+\.\d+-slim\S*@sha256:[0-9a-f]{64}$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON}"}
    installs = re.findall(r"(pip [^&\n]*(?:install|wheel)\b[^&\n]*)", DOCKERFILE)
    assert len(installs) == 4
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    assert "\nsetuptools==" in (ROOT / "requirements-dev.lock").read_text()


def test_replicas_may_write_nowhere_and_are_given_the_time_they_need_to_stop() -> None:
    """Read-only, without privileges, images by digest; the database answers before they start."""
    replicas = COMPOSE["services"]["switchboard"]
    assert replicas["read_only"] is True
    assert replicas["cap_drop"] == ["ALL"]
    assert replicas["deploy"]["replicas"] == 2
    assert int(replicas["stop_grace_period"].removesuffix("s")) > 10
    assert replicas["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("proxy", "database"):
        assert re.search(r":\d+\.\d+\S*@sha256:[0-9a-f]{64}$", COMPOSE["services"][name]["image"])


def test_the_proxy_never_doubles_a_press() -> None:
    """It asks another replica only where the first was not reached, or said 503, which means that nothing was done.

    For that it has to hold the whole request, the largest of Slack's too, and to know who is ready.
    """
    lines = [line.strip() for line in PROXY.splitlines()]
    (again,) = [line for line in lines if line.startswith("retry-on")]
    assert again == "retry-on conn-failure 503"
    assert "option http-buffer-request" in lines
    assert "option httpchk GET /readyz" in lines
    (size,) = [int(line.split()[1]) for line in lines if line.startswith("tune.bufsize")]
    assert size >= 250_000
    assert not any("/metrics" in line for line in lines if line.startswith("acl"))
