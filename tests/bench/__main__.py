"""Measures what the README promises in figures, each against a limit in the same run where there is one.

These machines are shared and noisy: a figure is a median with its spread, and a ratio says more than a time.
"""

import asyncio
import os
import socket
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import acks, broadcasts, growth, home, ledger, page, polling, search, transfer
from tests.bench.parts import answers, process, resident_megabytes, spread, stage

RUNS = 3


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start_and_memory() -> None:
    """From starting ``serve`` to ready, and what it holds in memory when idle."""
    ready, memory, imports = [], [], []
    for _ in range(RUNS):
        async with stage() as on:
            begun = time.monotonic()
            async with process(["-c", "import slack_bolt.async_app, sqlalchemy.ext.asyncio"], dict(os.environ)) as bare:
                await bare.wait()
            imports.append(time.monotonic() - begun)
            port = free_port()
            with tempfile.TemporaryDirectory() as folder:
                environment = on.environment(Path(folder), PORT=str(port))
                async with process(["-m", "bot", "serve"], environment) as bot:
                    ready.append(await answers(f"http://127.0.0.1:{port}/readyz", within=30))
                    await asyncio.sleep(3)
                    memory.append(resident_megabytes(bot.pid))
    print(f"serve ready after            {spread(ready)}   (bar: 2 s)")
    print(f"  of it, importing Bolt and SQLAlchemy alone  {spread(imports)}")
    print(f"idle memory                  {spread(memory, 'MB')}   (bar: 120 MB)")


async def demo_to_page() -> None:
    """From ``make demo`` (installed) to a page that answers."""
    took = []
    for _ in range(RUNS):
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["-m", "bot", "demo", "--fresh", "--port", str(port), "--data-dir", folder]
            async with process(arguments, dict(os.environ)):
                took.append(await answers(f"http://127.0.0.1:{port}/", within=60))
    print(f"demo to a usable page        {spread(took)}   (bar: 10 s)")


MEASUREMENTS = {
    "start": start_and_memory,
    "demo": demo_to_page,
    "acks": acks.measure,
    "ledger": ledger.measure,
    "growth": growth.measure,
    "backlog": growth.backlog,
    "day": growth.day,
    "polling": polling.measure,
    "search": search.measure,
    "broadcasts": broadcasts.measure,
    "home": home.measure,
    "page": page.measure,
    "import": transfer.imports,
    "export": transfer.exports,
}


def main() -> None:
    """All measurements, or those named."""
    for name in sys.argv[1:] or MEASUREMENTS:
        asyncio.run(MEASUREMENTS[name]())


if __name__ == "__main__":
    main()
