"""Handing things to the app and judging how it answered: three seconds, retries of events, the record of it all."""

import asyncio
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, Protocol

from bot.sandbox.slack.model import Json
from bot.sandbox.slack.record import Call, Record
from bot.sandbox.slack.transport import Ack, Delivery, Envelope, HttpDelivery, NoAnswer
from bot.sandbox.slack.workspace import Workspace


class Way(Protocol):
    """How an envelope travels: Socket Mode or signed HTTP."""

    async def send(self, envelope: Envelope) -> "asyncio.Future[Ack]":
        """Start; the future is the ack."""


class Deliveries:
    """Everything that was delivered, in order, is in ``log``.

    ``ack_seconds`` and ``retry_delays`` (before each attempt to deliver an event) are seconds of real time.
    """

    def __init__(
        self,
        workspace: Workspace,
        record: Record,
        sockets: Way,
        *,
        ack_seconds: float,
        retry_delays: Sequence[float],
    ) -> None:
        self.log: list[Delivery] = []
        self.http: HttpDelivery | None = None
        self.ack_seconds = ack_seconds
        self.retry_delays = retry_delays
        self._workspace = workspace
        self._record = record
        self._sockets = sockets
        self._tasks: set[asyncio.Task[Any]] = set()

    async def deliver(self, kind: str, payload: Json) -> Delivery:
        """Deliver a command or an interaction and wait for its ack, at most the time allowed."""
        delivery = Delivery(Envelope(self._workspace.new_id("envelope"), kind, payload))
        self.log.append(delivery)
        await self._attempt(delivery, delivery.envelope)
        self._workspace.changes.note()
        return delivery

    async def again(self, delivery: Delivery) -> Delivery:
        """Deliver the same thing once more, as Slack does when it is unsure."""
        envelope = delivery.envelope
        if envelope.kind != "event":
            return await self.deliver(envelope.kind, envelope.payload)
        return await self._event(Envelope(self._workspace.new_id("envelope"), "event", envelope.payload, 1, "timeout"))

    def deliver_event(self, payload: Json) -> None:
        """Deliver an event in the background, with retries until it is acked."""
        self.in_background(self._event(Envelope(self._workspace.new_id("envelope"), "event", payload)))

    async def _event(self, first: Envelope) -> Delivery:
        delivery = Delivery(first)
        self.log.append(delivery)
        for number, delay in enumerate(self.retry_delays):
            await asyncio.sleep(delay)
            envelope = first
            if number:
                reason = "http_timeout" if delivery.problem == "operation_timeout" else "http_error"
                envelope = Envelope(self._workspace.new_id("envelope"), "event", first.payload, number, reason)
                delivery.retries = number
            await self._attempt(delivery, envelope)
            self._workspace.changes.note()
            if delivery.acked:
                break
        return delivery

    async def _attempt(self, delivery: Delivery, envelope: Envelope) -> None:
        way: Way = self.http or self._sockets
        try:
            future = await way.send(envelope)
            done, _ = await asyncio.wait({future}, timeout=self.ack_seconds)
            if not done:
                delivery.problem = "operation_timeout"
                future.add_done_callback(partial(self._late, delivery))
                return
            self._answered(delivery, future.result())
        except NoAnswer as problem:
            delivery.problem = problem.word

    def _answered(self, delivery: Delivery, ack: Ack) -> None:
        if not delivery.late:
            delivery.acked, delivery.problem, delivery.response = True, None, ack.payload
        arguments = ack.payload if isinstance(ack.payload, dict) else {"text": ack.payload} if ack.payload else {}
        self._record.add(Call("ack", arguments, self._workspace.now(), answer={"ok": not delivery.late}))
        delivery.answered.set()

    def _late(self, delivery: Delivery, future: "asyncio.Future[Ack]") -> None:
        if future.cancelled() or future.exception() is not None:
            return
        delivery.late = True
        kind = delivery.payload.get("command") or delivery.payload.get("type")
        self._record.complain(f"late ack of {kind}")
        self._answered(delivery, future.result())
        self._workspace.changes.note()

    def in_background(self, work: Awaitable[Any]) -> None:
        """Run this beside everything else; ``settled`` waits for it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until nothing is on its way to the app."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Stop delivering."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.http is not None:
            await self.http.close()
