"""The database, and the keys that what is in it was sealed with."""

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.doctor.findings import Check, Finding, counted, several
from bot.doctor.times import Times
from bot.errors import SettingsError
from bot.services.setup import Known, Setup, Source
from bot.settings import Settings
from bot.store.crypto import OWN_KEY, Box
from bot.store.inspection import Look, Unseen, is_known, looking, sqlite_file
from bot.store.migrate import HEAD

REACH = Check("database.reach", "DATABASE_URL")
WRITE = Check("database.write", "Writing")
SCHEMA = Check("database.schema", "Schema")
KEYS = Check("encryption.keys", "ENCRYPTION_KEYS")
CHECKS = (REACH, WRITE, SCHEMA, KEYS)

_LEAST_SPACE = 100 * 1024 * 1024
_NOT_SEEN = "The database could not be looked at."
_BY_ITSELF = "`switchboard serve` does it when it starts, or `switchboard migrate` before."


@dataclass(frozen=True)
class Seen:
    """What the database told: what was found, and what holds there."""

    findings: list[Finding]
    chosen: Mapping[str, Known]


@dataclass(frozen=True)
class _Told:
    """What was asked of a database that answers."""

    revision: str | None
    refused: list[str]
    keys: Mapping[str, int]
    chosen: Mapping[str, Known] | None


async def look(settings: Settings, setup: Setup, times: Times) -> Seen:
    """Look at the database; where it cannot be, what is chosen is what the environment says."""
    path = sqlite_file(settings.database)
    if path is not None and not path.exists():
        message = f"{path} is not there yet; the first start makes it."
        findings = [REACH.well(message), _place(path), SCHEMA.skipped("There is no database yet.")]
        return Seen([*findings, _keys(settings, {})], given(setup))
    try:
        async with looking(settings.database, Clock()) as seen:
            told = await _asked(seen, setup)
            times.heard("the database", await seen.time())
    except Unseen as error:
        mend = "Start the database, and mend DATABASE_URL." if path is None else "Name another file, or restore it."
        unseen = [REACH.failed(f"The database cannot be used: {error}.", mend)]
        unseen += [WRITE.skipped(_NOT_SEEN), SCHEMA.skipped(_NOT_SEEN), _keys(settings, {})]
        return Seen(unseen, given(setup))
    where = f"{path} answers." if path is not None else "PostgreSQL answers."
    write = _file(path) if path is not None else _tables(told.refused)
    findings = [REACH.well(where), write, _schema(told.revision), _keys(settings, told.keys)]
    return Seen(findings, given(setup) if told.chosen is None else told.chosen)


async def _asked(seen: Look, setup: Setup) -> _Told:
    revision = await seen.revision()
    refused = await seen.refused()
    if revision != HEAD:
        return _Told(revision, refused, {}, None)
    return _Told(revision, refused, await seen.keys_in_use(), await setup.known(seen.tx))


def given(setup: Setup) -> dict[str, Known]:
    """What holds where the database has nothing to say."""

    def known(key: str) -> Known:
        value: Any = setup.default(key)
        return Known(value, Source.ENVIRONMENT if key in setup.given else Source.DEFAULT)

    return {key: known(key) for key in ("inbox_channel", "broadcasts_channel", "calls_channel", "senders")}


def _place(path: Path) -> Finding:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return WRITE.failed(f"{folder} cannot be written.", "Choose another DATA_DIR, or mend the folder's rights.")
    return _space(folder) or WRITE.well(f"{folder} can be written.")


def _file(path: Path) -> Finding:
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    wrong = [each for each in (path, path.parent, *beside) if each.exists() and not os.access(each, os.W_OK)]
    if wrong:
        mend = "Mend its rights: the user that Switchboard runs as has to own it."
        return WRITE.failed(f"{several([str(each) for each in wrong])} cannot be written.", mend)
    return _space(path.parent) or WRITE.well("The file and its folder can be written.")


def _space(folder: Path) -> Finding | None:
    free = shutil.disk_usage(folder).free
    if free >= _LEAST_SPACE:
        return None
    return WRITE.doubtful(f"Only {free // 2**20} MB are left on the disk of {folder}.", "Make room there.")


def _tables(refused: list[str]) -> Finding:
    if refused:
        mend = "Name the primary in DATABASE_URL, with the user that owns the tables."
        return WRITE.failed(f"The database does not let itself be written: {several(refused)}.", mend)
    return WRITE.well("Its user may write.")


def _schema(revision: str | None) -> Finding:
    if revision == HEAD:
        return SCHEMA.well(f"It is at revision {HEAD}, the newest.")
    if revision is None:
        return SCHEMA.doubtful("There are no tables yet.", _BY_ITSELF)
    if is_known(revision):
        return SCHEMA.doubtful(f"It is at revision {revision}; the newest is {HEAD}.", _BY_ITSELF)
    return SCHEMA.failed(
        f"It is at revision {revision}, which this Switchboard does not know: a newer one made it.",
        "Install that version again, or name another database.",
    )


def _keys(settings: Settings, used: Mapping[str, int]) -> Finding:
    if settings.clarity_client_id is None:
        return KEYS.skipped("Nobody connects a Clarity account of their own: CLARITY_CLIENT_ID is not set.")
    listed = bool(settings.encryption_keys)
    own = settings.data_dir / OWN_KEY
    if not listed and not own.exists():
        return KEYS.well(f"The first start makes one in {own}.")
    try:
        box = Box(settings.encryption_keys or (own.read_text().strip(),))
    except (SettingsError, OSError) as error:
        what, _, how = str(error).partition(". ")
        return KEYS.failed(
            f"{what.rstrip('.')}.", f"Put the right key {'there' if listed else f'into {own}'}. {how}".strip()
        )
    unknown = sum(many for name, many in used.items() if name not in box.names)
    if unknown:
        return KEYS.failed(
            f"{counted(unknown, 'connected account')} cannot be opened: the key that sealed them is not listed.",
            "Put that key back behind the first one; who is not opened connects again with `/expert login`.",
        )
    if not listed and own.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return KEYS.doubtful(f"Others may read {own}.", f"chmod 600 {own}")
    return _old_keys(box, used)


def _old_keys(box: Box, used: Mapping[str, int]) -> Finding:
    opened = [(place, used.get(name, 0)) for place, name in enumerate(box.names, 1)]
    needed = [f"key {place} opens {counted(many, 'account')}" for place, many in opened[1:] if many]
    spare = [f"key {place}" for place, many in opened[1:] if not many]
    if needed:
        return KEYS.doubtful(
            f"An old one is still needed: {several(needed)}.",
            "Start Switchboard once more: it seals them with the first; then the old one can go.",
        )
    if spare:
        return KEYS.doubtful(f"Nothing is sealed with {several(spare)} any more.", f"Take {several(spare)} out.")
    sealed = counted(opened[0][1], "account")
    return KEYS.well(f"It is valid, and {sealed} {'is' if opened[0][1] == 1 else 'are'} sealed with it.")
