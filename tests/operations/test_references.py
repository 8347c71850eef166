"""What a person is told of by the ledger has a reference, and the log has it too."""

import pytest
from structlog.testing import capture_logs

from bot.operations.model import State
from tests.operations.desk import DOWN, LOST, REFUSED, Desk, fails, fails_early, killed

TOLD = (State.FAILED, State.UNCONFIRMED)

KILLED = "the process is killed"

ENDS = {
    "refused": fails(REFUSED),
    "the answer is lost": fails(LOST),
    "nobody foresaw it": fails(RuntimeError("a mistake of ours")),
    "never reached": fails_early(DOWN),
    KILLED: fails(killed()),
}


@pytest.mark.parametrize("how", ENDS)
async def test_however_it_ends_badly_the_log_can_be_asked(desk: Desk, how: str) -> None:
    """Refused, given up, in doubt, or left behind by the dead: the row's reference stands in a line of the log."""
    with capture_logs() as lines:
        await desk.ask("a")
        if how == KILLED:
            await desk.freeze_in(ENDS[how])
        else:
            desk.upstream.plan.extend([ENDS[how]] * 100)
        for _ in range(60):
            await desk.work()
            desk.advance(30)
            await desk.runner.sweep()
            if await desk.state("a") in TOLD:
                break
    operation = await desk.get("a")
    assert operation.state in TOLD
    assert operation.reference
    assert operation.reference in {line.get("reference") for line in lines}
