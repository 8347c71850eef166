"""Values that travel through Slack and come back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Gone
from bot.slack import ids

CONVERSATIONS = st.integers(min_value=0, max_value=2**63 - 1)


@given(CONVERSATIONS, st.none() | st.integers(min_value=1, max_value=100_000))
def test_a_button_comes_back_as_it_left(conversation: int, page: int | None) -> None:
    """Packed it is short JSON; unpacked it is the same."""
    value = ids.OfConversation(conversation=conversation, page=page)
    assert ids.OfConversation.unpack(value.pack()) == value
    assert len(value.pack()) < 75


@given(
    st.text(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5).map(json.dumps)
)
def test_anything_else_is_refused_with_a_sentence(packed: str) -> None:
    """Whatever comes back that was not ours raises Gone, and nothing else."""
    with pytest.raises(Gone, match="Nothing was done"):
        ids.OfOperation.unpack(packed)


@pytest.mark.parametrize(
    "extra", [{"conversation": 2**63}, {"conversation": -1}, {"page": 0}, {"page": 10**6}, {"x": 1}]
)
def test_numbers_the_database_cannot_take_and_unknown_fields_are_refused(extra: dict[str, Any]) -> None:
    """They are caught before anything is asked of the database."""
    with pytest.raises(Gone):
        ids.OfConversation.unpack(json.dumps({"conversation": 1, **extra}))


def test_what_does_not_fit_is_a_mistake_of_ours() -> None:
    """A button takes 2,000 characters, a modal's metadata 3,000."""
    long = ids.OfSaved(reply="x" * 2500)
    with pytest.raises(ValueError, match="of 2000"):
        long.pack()
    assert len(long.metadata()) > 2500


@given(st.sampled_from(["contact", "history", "delete", "opt_out"]), st.integers(min_value=0, max_value=10**18 - 1))
def test_an_option_comes_back_as_it_left(choice: str, conversation: int) -> None:
    """The menu's choice and its conversation, in no more than an option's value takes."""
    value = ids.option_value(choice, conversation)
    assert ids.option_parts(value) == (choice, conversation)
    assert len(value) <= 75


@given(st.text(max_size=90).filter(lambda text: not text.isascii() or ":" not in text))
def test_an_option_of_another_kind_is_refused(value: str) -> None:
    """Whatever else comes back raises Gone."""
    with pytest.raises(Gone):
        ids.option_parts(value)


def state(**values: dict[str, Any]) -> dict[str, Any]:
    """A view with these fields, each in a block of its own."""
    return {"state": {"values": {f"block:{name}": {name: value} for name, value in values.items()}}}


def test_fields_are_read_whatever_their_block_is_called() -> None:
    """Blocks change their names so that Slack takes new words for them."""
    view = state(message={"type": "plain_text_input", "value": "Hi"}, empty={"value": None})
    assert ids.typed(view, "message") == "Hi"
    assert ids.typed(view, "empty") == ""
    assert ids.typed(view, "missing") == ""
    assert ids.typed({}, "message") == ""


def test_the_chosen_option_is_read() -> None:
    """With its words; None where nothing is chosen."""
    option = {"text": {"type": "plain_text", "text": "Jane"}, "value": "+12005551000"}
    view = state(to={"selected_option": option}, other={"selected_option": None})
    assert ids.chosen_option(view, "to") == option
    assert ids.chosen_option(view, "other") is None
    assert ids.chosen_option({}, "to") is None
