"""Tokens at rest."""

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.store.crypto import Box, Unreadable, own_key


def key(number: int) -> str:
    """One of several keys."""
    return base64.urlsafe_b64encode(bytes([number]) * 32).decode()


@given(st.text(max_size=200), st.text(min_size=1, max_size=40))
def test_what_is_sealed_can_be_opened(secret: str, owner: str) -> None:
    """By the same owner, and nothing of it is to be read before."""
    box = Box([key(1)])
    name, sealed = box.seal(secret, owner)
    assert box.open(name, sealed, owner) == secret
    assert len(secret) < 4 or secret not in sealed


def test_a_ciphertext_in_another_row_opens_nothing() -> None:
    """It is bound to whose it is."""
    box = Box([key(1)])
    name, sealed = box.seal("token", "U1")
    with pytest.raises(Unreadable):
        box.open(name, sealed, "U2")


def test_the_newest_key_seals_and_all_open() -> None:
    """A key that is listed no more opens nothing."""
    name, sealed = Box([key(1)]).seal("token", "U1")
    assert Box([key(2), key(1)]).open(name, sealed, "U1") == "token"
    assert Box([key(2), key(1)]).seal("token", "U1")[0] == Box([key(2)]).newest
    with pytest.raises(Unreadable):
        Box([key(2)]).open(name, sealed, "U1")


@pytest.mark.parametrize("wrong", ["", "abc", "not base64 at all!", base64.urlsafe_b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused(wrong: str) -> None:
    """With the setting's name and how to make one, and without quoting it."""
    with pytest.raises(SettingsError, match="ENCRYPTION_KEYS"):
        Box([wrong])


def test_the_own_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 0600, and the same on every start."""
    first = own_key(tmp_path)
    assert own_key(tmp_path) == first
    assert Box([first]).newest
    assert stat.S_IMODE((tmp_path / "encryption.key").stat().st_mode) == 0o600
