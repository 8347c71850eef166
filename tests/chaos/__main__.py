"""``python -m tests.chaos``: the naive control, which must send twice, and then the real one, which must not."""

import argparse
import asyncio
import random
import sys
import tempfile
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from tests.chaos.play import Play
from tests.databases import Postgres, migrate_now, postgres_server
from tests.faults.bots import Nursery

_DATABASES = ("sqlite", "postgresql")

_CONTROLS = 5
"""So many tries the control has to send something twice."""


def main() -> None:
    """Play on both kinds of database; exit 1 where a promise was broken, 2 where the control proved nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long the storm blows, on each database")
    parser.add_argument("--replicas", type=int, default=3, help="bots on PostgreSQL; on SQLite there is one")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="play the same again")
    parser.add_argument("--only", choices=_DATABASES, help="one database only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for database in _DATABASES:
            (Path(folder) / database).mkdir()
        sys.exit(asyncio.run(_play(options, Path(folder))))


async def _play(options: argparse.Namespace, folder: Path) -> int:
    worst = 0
    print(f"seed {options.seed}")
    for database in _DATABASES:
        if options.only in (None, database):
            replicas = options.replicas if database == "postgresql" else 1
            worst = max(worst, await _on(database, replicas, options, folder / database))
    return worst


async def _on(database: str, replicas: int, options: argparse.Namespace, folder: Path) -> int:
    with ExitStack() as stack:
        server = None
        if database == "postgresql":
            server = await asyncio.to_thread(stack.enter_context, postgres_server(durable=True))
        nursery = stack.enter_context(closing(Nursery(folder)))
        tries = 0
        while True:
            tries += 1
            play = await _play_on(server, folder, replicas=replicas, seconds=20, seed=options.seed + tries, naive=True)
            verdict, _ = await play.run(nursery)
            print(f"{database}, naive control: {len(verdict.twice)} sent twice")
            if verdict.twice:
                break
            if tries == _CONTROLS:
                print("The control sent nothing twice: this run proves nothing.")
                return 2
        play = await _play_on(server, folder, replicas=replicas, seconds=options.seconds, seed=options.seed)
        verdict, told = await play.run(nursery)
        print(f"{database}, {replicas} bots, {options.seconds:g} s: {told}\n{verdict}")
        return 0 if verdict.good else 1


async def _play_on(
    server: Postgres | None, folder: Path, *, replicas: int, seconds: float, seed: int, naive: bool = False
) -> Play:
    """A play on a new database."""
    if server is None:
        url = f"sqlite:///{folder}/{'control' if naive else 'real'}-{seed}.db"
    else:
        url = await asyncio.to_thread(server.new)
    await asyncio.to_thread(migrate_now, url)
    restart = None if server is None else partial(asyncio.to_thread, server.restart)
    return Play(url, replicas, seconds, seed, naive=naive, restart_database=restart)


if __name__ == "__main__":
    main()
