"""Watching the account: credits that run low, and keywords that were used."""

from datetime import timedelta

from bot.polling.jobs import Run
from bot.services.account import CreditsWatch
from bot.services.broadcast_audience import GOOD, Audience
from bot.services.webhook import JOB, Telling
from bot.store.engine import Store

CREDITS = "credits"

_OFTEN = timedelta(seconds=2)
_SELDOM = timedelta(minutes=1)
_OVERDUE = GOOD + _SELDOM
"""What the job ``audience`` has left to become so old is fetched here: not both of them, in two processes, at once."""


class CreditsPoll:
    """The job ``credits``: warns where few are left. Asks Clearstream only where nobody else has, for too long."""

    name = CREDITS
    every = _SELDOM

    def __init__(self, store: Store, audience: Audience, watch: CreditsWatch) -> None:
        self._store = store
        self._audience = audience
        self._watch = watch

    async def run(self, run: Run) -> None:
        """Look once."""
        await self._audience.refresh(older_than=_OVERDUE)
        account = await self._audience.account()
        if account is None or account.credits is None:
            return
        async with self._store.write() as tx:
            await run.write(tx, await self._watch.look(tx, account.credits, run.state))


class KeywordPoll:
    """The job ``keywords``: tells of used ones. A webhook wakes it."""

    name = JOB

    def __init__(self, store: Store, telling: Telling) -> None:
        self.every = _SELDOM
        self._store = store
        self._telling = telling

    async def run(self, run: Run) -> None:
        """Tell what is new; while the last message waits for its turn, look again soon."""
        async with self._store.write() as tx:
            waits = await self._telling.waits(tx, run.state)
            told = None if waits else await self._telling.tell(tx, run.state)
            if told is not None:
                await run.write(tx, told)
        self.every = _OFTEN if waits or told else _SELDOM
