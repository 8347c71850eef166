"""Tokens at rest: AES-GCM, bound to their owner, so that a ciphertext moved to another row opens nothing.

``ENCRYPTION_KEYS`` holds 32-byte keys in URL-safe base64, newest first: the first one seals, any of them opens.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SettingsError, SwitchboardError

OWN_KEY = "encryption.key"
"""The file in its data folder where a single process keeps the key it made."""

_NONCE = 12
_HOW = 'Make one with: python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'


class Unreadable(SwitchboardError):
    """What was sealed cannot be opened: its key is not listed any more, or it stands in the wrong place."""


class Box:
    """Seals and opens secrets, each bound to whose it is."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise SettingsError(f"ENCRYPTION_KEYS is required with PostgreSQL. {_HOW}")
        raw = [_decoded(key) for key in keys]
        self._keys = {_name(key): AESGCM(key) for key in raw}
        self.newest = _name(raw[0])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys, newest first; a name tells nothing of its key."""
        return tuple(self._keys)

    def seal(self, secret: str, owner: str) -> tuple[str, str]:
        """The name of the key, and the sealed secret as text."""
        nonce = os.urandom(_NONCE)
        sealed = self._keys[self.newest].encrypt(nonce, secret.encode(), owner.encode())
        return self.newest, base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, key: str, sealed: str, owner: str) -> str:
        """The secret; raises Unreadable."""
        opener = self._keys.get(key)
        if opener is None:
            raise Unreadable("A stored token was sealed with a key that ENCRYPTION_KEYS does not list any more.")
        raw = base64.urlsafe_b64decode(sealed)
        try:
            return opener.decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode()).decode()
        except InvalidTag as error:
            raise Unreadable("A stored token cannot be opened with the key it names.") from error


def _decoded(key: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(key)
    except (binascii.Error, ValueError) as error:
        raise SettingsError(f"ENCRYPTION_KEYS is not usable: a key is not URL-safe base64. {_HOW}") from error
    if len(raw) != 32:
        raise SettingsError(f"ENCRYPTION_KEYS is not usable: a key has {len(raw)} bytes, not 32. {_HOW}")
    return raw


def _name(key: bytes) -> str:
    """A key's name, which tells nothing of it."""
    return hashlib.sha256(b"switchboard key name" + key).hexdigest()[:8]


def own_key(folder: Path) -> str:
    """The key of a single process, made on first start in its data folder, readable by its owner alone."""
    path = folder / OWN_KEY
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.urlsafe_b64encode(os.urandom(32)).decode() + "\n")
    return path.read_text().strip()
