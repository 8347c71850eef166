"""The record: every act by a person, or by the bot for a person, with how it ended."""

from collections.abc import Mapping
from typing import Any

from bot.operations.ledger import Ledger
from bot.operations.model import Intention, Operation, State
from bot.store import installation
from bot.store.engine import Tx

_TEXTS = "sms"
"""What the lanes of texts begin with; the number follows."""

_OUTCOMES = {
    State.READY: "waiting",
    State.HELD: "waiting",
    State.SENDING: "sending",
    State.UNKNOWN: "unknown",
    State.UNCONFIRMED: "unconfirmed",
    State.SENT: "done",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}


async def write(
    tx: Tx,
    *,
    actor: str,
    act: str,
    subject: str | None,
    outcome: str = "done",
    operation_key: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a line: who did what on whom. One that goes through the ledger names its operation's unique key."""
    await installation.write_record(
        tx,
        {
            "actor": actor,
            "act": act,
            "subject": subject,
            "outcome": outcome,
            "operation_id": operation_key,
            "detail": dict(detail or {}),
        },
    )


async def asked(
    tx: Tx, ledger: Ledger, intention: Intention, act: str, subject: str | None, detail: Mapping[str, Any]
) -> bool:
    """Ask the ledger for what a person wants, and record it; False where it was asked for already.

    ``intention`` names who asked.
    """
    if intention.asked_by is None:
        raise ValueError("nobody asked for this")
    if not await ledger.ask(tx, intention):
        return False
    key = intention.key
    await write(
        tx, actor=intention.asked_by, act=act, subject=subject, outcome="asked", operation_key=key, detail=detail
    )
    return True


def subject_of(operation: Operation) -> str:
    """On whom or what an operation is: the number it goes to, where it goes to one, else its unique key."""
    lane, _, number = (operation.lane or "").partition(":")
    return number if lane == _TEXTS and number else operation.key


async def follow(tx: Tx, operation: Operation) -> None:
    """Write how an operation stands into the line that asked for it."""
    await installation.settle_record(tx, operation.key, _OUTCOMES[operation.state], operation.reference)
