"""Starting it, and watching it from outside."""

import socket
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.errors import SettingsError
from bot.settings import Settings
from bot.web.server import Server


def server(port: int = 0, **checks: bool) -> Server:
    """The HTTP side of a process of which these checks hold."""

    async def ready() -> dict[str, bool]:
        return checks

    async def page() -> bytes:
        return b""

    return Server("127.0.0.1", port, ready, page)


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_wrong_setting_ends_the_process_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    """With an exit code that says so, the setting's name and how to mend it, and no trace of Python."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1-hush")
    ended = CliRunner().invoke(main, [command])
    assert ended.exit_code == 2
    assert ended.output.startswith("switchboard: SLACK_BOT_TOKEN is not usable: a bot token begins with xoxb-.")
    assert "hush" not in ended.output
    assert "Traceback" not in ended.output


async def test_a_port_that_is_taken_is_told_by_its_setting() -> None:
    """Something else listens there already."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = server(other.getsockname()[1])
        with pytest.raises(SettingsError, match=r"PORT.*in use"):
            await taken.start()
        await taken.stop()


@pytest.mark.parametrize(("slack", "status"), [(True, 200), (False, 503)])
async def test_readiness_is_told_apart_from_life(slack: bool, status: int) -> None:
    """Without Slack it lives, but is not ready; the answer says what is missing."""
    watched = server(slack=slack, database=True)
    await watched.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{watched.port}") as session:
        async with session.get("/healthz") as answer:
            assert answer.status == 200
        async with session.get("/readyz") as answer:
            assert answer.status == status
            assert await answer.json() == {"ok": slack, "slack": slack, "database": True}
    await watched.stop()
