"""``switchboard serve | demo | doctor | manifest | migrate``; ``python -m bot`` is the same."""

import asyncio
import gc
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from bot import __version__, logs
from bot.errors import SettingsError
from bot.manifest import written
from bot.settings import Settings, given_public_url, read_settings

_LULL = 1.0
"""Seconds between saying "not ready" and refusing, where a proxy decides who gets the next request."""

_GRACE = 7.0
"""Seconds for what is under way to end."""

_LATEST = 9.5
"""Seconds from the first signal to the end: container engines kill after ten."""


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Clarity calls and Clearstream texts in Slack."""


@main.command()
def serve() -> None:
    """Run the bot, until it is told to stop (SIGTERM, Ctrl-C)."""
    settings = _settings()
    asyncio.run(_serve(settings))


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema; ``serve`` does it by itself."""
    settings = _settings()
    asyncio.run(_migrate(settings))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def doctor(as_json: bool) -> None:
    """Look whether everything is as it has to be, and say how to mend what is not. Changes nothing.

    Best run beside the running bot. Ends with 0 where all is well (there may be warnings), 1 where something failed, 2
    where a setting is wrong.
    """
    from bot import doctor as doctors  # noqa: PLC0415 - no other command needs it

    try:
        settings = read_settings(prepare=False)
        logs.configure(level="ERROR", log_format=settings.format_of_logs, secrets_known=settings.secrets())
        report = asyncio.run(doctors.examine(settings))
    except SettingsError as error:
        if as_json:
            click.echo(doctors.as_json(doctors.settings_refused(str(error))))
            sys.exit(2)
        _give_up(error)
    if as_json:
        click.echo(doctors.as_json(report))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        click.echo(doctors.as_text(report, width), color=False if os.environ.get("NO_COLOR") else None)
    sys.exit(0 if report.ok else 1)


@main.command("manifest")
@click.option("--url", is_flag=False, flag_value="", help="For signed HTTP to this address; without one, PUBLIC_URL.")
def print_manifest(url: str | None) -> None:
    """Print the manifest to make the Slack app from: for Socket Mode, or with --url for signed HTTP."""
    try:
        click.echo(written(None if url is None else url or _public_url()), nl=False)
    except SettingsError as error:
        _give_up(error)


def _public_url() -> str:
    given = given_public_url()
    if given is None:
        raise SettingsError("--url: name the address at which Slack reaches this process, or set PUBLIC_URL.")
    return given


@main.command()
@click.option("--fresh", is_flag=True, help="Forget what an earlier demo left in the data folder.")
@click.option("--story", is_flag=True, help="Play one text and one reply in the terminal, and end.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port of the page.")
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("data"), show_default=True)
def demo(fresh: bool, story: bool, port: int | None, data_dir: Path) -> None:
    """Everything on this machine, no account anywhere: the bot, and stand-ins for Slack, Clearstream and Clarity."""
    from bot.sandbox import story as stories  # noqa: PLC0415 - production does not load the sandbox
    from bot.sandbox import world  # noqa: PLC0415

    if story:
        sys.exit(asyncio.run(stories.tell(click.echo)))
    try:
        asyncio.run(world.demo(fresh=fresh, port=port, data_dir=data_dir))
    except SettingsError as error:
        _give_up(error)


def _settings() -> Settings:
    try:
        settings = read_settings()
    except SettingsError as error:
        _give_up(error)
    logs.configure(level=settings.log_level, log_format=settings.format_of_logs, secrets_known=settings.secrets())
    return settings


def _give_up(error: SettingsError) -> NoReturn:
    click.echo(f"switchboard: {error}", err=True)
    sys.exit(2)


async def _serve(settings: Settings) -> None:
    # What is loaded now stays for good: collecting garbage meanwhile, or among it later, only costs time.
    gc.disable()
    from bot.app import Application  # noqa: PLC0415 - a wrong setting is told before the rest is loaded

    gc.freeze()
    gc.enable()

    stop = _told_to_stop()
    try:
        application = Application(settings)
    except SettingsError as error:
        _give_up(error)
    starting = asyncio.create_task(application.start())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if starting.done():
            starting.result()
            await stopping
            application.retire()
            if application.socket is None:
                await asyncio.sleep(_LULL)
    except SettingsError as error:
        _give_up(error)
    finally:
        starting.cancel()
        stopping.cancel()
        await asyncio.wait({starting, stopping})
        await application.stop(_GRACE)


def _told_to_stop() -> asyncio.Event:
    """Set by the first SIGTERM or Ctrl-C. From then on the process ends at the latest when its time is up.

    The second one ends it at once. What was under way is then left as by a kill: to its lease.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def told() -> None:
        for each in signals:
            loop.remove_signal_handler(each)
            signal.signal(each, lambda number, _: os._exit(128 + number))
        # The loop itself may hang, or the end of the interpreter, in what the operating system has not answered yet.
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.setitimer(signal.ITIMER_REAL, _LATEST)
        stop.set()

    for each in signals:
        loop.add_signal_handler(each, told)
    return stop


async def _migrate(settings: Settings) -> None:
    from bot.clock import Clock  # noqa: PLC0415
    from bot.store.engine import Store  # noqa: PLC0415
    from bot.store.migrate import migrate as apply  # noqa: PLC0415

    try:
        store = Store(settings.database, Clock())
        try:
            await store.reach()
            changed = await apply(store)
        finally:
            await store.close()
    except SettingsError as error:
        _give_up(error)
    click.echo("The database was brought up to date." if changed else "The database is up to date.")


if __name__ == "__main__":
    main()
