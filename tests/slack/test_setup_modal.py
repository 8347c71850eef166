"""The modal **Setup**: Slack takes it whatever is set, and what nobody touched is not saved."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clearstream.models import Account
from bot.sandbox.slack import blockkit
from bot.sandbox.slack.views import first_state
from bot.services import account_change as account
from bot.services import setup
from bot.services.audit import MOST, typed
from bot.services.direct import is_note
from bot.services.setup import Known, Source
from bot.slack.setup import fields, ids, views

CHANNEL = st.one_of(st.none(), st.from_regex(r"\AC[A-Z0-9]{8}\Z"))
NAMES = st.lists(st.from_regex(r"\A[US][A-Z0-9]{8}\Z"), max_size=6, unique=True).map(tuple)
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=200)


@st.composite
def shown(draw: st.DrawFn) -> views.Shown:
    """Anything an installation may be set to."""
    values: dict[str, Any] = {
        **{key: draw(CHANNEL) for key in (*fields.CHANNELS, setup.DIGEST_CHANNEL)},
        **{number.key: draw(st.integers(number.least, number.most)) for number in fields.NUMBERS},
        setup.UNDO_SECONDS: draw(st.sampled_from([0, 0.5, 10.0])),
        setup.DIRECT_CHANNELS: dict.fromkeys(draw(st.sets(st.from_regex(r"\AC[A-Z0-9]{8}\Z"), max_size=3)), 1.0),
        setup.SENDERS: draw(NAMES),
        setup.DIGEST: draw(st.sampled_from(sorted(fields.EVERY))),
        setup.TIMEZONE: "UTC",
    }
    known = {key: Known(value, draw(st.sampled_from(Source))) for key, value in values.items()}
    found = Account(business=draw(WORDS) or None, phone=draw(st.sampled_from([None, "+12005551234", "ask us"])))
    return views.Shown("draft", known, draw(NAMES), account=draw(st.sampled_from([None, found])))


def untouched(view: dict[str, Any]) -> dict[str, Any]:
    """What is read of a modal in which nothing was changed."""
    seen = ids.SetupDraft.unpack(view["private_metadata"]).seen
    return fields.touched(fields.read({"state": {"values": first_state(view["blocks"])}}), seen)


@given(shown())
@settings(max_examples=40)
def test_slack_takes_it_and_nothing_is_saved_that_was_not_touched(shown: views.Shown) -> None:
    """A fraction the environment holds cannot stand in its field: left empty, it stays as the environment says."""
    view = views.modal(shown)
    assert blockkit.view_complaints(view, "modal") == []
    changed = untouched(view)
    assert not {key: value for key, value in changed.items() if value is not None or key != setup.UNDO_SECONDS}


def test_what_clearstream_refuses_stands_under_its_field() -> None:
    """With what was typed still in it."""
    known = {key: Known(None, Source.DEFAULT) for key in fields.LABELS if key not in fields.ACCOUNT}
    known |= {setup.DIGEST: Known("never", Source.DEFAULT), setup.DIRECT_CHANNELS: Known({}, Source.DEFAULT)}
    wrong = {account.PHONE: "The phone is taken."}
    view = views.modal(
        views.Shown("draft", known, (), account=Account(business="Sushi"), typed={account.PHONE: "+1 2"}, wrong=wrong)
    )
    place = next(at for at, block in enumerate(view["blocks"]) if block.get("block_id") == "setup:phone")
    assert view["blocks"][place]["element"]["initial_value"] == "+1 2"
    assert view["blocks"][place + 1]["text"]["text"] == "⚠ The phone is taken."


@given(st.text(max_size=40))
def test_whatever_is_typed_after_audit_is_read(words: str) -> None:
    """A count from one to the most, and the rest as words."""
    read = typed(" ".join(words.split()))
    assert 1 <= read.count <= MOST
    assert read.words in " ".join(words.split())


@given(st.text(max_size=30), st.sampled_from(["note:", "NOTE:", "*note:*", "_*Note:", "&gt; note:", "  note:"]))
def test_a_note_is_one_however_it_is_dressed(words: str, beginning: str) -> None:
    """And nothing else is."""
    assert is_note(beginning + words)
    assert not is_note(f"x{beginning}{words}")
