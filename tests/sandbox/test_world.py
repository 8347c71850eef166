"""The sandbox as a whole: what it holds at first, what survives a restart, the real bot as a process, the story."""

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from bot.errors import SettingsError
from bot.sandbox import story
from bot.sandbox.process import BotProcess
from bot.sandbox.slack import Message
from bot.sandbox.story import tell
from bot.sandbox.world import World, demo, registration
from tests.sandbox.page.looking import visiting
from tests.sandbox.slack_app import client

MARIA = "+12005551000"


async def test_a_fresh_sandbox_is_furnished(tmp_path: Path) -> None:
    """Three people with different rights, four channels, a line with readers, two unread conversations."""
    async with World(tmp_path) as world:
        workspace, line = world.slack.workspace, world.line.state
        alice, bob, carol = (world.slack.person(name) for name in ("alice", "bob", "carol"))
        assert alice.user.is_admin
        assert not bob.user.is_admin
        assert [[each.name for each in who.channels() if each.name] for who in (bob, carol)] == [
            ["texts", "calls", "broadcasts", "general"], ["broadcasts", "general"],
        ]  # fmt: skip
        assert workspace.bot.id in workspace.channel("texts").members
        assert len(line.subscribers) == 2000
        assert [thread.unread for thread in line.threads.values()].count(True) == 2
        assert len(line.threads) == 5
        assert "lands in #texts" in bob.messages("general")[2].text()
        page = await _seen(world)
        assert "New on" not in page


async def test_a_fresh_sandbox_has_experts(tmp_path: Path) -> None:
    """Thirty members, the team's account among them with a call waiting; the bot gets all it needs to be let in."""
    async with World(tmp_path) as world:
        assert len(world.clarity.state.members) == 30
        shared = world.clarity.member("bluesushi")
        waiting = [call for call in world.clarity.state.calls.values() if call.status == "pending"]
        assert [call.reason for call in waiting if call.expert_id == shared.id] == [
            "Which seats do your guests ask for?"
        ]
        settings = world.bot_environment(4711)
        assert world.clarity.state.tokens[settings["CLARITY_OAUTH_TOKEN"]] == shared.id
        assert settings["CALLS_CHANNEL"] == world.slack.workspace.channel("calls").id
        assert world.slack.workspace.bot.id in world.slack.workspace.channel("calls").members
        assert settings["PUBLIC_URL"] == "http://127.0.0.1:4711"
        mine = world.bot_environment(world.ports["bot"])
        assert world.clarity.redirect_uris == [f"{mine['PUBLIC_URL']}/clarity/callback"]


async def test_addresses_in_messages_and_browsers_stay_good(tmp_path: Path) -> None:
    """Clarity and the bot listen where they did before; where that is taken, somewhere else."""
    async with World(tmp_path) as world:
        before = dict(world.ports)
        secret, token = world.clarity.client_secret, world.bot_environment(0)["CLARITY_OAUTH_TOKEN"]
        call = world.clarity.someone_requests("bluesushi", "ninapark", "Remember me")
    async with World(tmp_path) as world:
        assert world.ports == before
        assert (world.clarity.port, world.clarity.client_secret) == (before["clarity"], secret)
        assert world.bot_environment(0)["CLARITY_OAUTH_TOKEN"] == token
        assert world.clarity.call(call.id).reason == "Remember me"
    with contextlib.ExitStack() as taken:
        for port in before.values():
            squatter = taken.enter_context(socket.socket())
            squatter.bind(("127.0.0.1", port))
            squatter.listen()
        async with World(tmp_path) as world:
            assert set(world.ports.values()).isdisjoint(before.values())


async def test_what_happened_survives_a_restart(tmp_path: Path) -> None:
    """Messages, texts, what was read, and the keys the bot knows."""
    async with World(tmp_path) as world:
        await world.slack.person("alice").say("remember this", "general")
        world.line.receive(MARIA, "and this")
        tokens = world.bot_environment(0)
        world.marks.note("U1", "C1", "5.0")
    async with World(tmp_path) as world:
        assert world.slack.person("bob").messages("general")[-1].text() == "remember this"
        assert [text.text for text in world.line.phone(MARIA)] == ["and this"]
        assert world.marks.up_to("U1", "C1") == 5
        again = world.bot_environment(0)
        kept = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "CLEARSTREAM_API_KEY", "INBOX_CHANNEL", "DATA_DIR")
        assert {name: again[name] for name in kept} == {name: tokens[name] for name in kept}


async def test_what_the_bot_was_told_is_on_disk_before_it_is_told(tmp_path: Path) -> None:
    """Should everything be killed at this moment, Slack would still know the message it just accepted."""
    async with World(tmp_path) as world:
        channel = world.slack.workspace.channel("texts").id
        answer = await client(world.slack).chat_postMessage(channel=channel, text="accepted")
        kept = json.loads((tmp_path / "sandbox.json").read_text())
        assert answer["ts"] in [message["ts"] for message in kept["slack"]["workspace"]["messages"]]
        headers = {"X-Api-Key": world.line.api_key}
        async with aiohttp.ClientSession(headers=headers) as session:
            await session.post(f"{world.line.url}lists", data={"name": "New one"})
        kept = json.loads((tmp_path / "sandbox.json").read_text())
        assert "New one" in [each["name"] for each in kept["line"]["lists"].values()]


async def test_a_call_the_bot_asked_for_is_on_disk_before_it_is_told(tmp_path: Path) -> None:
    """Should everything be killed at this moment, Clarity would still know the request it just accepted."""
    async with World(tmp_path) as world:
        token = world.bot_environment(0)["CLARITY_OAUTH_TOKEN"]
        expert = world.clarity.member("ninapark").id
        asked = {"expert_id": expert, "reason": "Keep this", "expires_in": 3}
        async with aiohttp.ClientSession() as session:
            url = f"{world.clarity.api_url}calls"
            async with session.post(url, params={"oauth_token": token}, data=asked) as answer:
                assert answer.status == 200, await answer.text()
        kept = json.loads((tmp_path / "sandbox.json").read_text())
        assert "Keep this" in [each["reason"] for each in kept["clarity"]["calls"].values()]


async def test_fresh_forgets_what_was_there(tmp_path: Path) -> None:
    """The sandbox's file and the bot's own folder, and nothing else in the folder given."""
    (tmp_path / "switchboard.db").write_text("of somebody's production")
    async with World(tmp_path) as world:
        world.line.receive(MARIA, "forget this")
        (world.bot_dir / "switchboard.db").write_text("of the demo")
    async with World(tmp_path, fresh=True) as world:
        assert world.line.phone(MARIA) == []
        assert not (world.bot_dir / "switchboard.db").exists()
    assert (tmp_path / "switchboard.db").exists()


async def test_a_folder_is_used_by_one_sandbox_at_a_time(tmp_path: Path) -> None:
    """The second is told so, and may start when the first has ended."""
    async with World(tmp_path):
        with pytest.raises(SettingsError, match=r"running in .* already"):
            await World(tmp_path).start()
    async with World(tmp_path):
        pass


@pytest.mark.parametrize("content", ["{", "{}", '{"version": 0}', "[]"])
async def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    """It is neither used nor overwritten, and the way out is named."""
    (tmp_path / "sandbox.json").write_text(content)
    with pytest.raises(SettingsError, match="--fresh"):
        await World(tmp_path).start()
    assert (tmp_path / "sandbox.json").read_text() == content


def test_the_manifest_registers_what_the_sandbox_offers() -> None:
    """The commands and shortcuts on the page are those of the app."""
    registered = registration()
    assert "/sms" in registered.commands
    assert registered.shortcut("Text someone", "global")
    assert registered.shortcut("Send as text", "message")


async def test_a_bot_that_ends_by_itself_leaves_its_last_words(tmp_path: Path) -> None:
    """Without its settings it cannot run: the panel says so and why, and waiting for it ends at once."""
    process = BotProcess({"PORT": "1"}, tmp_path / "bot.log")
    assert process.panel().words == "not started"
    await process.start()
    assert process.panel().words == f"starting (pid {process.pid})"
    with pytest.raises(RuntimeError, match="SLACK_BOT_TOKEN is required"):
        await process.ready()
    panel = process.panel()
    assert (panel.running, panel.words, panel.colour) == (False, "ended (exit code 2)", "red")
    assert "SLACK_BOT_TOKEN" in panel.trouble


async def test_the_demo_survives_the_killing_of_its_bot(tmp_path: Path) -> None:
    """The address is printed when all is ready; a text comes while the bot is dead, and is there once."""
    printed: list[str] = []
    ready = asyncio.Event()

    def say(words: str) -> None:
        printed.append(words)
        ready.set()

    port = _free_port()
    running = asyncio.create_task(demo(fresh=True, port=port, data_dir=tmp_path, say=say))
    await asyncio.wait_for(ready.wait(), timeout=20)
    assert f"http://127.0.0.1:{port}/" in printed[0]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}/") as session:
        await _until(session, "is watching the text line", 1)
        await _post(session, "bot/kill")
        await _post(session, "phone/text", number=MARIA, text="Is anybody there?")
        await _post(session, "bot/start")
        await _until(session, "Is anybody there?", 2)
        shown = await _look(session)
        assert shown.count("Is anybody there?") == 2, "once on the phone, once in the header of the conversation"
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, timeout=15)
    assert printed[-1].strip() == "Stopping …"


async def test_the_usual_port_gives_way_and_a_chosen_one_does_not(tmp_path: Path) -> None:
    """The next free port is taken, unless somebody asked for one that is not free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="is taken"):
            await demo(fresh=True, port=taken.getsockname()[1], data_dir=tmp_path, say=lambda _words: None)


async def test_the_story_is_told_to_its_end() -> None:
    """One text comes in, one reply goes out, in plain words."""
    told: list[str] = []
    assert await tell(told.append) == 0
    words = "\n".join(told)
    assert words.index("James texts:") < words.index("Bob presses Reply") < words.index("James's phone: We did!")


async def test_a_story_that_cannot_be_told_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within its time, with a sentence, and not with success."""
    monkeypatch.setattr(story, "_SECONDS", 0.3)
    told: list[str] = []
    assert await tell(told.append) == 1
    assert told[-1].startswith("The story stopped here:")


def _about(messages: Sequence[Message], *words: str) -> Message | None:
    return next((each for each in messages if all(word in each.text() for word in words)), None)


async def _seen(world: World) -> str:
    async with visiting(world.slack, world.line, marks=world.marks) as visitor:
        return (await visitor.look()).text()


async def _post(session: aiohttp.ClientSession, path: str, **form: str) -> None:
    async with session.post(path, data=form) as answer:
        assert answer.status == 204


async def _look(session: aiohttp.ClientSession) -> str:
    async with session.get("/", params={"phone": MARIA}) as answer:
        return await answer.text()


async def _until(session: aiohttp.ClientSession, words: str, times: int) -> None:
    async with asyncio.timeout(20):
        while (await _look(session)).count(words) < times:
            await _changed(session)


async def _changed(session: aiohttp.ClientSession) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1), session.get("live") as stream:
            await stream.content.readuntil(b"\n\n")
            await stream.content.readuntil(b"\n\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
