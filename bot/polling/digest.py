"""The digest: counted and asked for when it is due, once, whichever process is alive then."""

from datetime import datetime, timedelta

from bot.operations.ledger import Ledger
from bot.polling import inbox
from bot.polling.jobs import Run
from bot.services import digest, digest_figures
from bot.services.digest import Period
from bot.store import jobs
from bot.store.engine import Store, Tx

NAME = "digest"

_EVERY = timedelta(minutes=1)

PATIENCE = timedelta(hours=1)
"""For how long a digest that is due waits until the texts of its days have been read."""


class DigestPoll:
    """The job ``digest``: after a time when nobody ran, the newest one is told, and none of those before."""

    name = NAME
    every = _EVERY

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    async def run(self, run: Run) -> None:
        """Look whether one is due."""
        async with self._store.read() as tx:
            chosen = await digest.choice(tx)
            period = digest.newest_due(chosen, tx.now)
            if period is None or chosen.channel is None or run.state.get("told") == _name(period):
                return
            read_until = await _read_until(tx)
            late = read_until is not None and read_until < period.end
            figures = await digest_figures.count(tx, period, read_until if late else None)
        async with self._store.write() as tx:
            if late and not await _waited(tx, run, period):
                return
            await self._ledger.ask(tx, digest_figures.post(figures, chosen.channel))
            await run.write(tx, {"told": _name(period)})


async def _waited(tx: Tx, run: Run, period: Period) -> bool:
    """Whether the texts of its days have been waited for long enough; noted when that began."""
    since = run.state.get("waits", {}).get(_name(period))
    if since is not None:
        return tx.now - datetime.fromisoformat(since) >= PATIENCE
    await run.write(tx, {**run.state, "waits": {_name(period): tx.now.isoformat()}})
    return False


def _name(period: Period) -> str:
    return f"{period.every}:{period.first.isoformat()}"


async def _read_until(tx: Tx) -> datetime | None:
    """When Clearstream was last read; None where it never was."""
    row = await jobs.get(tx, inbox.NAME)
    moment: datetime | None = row["succeeded_at"] if row else None
    return moment
