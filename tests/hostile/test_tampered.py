"""Values that come back changed, from whom they were not meant for, or from another workspace: refused, all of them."""

import copy
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

import bot.slack
from bot.errors import Gone
from bot.operations.model import Intention, State
from bot.services.broadcast_showing import SEND
from bot.slack.ids import Carried
from bot.store.tables import operations
from tests.club import Club
from tests.drive import JANE

NOBODY = 987_654_321


def carried() -> list[type[Carried]]:
    """Everything a button or a modal carries, in whichever module."""
    for module in pkgutil.walk_packages(bot.slack.__path__, "bot.slack."):
        if module.name.endswith("ids"):
            importlib.import_module(module.name)
    found = [Carried]
    for kind in found:
        found += kind.__subclasses__()
    return sorted(found[1:], key=lambda kind: (kind.__module__, kind.__name__))


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        [2**31, 2**63, -(2**70), "\0", "\ud800", "", "x", "all", "or", [], {}, {"a": 1}, [[]], "9" * 5000]
    )
    | st.floats()
    | st.text(max_size=20)
)


def numbers_and_words(value: Any) -> Iterator[Any]:
    """All of them in what came back."""
    for part in value.values() if isinstance(value, dict) else [value]:
        yield from numbers_and_words(part) if isinstance(part, dict) else [part]


@given(st.data())
def test_whatever_comes_back_is_ours_or_refused(data: st.DataObject) -> None:
    """Of every kind there is: a sentence for the person, or values that a database takes; never anything else."""
    kind = data.draw(st.sampled_from(carried()))
    drawn = {name: data.draw(VALUES) for name in kind.model_fields if data.draw(st.booleans())}
    packed = data.draw(st.just(json.dumps(drawn)) | st.just(str(drawn)) | st.sampled_from(["[" * 3000, "\ud800", "1"]))
    try:
        back = kind.unpack(packed)
    except Gone as refused:
        assert "Nothing was done" in str(refused)
        return
    for part in numbers_and_words(back.model_dump()):
        assert not isinstance(part, int) or abs(part) < 2**63
        assert not isinstance(part, str) or "\0" not in part
        assert not isinstance(part, float)


OF_ANOTHER: dict[str, str] = {
    "inbox.": f'{{"conversation":{NOBODY}}}',
    "reply.": "nothing",
    "history.": f'{{"conversation":{NOBODY},"page":1}}',
    "saved.": '{"reply": "none"}',
    "notice.": '{"operation": "none", "fence": 0}',
    "contact.": '{"number": "+19995550000"}',
    "expert.": f'{{"member":{NOBODY},"owner":"OWNER"}}',
    "talk.": f'{{"member":{NOBODY},"owner":"OWNER"}}',
    "call.": f'{{"call":{NOBODY},"owner":"OWNER"}}',
    "broadcast.": '{"broadcast": "none", "version": 1}',
    "lists.": f'{{"list":{NOBODY}}}',
    "add.": '{"number": "+19995550000"}',
    "keyword.": '{"name": "none", "seen": "", "draft": "d"}',
    "import.": '{"transfer": "none"}',
    "setup.": '{"reply": "none"}',
    "audit.": '{"words": "x"}',
}
"""Well-formed, of things that are not there or are somebody else's (``OWNER``), by what the names begin with."""


def spoken(pattern: str) -> str:
    """A name that a pattern of names is meant for."""
    return re.sub(r"\.\+|\.\*", "x", pattern.strip("^$")).replace("\\", "")


class Attack:
    """Delivers what nobody pressed. ``by`` are the ids of a person and of their workspace."""

    def __init__(self, fort: Club, by: str, team: str) -> None:
        self.fort = fort
        self.common: dict[str, Any] = {"user": {"id": by, "team_id": team}, "team": {"id": team}, "trigger_id": "1.2.3"}
        self.by = by
        self.tellable: dict[str, str] = {}

    async def deliver(self, name: str, payload: dict[str, Any]) -> None:
        """One of them, which has to be acknowledged."""
        url = self.fort.slack.responses.issue(self.by, self.fort.texts)
        self.tellable[url.rsplit("/", 1)[1]] = name
        body = {**copy.deepcopy(self.common), "response_url": url, **payload}
        delivery = await self.fort.slack.deliveries.deliver("interactive", body)
        assert delivery.acked, (name, payload, delivery.problem)

    async def press(self, name: str, value: str) -> None:
        """A press on a message in #texts."""
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        channel = {"id": self.fort.texts.id}
        await self.deliver(name, {"type": "block_actions", "channel": channel, "actions": [action]})

    async def submit(self, name: str, metadata: str) -> None:
        """A modal that never was."""
        view = {
            "id": "V1", "type": "modal", "callback_id": name, "private_metadata": metadata, "state": {"values": {}},
            "blocks": [{"type": "input", "block_id": "b", "element": {"type": "plain_text_input", "action_id": "a"}}],
        }  # fmt: skip
        await self.deliver(name, {"type": "view_submission", "view": view})

    async def command(self, name: str, words: str) -> None:
        """A command typed in #texts."""
        who = {"user_id": self.by, "team_id": self.common["team"]["id"], "channel_id": self.fort.texts.id}
        url = self.fort.slack.responses.issue(self.by, self.fort.texts)
        body = {"command": name, "text": words, "trigger_id": "1.2.3", "response_url": url, **who}
        assert (await self.fort.slack.deliveries.deliver("command", body)).acked

    def told(self) -> set[str]:
        """What was answered, by name."""
        return {self.tellable[token] for token, url in self.fort.slack.responses._issued.items() if url.uses}


SILENT = {
    "expert.link", "expert.login_link", "inbox.open_link", "broadcast.post_link", "broadcast.list",
}  # fmt: skip
"""Carried out by Slack itself."""


async def untouched(fort: Club, marks: tuple[int, int]) -> None:
    """Nothing was written anywhere, and nothing failed in a way nobody had thought of."""
    assert fort.bot is not None
    await fort.wind(20)
    asked = [*fort.clearstream.requests_since(marks[0]), *fort.clarity.requests_since(marks[1])]
    assert [(one.method, one.path) for one in asked if one.method != "GET"] == []
    assert await fort.record() == []
    failed = [
        sample.labels for metric in fort.bot.metrics.errors.collect() for sample in metric.samples if sample.value
    ]
    assert failed == []


def presses(fort: Club) -> list[tuple[str, str]]:
    """The name of everything that can be pressed, with a well-formed value of something that is not there."""
    assert fort.bot is not None
    actions = fort.bot.listeners._actions
    names = [*actions.named, *(spoken(one.pattern) for one, _ in actions.patterns)]
    other = {
        name: next((value for start, value in OF_ANOTHER.items() if name.startswith(start)), "{}") for name in names
    }
    return [(name, value.replace("OWNER", fort.alice.user.id)) for name, value in other.items()]


async def test_no_press_and_no_modal_that_was_made_up_does_anything(fort: Club) -> None:
    """All there are, by their names: with nonsense, and with well-formed values of what is not theirs."""
    assert fort.bot is not None
    await fort.text_in(JANE, "Hello")
    marks = fort.clearstream.log.mark(), fort.clarity.log.mark()
    attack = Attack(fort, fort.bob.user.id, fort.slack.workspace.team_id)
    for name, value in presses(fort):
        await attack.press(name, "nonsense")
        await attack.press(name, value)
    for name in fort.bot.listeners._submissions.named:
        for metadata in ("[[", f'{{"draft": "d", "conversation": {NOBODY}}}'):
            await attack.submit(name, metadata)
    await untouched(fort, marks)
    assert "claimed" not in fort.header("Jane Doe").text()
    assert {name for name, _ in presses(fort)} - attack.told() <= SILENT


async def test_nobody_from_elsewhere_does_anything(fort: Club) -> None:
    """Not with values that are right: another workspace's person, one Slack does not know, a guest of a channel."""
    header = await fort.text_in(JANE, "Hello")
    [conversation] = set(re.findall(r'"conversation":(\d+)', str(header.blocks)))
    right = {name: value.replace(str(NOBODY), conversation) for name, value in presses(fort)}
    eve = fort.slack.workspace.add_user("eve", "Eve Elsewhere")
    eve.team_id = "T0ELSEWHERE"
    fort.texts.members.append(eve.id)
    marks = fort.clearstream.log.mark(), fort.clarity.log.mark()
    for by, team in ((eve.id, "T0ELSEWHERE"), ("U0NOBODY", "T0ELSEWHERE"), (eve.id, fort.slack.workspace.team_id)):
        attack = Attack(fort, by, team)
        for name in (
            "inbox.claim",
            "inbox.done",
            "inbox.reply",
            "saved.forget",
            "lists.new",
            "setup.open",
            "home.login",
        ):
            await attack.press(name, right[name])
        await attack.command("/sms", "inbox")
        await attack.command("/sms", "broadcast")
        await attack.command("/expert", "login")
    await untouched(fort, marks)
    assert "claimed" not in fort.header("Jane Doe").text()
    seen = [message.text() for message in fort.person("eve").ephemerals()]
    assert "Jane" not in str(seen) and "/clarity/login/" not in str(seen)


async def test_a_notice_decides_on_nothing_but_what_has_one(fort: Club) -> None:
    """Who may reply sends no broadcast a second time by the button for texts: its own asks for other rights."""
    assert fort.bot is not None
    ledger, store = fort.bot.ledger, fort.bot.store
    async with store.write() as tx:
        await ledger.ask(tx, Intention(kind=SEND, key="broadcast:b:1", payload={"broadcast": "b"}, held_until=tx.now))
        await tx.execute(update(operations).values(state=State.UNCONFIRMED).where(operations.c.kind == SEND))
        operation = await ledger.by_key(tx, "broadcast:b:1")
    assert operation is not None
    value = json.dumps({"operation": operation.id, "fence": operation.fence})
    attack = Attack(fort, fort.bob.user.id, fort.slack.workspace.team_id)
    for name in ("notice.send_anyway", "notice.check_again", "notice.drop"):
        await attack.press(name, value)
    await fort.wind(2)
    async with store.read() as tx:
        assert await ledger.get(tx, operation.id) == operation
    assert "Nothing was done" in await fort.told(fort.bob, "What this notice was about is not known here")
