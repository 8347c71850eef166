"""What ``/metrics`` says: true figures, of which no label holds what somebody typed or a service was told."""

import math
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot.metrics import Metrics
from bot.monitoring.figures import Figures
from bot.polling.account import CREDITS
from bot.polling.inbox import NAME
from bot.sandbox.faults import Fault
from bot.sandbox.slack.faults import Fault as SlackFault
from bot.sandbox.slack.faults import How
from bot.services.setup import Setup
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.club import free_port
from tests.drive import JANE, House


class Page:
    """The figures of one moment."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples: list[Sample] = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name that have these labels; raises LookupError where there is none."""
        found = [s.value for s in self.samples if s.name == name and labels.items() <= s.labels.items()]
        if not found:
            raise LookupError(f"{name}{labels}")
        return sum(found)

    def labels(self) -> Iterator[str]:
        """Every value of a label."""
        for sample in self.samples:
            yield from sample.labels.values()


async def page(house: House) -> Page:
    """What Prometheus would read now."""
    assert house.bot is not None
    address = f"http://127.0.0.1:{house.bot.server.port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status == 200
        return Page(await answer.text())


async def test_a_text_and_its_answer_are_counted_where_they_pass(house: House) -> None:
    """Polls, the ledger, requests by route, acknowledgements: each as it was, none with a number or a name in it."""
    house.first_polls = (NAME, CREDITS)
    await house.start()
    header = await house.text_in(JANE, "Do you have a table?")
    await house.open_modal(house.bob, "Reply", header)
    await house.bob.type("Message", "Yes, at seven.")
    await house.bob.submit()
    await house.until(lambda: house.on_phone(JANE) == ["Yes, at seven."])
    await house.until(lambda: len(house.thread("Jane Doe")) > 1)
    seen = await page(house)
    assert seen.value("switchboard_ready") == 1
    assert seen.value("switchboard_slack_connected") == 1
    assert seen.value("switchboard_database_up") == 1
    assert seen.value("switchboard_build_info", mode="socket") == 1
    assert seen.value("switchboard_texts_total", direction="in") == 1
    assert seen.value("switchboard_operations_total", kind="slack.text", outcome="sent") >= 1
    assert seen.value("switchboard_ledger_lag_seconds_count", kind="slack.header") == 1
    assert seen.value("switchboard_poll_age_seconds", job="inbox") < 60
    assert seen.value("switchboard_poll_overdue_seconds", job="inbox") <= 15
    assert seen.value("switchboard_poll_failures_in_a_row", job="inbox") == 0
    assert seen.value("switchboard_poll_seconds_count", job="inbox") >= 1
    assert seen.value("switchboard_poll_lag_seconds_count", job="inbox") >= 1
    route = {"service": "Clearstream", "method": "POST", "route": "/threads/{id}/replies"}
    assert seen.value("switchboard_upstream_requests_total", **route, status="200") == 1
    assert seen.value("switchboard_upstream_seconds_count", **route) == 1
    assert seen.value("switchboard_upstream_requests_total", route="chat.postMessage", status="200") >= 2
    assert seen.value("switchboard_ack_seconds_count", listener="inbox.reply") >= 1
    assert seen.value("switchboard_clearstream_credits") > seen.value("switchboard_clearstream_credits_warning") > 0
    assert seen.value("switchboard_unconfirmed_operations") == 0
    for label in seen.labels():
        assert not any(secret in label for secret in ("2005551000", "Jane", "table", house.bob.user.id, "xox"))


async def test_what_is_wrong_is_seen(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> None:
    """A text that cannot be posted grows old, a lost reply is unconfirmed, a poll that fails says so."""
    house = House(clock, sqlite_url, tmp_path)
    await house.open()
    await house.start()
    header = await house.text_in(JANE, "Do you have a table?")
    house.clearstream.faults.add(Fault.LOSE_BEFORE, method="POST", path="threads/*/replies")
    await house.open_modal(house.bob, "Reply", header)
    await house.bob.type("Message", "Yes, at seven.")
    await house.bob.submit()
    await house.until(lambda: "Unconfirmed" in house.thread("Jane Doe")[-1])
    house.slack.faults.add(SlackFault("chat.postMessage", How.ERROR_BEFORE, 99, error="channel_not_found"))
    house.clearstream.receive(JANE, "Hello?")
    await house.wind(16)
    broken = house.clearstream.faults.add(Fault.ERROR_BEFORE, method="GET", path="threads", count=None)
    await house.until(lambda: broken.hits > 3, "a second try")
    seen = await page(house)
    assert seen.value("switchboard_unconfirmed_operations") == 1
    assert seen.value("switchboard_ledger_operations", state="unconfirmed") == 1
    assert seen.value("switchboard_ledger_oldest_seconds", kind="slack.text") > 15
    assert seen.value("switchboard_upstream_requests_total", route="chat.postMessage", status="refused") >= 1
    assert seen.value("switchboard_poll_failures_in_a_row", job="inbox") >= 1
    assert seen.value("switchboard_poll_failures_total", job="inbox") >= 1
    assert seen.value("switchboard_poll_age_seconds", job="inbox") > 15
    await house.close()


async def test_the_page_is_made_without_the_database_too() -> None:
    """When it is needed most: what this process counted stands there, and that the database is away."""

    async def ready() -> dict[str, bool]:
        return {"slack": True, "database": True}

    store = Store(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing", WoundClock())
    metrics = Metrics()
    metrics.observe_ack("sms", 3.5)
    seen = Page((await Figures(store, metrics, Setup(), ready, tuple).page()).decode())
    await store.close()
    assert seen.value("switchboard_database_up") == 0
    assert seen.value("switchboard_late_acks_total", listener="sms") == 1
    assert math.isnan(seen.value("switchboard_unconfirmed_operations"))
    with pytest.raises(LookupError):
        seen.value("switchboard_ledger_operations")
