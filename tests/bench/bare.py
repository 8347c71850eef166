"""A bare Bolt app on Socket Mode: the limit of the framework, to measure against.

It acknowledges; with ``BARE_DATABASE`` set, after one query on that database.
"""

import asyncio
import logging
import os
import re
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.engine import readable_url

_QUERY = text("SELECT * FROM conversations ORDER BY id LIMIT 10")


async def run() -> None:
    """Acknowledge everything until killed."""
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    database = os.environ.get("BARE_DATABASE")
    engine: AsyncEngine | None = create_async_engine(readable_url(database), pool_size=10) if database else None

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=client.token)

    app = AsyncApp(client=client, authorize=authorize, process_before_response=True, request_verification_enabled=False)

    @app.command("/sms")
    @app.action(re.compile(".*"))
    async def ack(ack: Any) -> None:
        if engine is not None:
            async with engine.connect() as connection:
                (await connection.execute(_QUERY)).all()
        await ack()

    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(run())
