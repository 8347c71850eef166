"""``python -m tests.chaos``: the naive control, which must send twice, and then the real one, which must not."""

import argparse
import asyncio
import random
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

from tests.chaos.databases import NewPostgres, NewSqlite
from tests.chaos.play import prove
from tests.databases import postgres_server
from tests.faults.bots import Nursery

_DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Play on both kinds of database; exit 1 where a promise was broken or the control proved nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long the storm blows, on each database")
    parser.add_argument("--replicas", type=int, default=3, help="bots on PostgreSQL; on SQLite there is one")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="play the same again")
    parser.add_argument("--only", choices=_DATABASES, help="one database only")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    good = True
    for database in _DATABASES:
        if options.only in (None, database):
            good &= _on(database, options)
    sys.exit(0 if good else 1)


def _on(database: str, options: argparse.Namespace) -> bool:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        nursery = stack.enter_context(closing(Nursery(folder)))
        new: NewSqlite | NewPostgres = NewSqlite(folder)
        if database == "postgresql":
            new = NewPostgres(stack.enter_context(postgres_server(durable=True)))
        replicas = options.replicas if database == "postgresql" else 1
        proof = asyncio.run(
            prove(
                nursery,
                new.database,
                replicas=replicas,
                seconds=options.seconds,
                control=20,
                seed=options.seed,
                restart_database=new.restart,
            )
        )
    print(f"{database}, {replicas} bots, {options.seconds:g} s\n{proof}", flush=True)
    return proof.good


if __name__ == "__main__":
    main()
