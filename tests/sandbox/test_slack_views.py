"""Triggers, modals and Home tabs of the Slack stand-in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Person, Registration, Shortcut, SlackStandIn, View
from tests.clock import WoundClock
from tests.sandbox.slack_app import (
    actions,
    bolt,
    button,
    modal,
    over_sockets,
    section,
    text_field,
)


@pytest.fixture
async def slack(clock: WoundClock) -> AsyncIterator[SlackStandIn]:
    """A workspace whose time stands still; the app has one shortcut, **Start**."""
    registration = Registration.of(shortcuts=[Shortcut("Start", "start", "global")])
    async with SlackStandIn(registration, now=clock.seconds, patience=1, ack_seconds=0.3) as stand_in:
        stand_in.workspace.add_channel("inbox", [stand_in.workspace.add_user("ada", "Ada Lovelace")])
        yield stand_in


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[AsyncApp]:
    """An app that acks everything; tests add what they need."""
    app = bolt(slack)

    @app.shortcut("start")
    @app.action({"action_id": "press"})
    async def ack_only(ack: Any) -> None:
        await ack()

    async with over_sockets(app, slack):
        yield app


@asynccontextmanager
async def refused(error: str) -> AsyncIterator[None]:
    """The call inside is refused with this error."""
    with pytest.raises(SlackApiError) as caught:
        yield
    assert caught.value.response["error"] == error


async def trigger(ada: Person) -> str:
    """A fresh trigger of hers."""
    return str((await ada.shortcut("Start")).payload["trigger_id"])


async def opened(ada: Person, api: AsyncWebClient, view: dict[str, Any]) -> View:
    """A modal open before her."""
    await api.views_open(trigger_id=await trigger(ada), view=view)
    assert ada.modal is not None
    return ada.modal


@pytest.mark.usefixtures("app")
async def test_a_trigger_lives_three_seconds_and_once(clock: WoundClock, ada: Person, api: AsyncWebClient) -> None:
    """Made up, used, late: each has its own name."""
    async with refused("invalid_trigger_id"):
        await api.views_open(trigger_id="1.2.3", view=modal(section("x")))
    used = await trigger(ada)
    await api.views_open(trigger_id=used, view=modal(section("x")))
    async with refused("exchanged_trigger_id"):
        await api.views_open(trigger_id=used, view=modal(section("x")))
    late = await trigger(ada)
    await clock.wind(3.1)
    async with refused("expired_trigger_id"):
        await api.views_open(trigger_id=late, view=modal(section("x")))


@pytest.mark.usefixtures("app")
async def test_a_view_slack_does_not_take_is_named_by_its_place(ada: Person, api: AsyncWebClient) -> None:
    """Too long a title, inputs without a submit button, too large."""
    with pytest.raises(SlackApiError, match=r"less than 25 characters \[json-pointer:/view/title/text\]"):
        await api.views_open(trigger_id=await trigger(ada), view=modal(section("x"), title="x" * 25))
    with pytest.raises(SlackApiError, match="missing required field: submit"):
        await api.views_open(trigger_id=await trigger(ada), view=modal(text_field(), submit=None))
    huge = modal(*(section("x" * 3000) for _ in range(90)))
    async with refused("view_too_large"):
        await api.views_open(trigger_id=await trigger(ada), view=huge)
    assert ada.modal is None


@pytest.mark.usefixtures("app")
async def test_an_update_with_an_old_hash_loses(ada: Person, api: AsyncWebClient) -> None:
    """Whoever saw an older view than the one there must look again."""
    view = await opened(ada, api, modal(section("1")))
    old = view.hash
    await api.views_update(view_id=view.id, hash=old, view=modal(section("2")))
    async with refused("hash_conflict"):
        await api.views_update(view_id=view.id, hash=old, view=modal(section("3")))
    assert "2" in view.text()


@pytest.mark.usefixtures("app")
async def test_a_view_is_found_by_its_external_id_while_it_is_open(ada: Person, api: AsyncWebClient) -> None:
    """Two at once may not share one; a closed one is gone."""
    view = await opened(ada, api, modal(section("1"), external_id="mine"))
    async with refused("duplicate_external_id"):
        await api.views_open(trigger_id=await trigger(ada), view=modal(section("2"), external_id="mine"))
    await api.views_update(external_id="mine", view=modal(section("2"), external_id="mine"))
    assert "2" in view.text()
    await ada.close()
    async with refused("not_found"):
        await api.views_update(view_id=view.id, view=modal(section("3")))


@pytest.mark.usefixtures("app")
async def test_three_views_deep_and_no_more(ada: Person, api: AsyncWebClient) -> None:
    """Each push needs something done in the modal."""
    await opened(ada, api, modal(actions(button("Deeper")), title="1"))
    async with refused("invalid_trigger_id"):
        await api.views_push(trigger_id=await trigger(ada), view=modal(section("x")))
    for title in ("2", "3"):
        pressed = await ada.click("Deeper")
        assert pressed is not None
        deeper = modal(actions(button("Deeper")), title=title)
        await api.views_push(trigger_id=pressed.payload["trigger_id"], view=deeper)
    pressed = await ada.click("Deeper")
    assert pressed is not None
    async with refused("push_limit_reached"):
        await api.views_push(trigger_id=pressed.payload["trigger_id"], view=modal(section("x")))
    assert ada.modal is not None
    assert ada.modal.title == "3"
    await ada.close()
    assert ada.modal.title == "2"
    await ada.close(everything=True)
    assert ada.modal is None


async def test_closing_is_told_where_the_view_asks_for_it(app: AsyncApp, ada: Person, api: AsyncWebClient) -> None:
    """``is_cleared`` says whether the whole stack went."""
    closed: list[bool] = []

    @app.view_closed("modal")
    async def on_close(ack: Any, body: Any) -> None:
        closed.append(body["is_cleared"])
        await ack()

    await opened(ada, api, modal(section("x"), notify_on_close=True))
    await ada.close()
    await opened(ada, api, modal(section("x"), notify_on_close=True, clear_on_close=True))
    await ada.close()
    await opened(ada, api, modal(section("x")))
    await ada.close()
    assert closed == [False, True]


async def test_what_a_submission_may_answer(
    slack: SlackStandIn, app: AsyncApp, ada: Person, api: AsyncWebClient
) -> None:
    """Update, push, clear."""
    answers: list[dict[str, Any]] = [
        {"response_action": "update", "view": modal(text_field(), title="Updated")},
        {"response_action": "push", "view": modal(text_field(), title="Pushed")},
        {"response_action": "clear"},
    ]

    @app.view("modal")
    async def on_submit(ack: Any) -> None:
        await ack(**answers.pop(0))

    await opened(ada, api, modal(text_field()))
    await ada.type("Message", "kept")
    await ada.submit()
    assert ada.modal is not None
    assert (ada.modal.title, ada.modal.state["field"]["typed"]["value"]) == ("Updated", "kept")
    await ada.submit()
    assert ada.modal.title == "Pushed"
    await ada.type("Message", "x")
    await ada.submit()
    assert ada.modal is None
    assert slack.complaints == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {"not_a_field": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
async def test_an_answer_that_makes_no_sense_is_trouble(
    slack: SlackStandIn, app: AsyncApp, ada: Person, api: AsyncWebClient, answer: dict[str, Any]
) -> None:
    """The person reads Slack's own sentence, what they typed stays, and the complaint is kept."""

    @app.view("modal")
    async def on_submit(ack: Any) -> None:
        await ack(**answer)

    view = await opened(ada, api, modal(text_field(), section("x", block_id="not_a_field")))
    await ada.type("Message", "kept")
    await ada.submit()
    assert "We had some trouble connecting" in view.text()
    assert "kept" in view.text()
    assert slack.complaints


@pytest.mark.usefixtures("app")
async def test_a_home_tab_belongs_to_one_person_and_keeps_its_id(ada: Person, api: AsyncWebClient) -> None:
    """Publishing again changes it in place; it holds no alerts."""
    home = {"type": "home", "blocks": [section("1")]}
    first = await api.views_publish(user_id=ada.user.id, view=home)
    second = await api.views_publish(
        user_id=ada.user.id, view=home | {"blocks": [section("2")]}, hash=first["view"]["hash"]
    )
    assert first["view"]["id"] == second["view"]["id"]
    async with refused("hash_conflict"):
        await api.views_publish(user_id=ada.user.id, view=home, hash=first["view"]["hash"])
    async with refused("invalid_arguments"):
        await api.views_publish(user_id=ada.user.id, view=home | {"blocks": [{"type": "alert", "text": "x"}]})
    assert ada.home is not None
    assert ada.home.text() == "2"


@pytest.mark.usefixtures("app")
async def test_an_app_without_a_home_tab_publishes_none(slack: SlackStandIn, ada: Person, api: AsyncWebClient) -> None:
    """As where the manifest does not ask for one."""
    slack.registration.has_home = False
    async with refused("not_enabled"):
        await api.views_publish(user_id=ada.user.id, view={"type": "home", "blocks": [section("1")]})


async def test_a_submission_that_is_not_acked_in_time_says_so_and_the_late_ack_is_on_record(
    slack: SlackStandIn, app: AsyncApp, ada: Person, api: AsyncWebClient
) -> None:
    """The modal stays, with Slack's own sentence."""
    slack.deliveries.ack_seconds = 0.05
    go_on: list[Any] = []

    @app.view("modal")
    async def on_submit(ack: Any) -> None:
        await slack.wait_for(lambda: go_on)
        await ack()

    view = await opened(ada, api, modal(text_field()))
    await ada.type("Message", "kept")
    delivery = await ada.submit()
    assert delivery is not None
    assert (delivery.acked, delivery.problem) == (False, "operation_timeout")
    assert "trouble connecting" in view.text()
    go_on.append(True)
    slack.workspace.changes.note()
    await slack.wait_for(lambda: delivery.late)
    assert slack.complaints == ["late ack of view_submission"]
    assert ada.modal is view
