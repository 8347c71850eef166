"""Each thing that can be wrong with an installation, once: the doctor names it, and the one thing to do."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from bot.doctor import Report, as_json, database
from bot.doctor.times import Times
from bot.doctor.way_in import LOGINS, SLACK, WayIn, from_outside
from bot.house import setup_of
from bot.sandbox.slack.faults import Fault, How
from bot.settings import Settings
from bot.store import clarity as rows
from bot.store import installation
from bot.store.crypto import Box, own_key
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.club import Club, free_port
from tests.databases import Postgres
from tests.doctor import WEBHOOK_KEY, found, login, report_on, values, wrong

Break = Callable[[Club], dict[str, Any]]
"""Breaks something; the settings that go with it."""

Case = tuple[Break, str, str, list[str]]
"""What is broken, the name of what is found, how it stands, and words that are told."""


@pytest.fixture
async def place(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Club]:
    """The stand-ins, and a database; no bot runs."""
    club = Club(clock, sqlite_url, tmp_path)
    await club.open()
    yield club
    await club.close()


def nowhere() -> str:
    """An address at which nobody listens."""
    return f"http://127.0.0.1:{free_port()}"


def granted(club: Club, less: str = "", more: str = "") -> dict[str, Any]:
    """Another manifest was used when the app was made."""
    club.slack.scopes.discard(less)
    club.slack.scopes |= {more} - {""}
    return {}


def revoked(club: Club) -> dict[str, Any]:
    """Somebody has taken the token away."""
    club.slack.admin.revoke_token()
    return {}


def no_connections(club: Club) -> dict[str, Any]:
    """The app's token may not open connections."""
    club.slack.app_scopes.clear()
    return {}


def of_another_app(club: Club) -> dict[str, Any]:
    """The two tokens are of two apps."""
    club.slack.app_token = "xapp-1-A0OTHER99-12-hush"
    return {"slack_app_token": club.slack.app_token}


def archived(club: Club) -> dict[str, Any]:
    """The inbox channel was closed."""
    club.slack.admin.archive(club.texts)
    return {}


def closed(club: Club) -> dict[str, Any]:
    """A private channel that the bot was not invited to."""
    return {"calls_channel": club.slack.workspace.add_channel("closed", [], private=True, bot_is_member=False).id}


def left(club: Club) -> dict[str, Any]:
    """An admin is no longer with the team."""
    club.bob.user.deleted = True
    return {"admins": (club.alice.user.id, club.bob.user.id)}


def broke(club: Club) -> dict[str, Any]:
    """There are no credits."""
    club.clearstream.state.account.credits = 0
    return {}


def secret_changed(club: Club) -> dict[str, Any]:
    """Clarity has given a new secret."""
    return login(club, clarity_client_secret="hush-hush")


def address_unknown(club: Club) -> dict[str, Any]:
    """Clarity knows another address to come back to."""
    told = login(club)
    club.clarity.redirect_uris[:] = ["https://elsewhere.example.com/clarity/callback"]
    return told


OF_SERVICES: dict[str, Case] = {
    "bot token": (lambda _: {"slack_bot_token": "xoxb-hush"}, "slack.bot_token", "failed", ["invalid_auth", "OAuth &"]),
    "revoked": (revoked, "slack.bot_token", "failed", ["token_revoked"]),
    "Slack away": (lambda _: {"slack_api_url": nowhere()}, "slack.bot_token", "failed", ["cannot be reached", "HTTPS"]),
    "scope missing": (
        lambda club: granted(club, less="reactions:write"), "slack.scopes", "failed",
        ["reactions:write (marks what went out", "switchboard manifest", "reinstall"],
    ),
    "scope too many": (lambda club: granted(club, more="im:read"), "slack.scopes", "warning", ["im:read"]),
    "app token": (lambda _: {"slack_app_token": "xapp-1-hush"}, "slack.app_token", "failed", ["invalid_auth"]),
    "app scope": (no_connections, "slack.app_token", "failed", ["lacks the scope connections:write"]),
    "another app": (of_another_app, "slack.app_token", "failed", ["another app", "the same app"]),
    "no such channel": (
        lambda _: {"inbox_channel": "C999"}, "slack.channels.inbox", "failed", ["C999 is not there", "INBOX_CHANNEL"],
    ),
    "archived": (archived, "slack.channels.inbox", "failed", ["#texts is archived", "Bring it back"]),
    "not invited": (
        lambda club: {"broadcasts_channel": club.general.id}, "slack.channels.broadcasts", "failed",
        ["not in #general", "/invite @Switchboard"],
    ),
    "private": (closed, "slack.channels.calls", "failed", ["is private", "/invite @Switchboard", "CALLS_CHANNEL"]),
    "no inbox": (lambda _: {"inbox_channel": None}, "slack.channels.inbox", "warning", ["texts wait", "/sms setup"]),
    "no calls": (lambda _: {"calls_channel": None}, "slack.channels.calls", "warning", ["told nowhere"]),
    "no such sender": (lambda _: {"senders": ("U999",)}, "slack.senders", "failed", ["U999 is nobody", "in SENDERS"]),
    "no such group": (lambda _: {"senders": ("S999",)}, "slack.senders", "failed", ["S999 is no user group"]),
    "left": (left, "slack.admins", "failed", ["has left", "in ADMINS"]),
    "Clearstream key": (
        lambda _: {"clearstream_api_key": "hush"}, "clearstream.key", "failed", ["does not accept it", "Copy it anew"],
    ),
    "Clearstream away": (
        lambda _: {"clearstream_api_url": nowhere()}, "clearstream.key", "failed",
        ["cannot be reached", "CLEARSTREAM_API_URL"],
    ),
    "no credits": (broke, "clearstream.key", "warning", ["no credits left", "Buy"]),
    "Clarity token": (lambda _: {"clarity_oauth_token": "hush"}, "clarity.token", "failed", ["does not accept it"]),
    "Clarity away": (lambda _: {"clarity_api_url": nowhere()}, "clarity.token", "failed", ["CLARITY_API_URL"]),
    "client secret": (secret_changed, "clarity.application", "failed", ["id or secret", "CLARITY_CLIENT_SECRET"]),
    "no page": (
        lambda club: login(club, clarity_oauth_url=f"{club.clarity.oauth_url}/nothing"),
        "clarity.application",
        "failed",
        ["nothing at CLARITY_OAUTH_URL"],
    ),
    "redirect": (
        address_unknown, "clarity.application", "failed", ["Register exactly http://localhost:3000/clarity/callback"],
    ),
}  # fmt: skip


def rounds(cases: dict[str, Case]) -> list[list[str]]:
    """The cases in as few lots as can be broken at once: two are never about the same thing."""
    lots: list[list[str]] = []
    for case, (_, name, *_rest) in cases.items():
        alone = name == "slack.bot_token"  # without it nothing else is known
        fit = [lot for lot in lots if not alone and name not in {cases[each][1] for each in lot} | {"slack.bot_token"}]
        fit = [lot for lot in fit if "slack.bot_token" not in {cases[each][1] for each in lot}]
        if fit:
            fit[0].append(case)
        else:
            lots.append([case])
    return lots


@pytest.mark.parametrize("lot", rounds(OF_SERVICES), ids=" + ".join)
async def test_what_a_service_does_not_accept(place: Club, lot: list[str]) -> None:
    """One finding each that says what and what to do, and nothing else is blamed for it."""
    settings: dict[str, Any] = {}
    for case in lot:
        settings |= OF_SERVICES[case][0](place)
    report = await report_on(Settings.model_validate(values(place, **settings)))
    for case in lot:
        hold(report, *OF_SERVICES[case][1:])
    names = {OF_SERVICES[case][1] for case in lot}
    of_both_tokens = {"slack.app_token"} if lot[0] in ("revoked", "Slack away") else set()
    assert set(wrong(report)) - {"public_url"} == names | of_both_tokens


def hold(report: Report, name: str, status: str, told: list[str]) -> None:
    """The doctor found this wrong, and said this."""
    finding = found(report, name)
    assert finding.status == status
    for words in told:
        assert words in f"{finding.message} {finding.mend}"


async def expect(place: Club, settings: dict[str, Any], name: str, status: str, told: list[str], **how: Any) -> None:
    """The doctor finds this wrong, and nothing else."""
    report = await report_on(Settings.model_validate(values(place, **settings)), **how)
    hold(report, name, status, told)
    assert wrong(report) == [name]
    assert report.ok == (status == "warning")


async def test_what_was_chosen_in_slack_is_what_counts(place: Club) -> None:
    """Setup wins over the environment, here as everywhere; and it is there that it is mended."""
    store = Store(place.database_url, place.clock)
    async with store.write() as tx:
        await installation.set_setting(tx, "inbox_channel", "C777", "U1")
        await installation.set_setting(tx, "senders", ["U777"], "U1")
        await installation.set_setting(tx, "direct_channels", {place.general.id: 1.0}, "U1")
    await store.close()
    report = await report_on(Settings.model_validate(values(place)))
    assert wrong(report) == ["slack.channels.inbox", "slack.channels.direct", "slack.senders"]
    assert "`/sms setup`" in str(found(report, "slack.channels.inbox").mend)
    assert "`/sms setup`" in str(found(report, "slack.senders").mend)


def sqlite(club: Club, statement: str) -> dict[str, Any]:
    """Do something to the database."""
    with closing(connect(club.database_url.removeprefix("sqlite:///"))) as connection:
        connection.execute(statement)
        connection.commit()
    return {}


def junk(club: Club) -> dict[str, Any]:
    """The file is no database."""
    path = club.folder / "junk.db"
    path.write_text("no database at all " * 100)
    return {"database_url": f"sqlite:///{path}"}


def no_folder(club: Club) -> dict[str, Any]:
    """The folder is a file."""
    (club.folder / "file").write_text("")
    return {"database_url": f"sqlite:///{club.folder / 'file' / 'switchboard.db'}"}


OF_DATABASES: dict[str, Case] = {
    "away": (
        lambda _: {"database_url": f"postgresql://me:hush@127.0.0.1:{free_port()}/x"}, "database.reach", "failed",
        ["cannot be used", "mend DATABASE_URL"],
    ),
    "no database": (junk, "database.reach", "failed", ["file is not a database"]),
    "no folder": (no_folder, "database.write", "failed", ["cannot be written", "DATA_DIR"]),
    "older": (
        lambda club: sqlite(club, "UPDATE alembic_version SET version_num = '0002'"), "database.schema", "warning",
        ["at revision 0002", "switchboard migrate"],
    ),
    "newer": (
        lambda club: sqlite(club, "UPDATE alembic_version SET version_num = '9999'"), "database.schema", "failed",
        ["at revision 9999", "Install that version"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_DATABASES)
async def test_what_is_wrong_with_a_database(place: Club, case: str) -> None:
    """It is told in the database's own words; the channels of the environment are looked at nevertheless."""
    break_it, name, status, told = OF_DATABASES[case]
    await expect(place, break_it(place), name, status, told)


async def test_a_postgresql_that_does_not_let_us_write(place: Club, postgres: Postgres) -> None:
    """A user with too few rights, and a database nobody has migrated yet."""
    url = postgres.emptied()
    postgres.do("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN;")
    postgres.do("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;", "migrated")
    reader = url.replace("postgres@", "reader@")
    await expect(place, {"database_url": reader}, "database.write", "failed", ["may not write", "owns the tables"])
    with postgres.empty() as empty:
        await expect(place, {"database_url": empty}, "database.schema", "warning", ["no tables yet", "migrate"])


KEYS = [base64.urlsafe_b64encode(bytes([number]) * 32).decode() for number in range(3)]


@pytest.mark.parametrize(
    ("sealed_with", "listed", "status", "told"),
    [
        (0, [0], "ok", ["1 account is sealed with it"]),
        (0, [1, 0], "warning", ["key 2 opens 1 account", "Start Switchboard once more"]),
        (1, [1, 0, 2], "warning", ["sealed with key 2 and key 3 any more", "Take key 2 and key 3 out"]),
        (0, [1], "failed", ["1 connected account cannot be opened", "Put that key back"]),
    ],
)
async def test_which_keys_are_used(
    place: Club, sealed_with: int, listed: list[int], status: str, told: list[str]
) -> None:
    """And when an old one can go; a key is told by its place alone."""
    key, sealed = Box([KEYS[sealed_with]]).seal("token", "U1")
    store = Store(place.database_url, place.clock)
    async with store.write() as tx:
        now = {"connected_at": tx.now, "next_poll": tx.now, "listened": False}
        await rows.keep_account(tx, "U1", {"key": key, "sealed": sealed, **now})
    await store.close()
    hold(await looked(place, encryption_keys=tuple(KEYS[number] for number in listed)), "encryption.keys", status, told)


async def looked(place: Club, **more: Any) -> Report:
    """What is found in the database alone."""
    settings = Settings.model_validate(values(place, **login(place, **more)))
    seen = await database.look(settings, setup_of(settings), Times(lambda: datetime.now(UTC)))
    return Report(seen.findings)


async def test_a_key_that_is_none_and_one_that_all_may_read(place: Club) -> None:
    """A wrong one is told without being quoted."""
    told = ["ENCRYPTION_KEYS is not usable", "Put the right key there"]
    report = await looked(place, encryption_keys=("hush-hush",))
    hold(report, "encryption.keys", "failed", told)
    assert "hush" not in as_json(report)
    own_key(place.folder)
    (place.folder / "encryption.key").chmod(0o644)
    hold(await looked(place), "encryption.keys", "warning", ["Others may read", "chmod 600"])


@pytest.mark.parametrize(("seconds", "status"), [(20, "warning"), (-600, "failed")])
async def test_clocks_that_do_not_agree(place: Club, seconds: int, status: str) -> None:
    """By the dates the services send along."""
    off = timedelta(seconds=seconds)
    told = ["Slack has it", "later" if seconds < 0 else "earlier", "timedatectl"]
    await expect(place, {}, "clock", status, told, now=lambda: datetime.now(UTC) + off)


async def test_services_that_do_not_answer_hold_nothing_up(place: Club) -> None:
    """One never answers, one asks for a pause: the time is bounded, and everything else is told."""
    place.slack.faults.add(Fault("*", How.STALL_BEFORE, times=99, seconds=60))
    place.clearstream.faults.add("rate_limited", retry_after=60)
    report = await report_on(Settings.model_validate(values(place)), seconds=0.2)
    assert "too long" in found(report, "slack.bot_token").message
    assert "too many requests" in found(report, "clearstream.key").message
    assert "says of its state" in str(found(report, "clearstream.key").mend)
    assert found(report, "clarity.token").status == "ok"


async def test_what_is_at_the_public_address(place: Club) -> None:
    """Nobody or somebody else: a failure where something needs it, else a warning."""
    port = free_port()
    nobody = {"public_url": f"http://127.0.0.1:{port}", "port": port}
    needed: list[dict[str, Any]] = [nobody | login(place), nobody, {"public_url": place.clearstream.url}]
    silent, unneeded, other = [await at_the_door(place, **settings) for settings in needed]
    hold(silent, "public_url", "failed", ["connecting Clarity accounts cannot work", "Start `switchboard serve`"])
    hold(unneeded, "public_url", "warning", ["Nothing answers"])
    hold(other, "public_url", "failed", ["something else is there", "HOST and PORT"])


@pytest.mark.parametrize(
    ("url", "slack", "needed", "status"),
    [
        ("https://texts.example.com", "https://slack.com/api/", [SLACK], "ok"),
        ("http://texts.example.com", "https://slack.com/api/", [], "ok"),
        ("http://texts.example.com", "https://slack.com/api/", [LOGINS], "warning"),
        ("http://texts.example.com", "https://slack.com/api/", [SLACK], "failed"),
        ("http://localhost:3000", "https://slack.com/api/", [LOGINS], "ok"),
        ("http://localhost:3000", "https://slack.com/api/", [LOGINS, "Clearstream's webhook"], "warning"),
        ("http://localhost:3000", "https://slack.com/api/", [SLACK], "failed"),
        ("http://localhost:3000", "http://127.0.0.1:1/api/", [SLACK], "ok"),
    ],
)
def test_what_answers_here_may_be_closed_to_the_world(url: str, slack: str, needed: list[str], status: str) -> None:
    """Slack sends to https:// alone, and nobody but a look-alike beside it sends to this machine's own address."""
    tokens = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}
    settings = Settings.model_validate({**tokens, "public_url": url, "slack_api_url": slack})
    finding = from_outside(settings, needed)
    assert finding.status == status
    assert "https://" in str(finding.mend) or status == "ok"


async def at_the_door(place: Club, **settings: Any) -> Report:
    """What is found at the public address alone."""
    given = Settings.model_validate(values(place, **settings))
    return Report(await WayIn(given, lambda: datetime.now(UTC), 5).run())


async def test_a_process_started_with_other_settings_is_told_apart(
    clock: WoundClock, sqlite_url: str, tmp_path: Path
) -> None:
    """Another webhook key, another signing secret, another bot: what it takes tells what it was started with."""
    club = Club(clock, sqlite_url, tmp_path)
    await club.open()
    http = {"slack_app_token": None, "slack_signing_secret": club.slack.signing_secret}
    bot = await club.start(clearstream_webhook_key=WEBHOOK_KEY, **http)
    given = {name: value for name, value in vars(bot.settings).items() if value is not None}
    other = {"clearstream_webhook_key": "hush-other", "slack_signing_secret": "hush" * 8}
    report = await report_on(Settings.model_validate(given | other))
    assert wrong(report) == ["slack.signing_secret", "webhook"]
    assert "has another key, or none" in found(report, "webhook").message
    assert "does not take what is signed with it" in found(report, "slack.signing_secret").message
    report = await report_on(Settings.model_validate(given | {"slack_bot_token": "xoxb-hush-other"}))
    assert "another installation" in found(report, "public_url").message
    await club.close()
