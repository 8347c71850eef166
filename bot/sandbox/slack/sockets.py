"""Socket Mode: single-use addresses, up to ten connections, each envelope to one of them, acks by envelope id."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.slack.model import Json
from bot.sandbox.slack.record import Record
from bot.sandbox.slack.transport import Ack, Envelope, NoAnswer
from bot.sandbox.slack.workspace import Workspace

MOST_CONNECTIONS = 10


@dataclass(eq=False)
class _Connection:
    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False
    pending: set[str] = field(default_factory=set)


class Sockets:
    """The Socket Mode side of the stand-in."""

    def __init__(self, workspace: Workspace, record: Record) -> None:
        self._workspace = workspace
        self._record = record
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._waiting: dict[str, asyncio.Future[Ack]] = {}
        self._turn = 0
        self.base_url = ""

    @property
    def connected(self) -> int:
        """How many connections take envelopes now."""
        return sum(not each.leaving for each in self._connections)

    def ticket(self) -> str:
        """An address that opens one connection, once."""
        ticket = self._workspace.new_id("ticket")
        self._tickets.add(ticket)
        return f"{self.base_url}link/?ticket={ticket}&app_id={self._workspace.app_id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The websocket route."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="ticket is unknown or was used")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        if len(self._connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": _DEBUG})
            await socket.close()
            return socket
        await self._serve(_Connection(socket, request))
        return socket

    async def _serve(self, connection: _Connection) -> None:
        self._connections.append(connection)
        try:
            await connection.socket.send_json(
                {
                    "type": "hello", "num_connections": len(self._connections), "debug_info": _DEBUG,
                    "connection_info": {"app_id": self._workspace.app_id},
                }
            )  # fmt: skip
            self._workspace.changes.note()
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._acked(connection, message.data)
        finally:
            self._connections.remove(connection)
            self._workspace.changes.note()
            for envelope_id in connection.pending:
                future = self._waiting.pop(envelope_id, None)
                if future is not None and not future.done():
                    future.set_exception(NoAnswer("operation_timeout"))

    def _acked(self, connection: _Connection, data: str) -> None:
        try:
            body: Any = json.loads(data)
        except ValueError:
            body = None
        if not isinstance(body, dict) or "envelope_id" not in body:
            self._record.complain(f"not an ack: {data[:200]}")
            return
        connection.pending.discard(body["envelope_id"])
        future = self._waiting.pop(body["envelope_id"], None)
        if future is None:
            self._record.complain(f"ack of an unknown envelope: {body['envelope_id']}")
        elif not future.done():
            future.set_result(Ack(body.get("payload")))

    async def send(self, envelope: Envelope) -> "asyncio.Future[Ack]":
        """Give an envelope to one connection; the future is its ack.

        Raises ``NoAnswer`` where nobody is connected.
        """
        open_now = [each for each in self._connections if not each.socket.closed]
        ready = [each for each in open_now if not each.leaving] or open_now
        if not ready:
            raise NoAnswer("dispatch_failed")
        self._turn += 1
        connection = ready[self._turn % len(ready)]
        future: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope.id] = future
        connection.pending.add(envelope.id)
        try:
            await connection.socket.send_json(_wire(envelope))
        except ConnectionError:
            connection.pending.discard(envelope.id)
            del self._waiting[envelope.id]
            raise NoAnswer("dispatch_failed") from None
        return future

    async def refresh(self) -> None:
        """Ask every connection to make way for a new one, as Slack does about hourly."""
        for connection in tuple(self._connections):
            connection.leaving = True
            await connection.socket.send_json(
                {"type": "disconnect", "reason": "refresh_requested", "debug_info": _DEBUG}
            )
        self._workspace.changes.note()

    def cut(self) -> None:
        """End every connection without a word, as a broken line does."""
        for connection in tuple(self._connections):
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def close(self) -> None:
        """End every connection with a goodbye."""
        await asyncio.gather(*(connection.socket.close() for connection in self._connections))


_DEBUG: Json = {"host": "sandbox", "started": "", "build_number": 1, "approximate_connection_time": 3600}


def _wire(envelope: Envelope) -> Json:
    body: Json = {
        "envelope_id": envelope.id, "payload": envelope.payload, "type": envelope.socket_type,
        "accepts_response_payload": envelope.socket_type != "events_api",
    }  # fmt: skip
    if envelope.socket_type == "events_api":
        body |= {"retry_attempt": envelope.retry, "retry_reason": envelope.retry_reason}
    return body
