"""New databases of each kind, for a run each."""

import asyncio
from pathlib import Path

from tests.databases import Postgres, migrate_now


class NewSqlite:
    """Files in one folder; there is no server that could be restarted."""

    restart = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    async def database(self) -> str:
        """Another one."""
        self._made += 1
        url = f"sqlite:///{self._folder}/chaos-{self._made}.db"
        await asyncio.to_thread(migrate_now, url)
        return url


class NewPostgres:
    """Databases of one server."""

    def __init__(self, server: Postgres) -> None:
        self._server = server

    async def database(self) -> str:
        """Another one."""
        url = await asyncio.to_thread(self._server.new)
        await asyncio.to_thread(migrate_now, url)
        return url

    async def restart(self) -> None:
        """End the server as a crash does, and start it again."""
        await asyncio.to_thread(self._server.restart)
