"""APScheduler's ticks: each asks the database whether its job is due, so that a tick fired twice does no harm."""

from collections.abc import Awaitable, Callable, Iterable

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Ticks:
    """Fires every ``seconds`` for each name, in this process alone, until stopped."""

    def __init__(self, tick: Callable[[str], Awaitable[bool]], names: Iterable[str], seconds: float) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for name in names:
            self._scheduler.add_job(
                tick,
                "interval",
                args=(name,),
                seconds=seconds,
                id=name,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Fire no more; a job that runs is left to end."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
