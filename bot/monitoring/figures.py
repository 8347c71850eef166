"""The page that Prometheus reads: what this process counted, and what the database says at this moment."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection

import structlog

from bot.metrics import Metrics
from bot.services.broadcast_audience import ACCOUNT
from bot.services.broadcast_model import State
from bot.services.setup import Setup
from bot.store import figures
from bot.store.engine import Store

log = structlog.get_logger(__name__)

_PATIENCE = 2.0
"""Seconds the database has: who asks for the page does so again soon."""

_WAITING = (State.WAITING, State.HELD, State.LEAVING, State.UNCONFIRMED, State.SCHEDULED, State.QUEUED, State.SENDING)
_UNCONFIRMED = "unconfirmed"

Ready = Callable[[], Awaitable[dict[str, bool]]]


class Figures:
    """Makes the page. ``ready`` are the checks of ``/readyz``; ``jobs`` names those this process may run."""

    def __init__(
        self, store: Store, metrics: Metrics, setup: Setup, ready: Ready, jobs: Callable[[], Collection[str]]
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._setup = setup
        self._ready = ready
        self._jobs = jobs
        self._failures: tuple[type[Exception], ...] = (TimeoutError, *store.unreachable)

    async def page(self) -> bytes:
        """The page; without what the database says, where that does not answer."""
        checks = await self._ready()
        self._metrics.ready.set(all(checks.values()))
        self._metrics.slack_connected.set(checks.get("slack", False))
        self._show(await self._whole() if checks.get("database") else None)
        return self._metrics.page()

    async def _whole(self) -> figures.Whole | None:
        try:
            async with asyncio.timeout(_PATIENCE), self._store.read() as tx:
                self._metrics.credits_warning.set(await self._setup.credits_warning(tx))
                return await figures.whole(tx, [*_WAITING], ACCOUNT)
        except self._failures as error:
            log.warning("metrics.database_away", error=type(error).__name__)
            return None

    def _show(self, whole: figures.Whole | None) -> None:
        """Set every figure of the database; those of things that are gone, or cannot be known, are left out."""
        shown = self._metrics
        shown.database_up.set(whole is not None)
        labelled = (shown.ledger, shown.ledger_oldest, shown.poll_age, shown.poll_overdue, shown.poll_failing)
        for gauge in (*labelled, shown.calls, shown.broadcasts, shown.accounts):
            gauge.clear()
        if whole is None:
            shown.unconfirmed.set(math.nan)
            shown.credits.set(math.nan)
            return
        self._show_ledger(whole)
        self._show_jobs(whole)
        for state in _WAITING:
            shown.broadcasts.labels(state.value).set(whole.broadcasts.get(state.value, 0))
        for state_of_call, number in whole.calls.items():
            shown.calls.labels(state_of_call).set(number)
        for state_of_account, number in whole.clarity_accounts.items():
            shown.accounts.labels(state_of_account).set(number)
        credits_left = (whole.account or {}).get("credits")
        shown.credits.set(math.nan if credits_left is None else credits_left)

    def _show_ledger(self, whole: figures.Whole) -> None:
        for row in whole.ledger:
            self._metrics.ledger.labels(row.kind, row.state).set(row.number)
            if row.oldest is not None:
                age = (whole.now - row.oldest).total_seconds()
                self._metrics.ledger_oldest.labels(row.kind, row.state).set(max(0.0, age))
        self._metrics.unconfirmed.set(sum(row.number for row in whole.ledger if row.state == _UNCONFIRMED))

    def _show_jobs(self, whole: figures.Whole) -> None:
        mine = self._jobs()
        for row in whole.jobs:
            if row["name"] not in mine:
                continue  # of an earlier version, or of something that is set up no more
            name, since = row["name"], row["succeeded_at"]
            if since is not None:
                self._metrics.poll_age.labels(name).set(max(0.0, (whole.now - since).total_seconds()))
            runs = row["owner"] is not None and row["lease_until"] >= whole.now
            overdue = 0.0 if runs else max(0.0, (whole.now - row["next_due"]).total_seconds())
            self._metrics.poll_overdue.labels(name).set(overdue)
            self._metrics.poll_failing.labels(name).set(row["failures"])
