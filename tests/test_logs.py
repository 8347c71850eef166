"""Logs: tokens and phone numbers never get through, references and ids do."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to standard error, with logs set up for JSON; put back afterwards."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    logs.configure(level="INFO", log_format="json", secrets_known=["hunter2hunter2", "abc"])
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**ours)


def last(lines: io.StringIO) -> dict[str, object]:
    """The last line."""
    found: dict[str, object] = json.loads(lines.getvalue().splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123-456-abcDEF",
        "xapp-1-A1-2-ff",
        "xoxe.xoxp-1-Mi0y",
        "https://x/y?oauth_token=s3cr3t&z=1",
        "postgresql://user:p4ssw0rd@host/db",
        "client_secret=s3cr3t",
        "X-Api-Key: s3cr3t",
    ],
)
def test_tokens_do_not_get_through(secret: str) -> None:
    """Whoever wrote the line."""
    hidden = logs.hide(f"before {secret} after")
    assert "[hidden]" in hidden
    for part in ("456-abcDEF", "A1-2-ff", "Mi0y", "s3cr3t", "p4ssw0rd"):
        assert part not in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


@pytest.mark.parametrize(
    "number",
    [
        "+12005551000",
        "+1 200-555-1000",
        "+44 20 7946 0958",
        "%2B12005551000",
        "12005551000",
        "2005551000",
        "+1 (200) 555-1000",
    ],
)
def test_phone_numbers_do_not_get_through(number: str) -> None:
    """In E.164, as people write them, and in paths."""
    hidden = logs.hide(f"/subscribers/{number} said no")
    assert not any(character.isdigit() for character in hidden)
    assert hidden.endswith(" said no")


@pytest.mark.parametrize(
    "kept",
    [
        "C0123456789",
        "U0123456789",
        "1772442000.000100",
        "2026-03-02T09:00:00Z",
        "status 200",
        "reference 1a2b3c4d",
        "12:34:56.789012",
    ],
)
def test_ids_and_times_get_through(kept: str) -> None:
    """What one needs to find something stays readable."""
    assert logs.hide(f"at {kept}.") == f"at {kept}."


@given(st.integers(min_value=2_000_000_000, max_value=9_999_999_999), st.sampled_from(["+1", "+44", "%2B1"]))
def test_no_number_in_e164_gets_through(number: int, prefix: str) -> None:
    """Whichever it is."""
    assert str(number) not in logs.hide(f"to {prefix}{number}, again to {prefix}{number}")


def test_every_depth_of_an_event_is_cleaned(lines: io.StringIO) -> None:
    """Lists, dicts, exceptions and objects."""
    log = structlog.get_logger("test")
    log.warning("to +12005551000", deep={"list": ["xoxb-1-2", ("+12005551000",)]}, thing=ValueError("hunter2hunter2"))
    written = lines.getvalue()
    assert "2005551000" not in written
    assert "xoxb-1-2" not in written
    assert "hunter2" not in written
    assert last(lines)["level"] == "warning"


def test_a_traceback_is_cleaned_too(lines: io.StringIO) -> None:
    """Errors of libraries quote what they were given."""
    try:
        int("sent to +12005551000 with hunter2hunter2")
    except ValueError:
        structlog.get_logger("test").exception("failed", reference="1a2b3c4d")
    assert "2005551000" not in lines.getvalue()
    assert "hunter2" not in lines.getvalue()
    assert "ValueError" in str(last(lines)["exception"])
    assert last(lines)["reference"] == "1a2b3c4d"


def test_the_libraries_lines_are_cleaned_too(lines: io.StringIO) -> None:
    """They come through the standard library."""
    logging.getLogger("somebody").warning("GET /subscribers/%s", "+12005551000")
    assert last(lines)["event"] == "GET /subscribers/[number]"
    logging.getLogger("httpx").info("GET https://x/?oauth_token=1")
    assert "oauth_token" not in lines.getvalue()


def test_numbers_that_count_stay_numbers(lines: io.StringIO) -> None:
    """Seconds and statuses are not text."""
    structlog.get_logger("test").info("asked", status=200, seconds=0.5, done=True, nothing=None)
    assert (last(lines)["status"], last(lines)["seconds"], last(lines)["done"]) == (200, 0.5, True)


def test_what_is_below_the_level_is_not_written(lines: io.StringIO) -> None:
    """INFO shows no DEBUG."""
    structlog.get_logger("test").debug("whisper")
    assert lines.getvalue() == ""


def test_references_are_short_and_differ() -> None:
    """They are read out over a telephone."""
    references = {logs.new_reference() for _ in range(100)}
    assert len(references) == 100
    assert all(len(reference) == 8 for reference in references)
