"""The search for secrets in what tests write finds them: a run that told one does not pass."""

from typing import Literal

import pytest

from tests import secrecy
from tests.drive import JANE

TOKEN = "xoxb-0a1b2c3d4e5f"
PHRASE = "open, sesame!"


class Someone:
    """Who has a token, and a password."""

    def secrets(self) -> list[str]:
        """Both."""
        return [TOKEN, PHRASE]


SOMEONE = Someone()


def judged(name: str, text: str, outcome: Literal["passed", "failed"] = "passed") -> pytest.TestReport:
    """What becomes of a test that wrote so."""
    secrecy.keep(SOMEONE)
    report = pytest.TestReport("a", ("a", 1, "a"), {}, outcome, None, "call", sections=[(name, text)])
    judging = secrecy.pytest_runtest_makereport()
    next(judging)
    with pytest.raises(StopIteration) as ended:
        judging.send(report)
    judged: pytest.TestReport = ended.value.value
    return judged


@pytest.mark.parametrize("name", ["Captured stdout call", "Captured stderr teardown", "Captured log setup"])
def test_a_token_in_what_was_written_fails_the_test(name: str) -> None:
    """Wherever it stands; the report says which it was, and not all of it."""
    report = judged(name, f"asked with {TOKEN}&page=1")
    assert report.failed
    assert "xoxb-0a1" in str(report.longrepr) and TOKEN not in str(report.longrepr)
    assert judged(name, f"/{TOKEN}/2: as {PHRASE * 2}").failed
    assert judged(name, f"?{PHRASE}").failed
    assert judged(name, "asked with [hidden]&page=1, open, sesam").passed
    assert judged(name, TOKEN, "failed").longrepr is None


@pytest.mark.parametrize("number", [JANE, "12005551000", "+1 200-555-1000", "(200) 555-1000", "%2B12005551000"])
def test_a_number_in_a_log_fails_the_test(number: str) -> None:
    """As it left a bot in a process of its own; and here where it would not have been hidden on its way out."""
    assert judged("Captured stderr call", f"texted {number}.").failed
    hidden = judged("Captured stdout call", f"texted {number}.").passed
    assert hidden is not number.startswith("(")


def test_what_is_no_number_passes() -> None:
    """Times, ids and what is counted."""
    assert judged("Captured stderr call", "ts=1700000200.555100 in 2005551 ms id=9200555100077").passed
    assert judged(
        "Captured stderr call", "sum 0.0132005551234, seconds=0.2005551234, 7.12005551000 and 72005551000"
    ).passed
