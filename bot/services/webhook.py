"""What Clearstream tells by itself: any event makes the texts be looked at; a used keyword is written down, answered
where an answer is set, and told in the inbox channel.
"""

from typing import Any

import structlog

from bot.clearstream.webhooks import Event, KeywordUsed, response
from bot.errors import Invalid
from bot.operations.ledger import Ledger
from bot.operations.model import State
from bot.services import posts, record
from bot.services.keyword_answers import Answer, KeywordAnswers
from bot.services.setup import Setup
from bot.store import jobs
from bot.store import keywords as rows
from bot.store.engine import Row, Store, Tx

log = structlog.get_logger(__name__)

JOB = "keywords"
"""The job that tells of used keywords."""

SHOWN = 20
"""Uses shown in one message; more are counted."""

_AT_ONCE = 500
_LONGEST = 1600
"""Characters that are kept of anything: no text is longer."""

_WAITING = (State.READY, State.HELD, State.SENDING, State.UNKNOWN)


class Webhook:
    """Takes events in. ``texts`` is the job that looks for new texts."""

    def __init__(self, store: Store, answers: KeywordAnswers, texts: str) -> None:
        self._store = store
        self._answers = answers
        self._texts = texts

    async def came(self, event: Event) -> dict[str, Any] | None:
        """Write down what an event means, all of it before this returns; what to answer, None for nothing.

        An event that comes again changes nothing, and is not answered again.
        """
        async with self._store.write() as tx:
            await jobs.wake(tx, self._texts)
            return await self._used(tx, event) if isinstance(event, KeywordUsed) else None

    async def _used(self, tx: Tx, event: KeywordUsed) -> dict[str, Any] | None:
        # Woken first: the row is this transaction's until it ends, so that lines are written in the order of their ids.
        await jobs.wake(tx, JOB)
        if not await rows.first_time(tx, event.key):
            return None
        answer = await self._answers.of(tx, event.keyword.name)
        said = None if answer is None else _sendable(answer)
        who = event.subscriber
        detail = {
            "keyword": event.keyword.name[:_LONGEST],
            "name": (who.name or "")[:_LONGEST] or None,
            "text": event.reply.text[:_LONGEST] if event.reply else None,
            "answer": said and said["response"],
        }
        outcome = "answered" if said else "done"
        subject = who.mobile_number[:_LONGEST] or None
        await record.write(tx, actor="bot", act=rows.USED, subject=subject, outcome=outcome, detail=detail)
        return said


def _sendable(answer: Answer) -> dict[str, Any] | None:
    """What is answered to Clearstream; nothing, where it could not be sent."""
    try:
        return response(answer.header, answer.body)
    except Invalid as error:
        log.warning("webhook.answer_unsendable", error=str(error))
        return None


class Telling:
    """Tells the inbox channel of used keywords, as many in one message as came since the last."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup

    async def waits(self, tx: Tx, state: dict[str, Any]) -> bool:
        """Whether the last message has not left yet: what comes meanwhile goes into the next."""
        last = await self._ledger.by_key(tx, f"{posts.KEYWORD_USED}:{state.get('told', 0)}")
        return last is not None and last.state in _WAITING

    async def tell(self, tx: Tx, state: dict[str, Any]) -> dict[str, Any] | None:
        """Ask for a message on what was written down since ``state``; the state then, None where nothing was."""
        found = await rows.used_since(tx, state.get("told", 0), _AT_ONCE)
        if not found:
            return None
        last = found[-1]["id"]
        payload = {"uses": [_use(row) for row in found[:SHOWN]], "more": max(0, len(found) - SHOWN)}
        channel = await self._setup.inbox_channel(tx)
        await self._ledger.ask(tx, posts.told(posts.KEYWORD_USED, str(last), payload, channel))
        return {**state, "told": last}


def _use(row: Row) -> dict[str, Any]:
    return {"number": row["subject"], **row["detail"]}
