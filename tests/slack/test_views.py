"""How the modals look, whatever is in them, and what is read back from them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clearstream import sms
from bot.clearstream.models import Subscriber
from bot.sandbox.slack import blockkit
from bot.services.conversation_model import Conversation, Text
from bot.slack import ids
from bot.slack.contacts import blocks as contact_blocks
from bot.slack.inbox import text_views, views
from bot.slack.inbox.text_views import Person, TextModal, filled
from tests.slack.drawn import WILD, conversation, text, wild_conversations, wild_texts

NUMBERS = st.sampled_from(["+12005551000", "+12005551001", "+442079460958"])
PEOPLE = st.builds(Person, NUMBERS, st.none() | WILD, st.none() | st.just("They opted out."))
DRAFT = ids.TextDraft(draft="d", channel="C1")


def complaints(view: dict[str, Any]) -> list[str]:
    """What Slack would say against this modal."""
    return blockkit.view_complaints(view, "modal")


@given(
    wild_conversations,
    st.lists(wild_texts, max_size=8),
    st.lists(st.builds(views.Saved, st.uuids().map(str), WILD.filter(str.strip)), max_size=4),
    st.text(max_size=3200),
)
def test_whatever_is_in_it_slack_takes_the_reply_modal(
    one: Conversation, last: list[Text], saved: list[views.Saved], typed: str
) -> None:
    """With long names, wild texts, many saved replies and anything typed."""
    draft = ids.Draft(draft="d" * 32, conversation=7, channel="C00000001", claimed_by="U1")
    said = [":warning: *Not sent yet.*"]
    assert complaints(views.reply(views.ReplyModal(draft, one, last, saved, prefill=typed, said=said))) == []
    assert complaints(views.saved_list(saved)) == []
    assert complaints(views.history(one, last, 2, more=True)) == []
    assert complaints(views.delete(one, "d", "C1")) == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", "*0* of 160 characters"),
        ("x" * 160, "*160* of 160 characters"),
        ("x" * 161, ":no_entry: *161* of 160 characters: 1 too many"),
        ("€[]", "*6* of 160 characters"),
        ("ok 😀", "*4* of 160 characters · cannot be texted: `😀`"),
        ("“a”", 'cannot be texted: `“` `”` (write `"` for `“`, `"` for `”`)'),
        ("a\u00a0b\u200b", "cannot be texted: `U+00A0` `U+200B` (write a space for `U+00A0`, nothing for `U+200B`)"),
        ("`", "cannot be texted: `U+0060`"),
    ],
)
def test_the_count_under_the_field(typed: str, shown: str) -> None:
    """How much is used, by how much it is too long, and which characters cannot be texted."""
    assert shown in views.counter(typed, sms.REPLY_LIMIT)["text"]


@given(st.text(max_size=400))
def test_the_count_never_breaks(typed: str) -> None:
    """Whatever is typed, Slack takes the line."""
    line = views.counter(typed, sms.REPLY_LIMIT, 12)
    assert 0 < len(line["text"]) <= 2000
    assert f"{sms.septets(typed) + 12}*" in line["text"]


def test_texts_of_an_open_view_come_back_as_they_were() -> None:
    """They are kept as JSON."""
    both = [text("one"), text("two", incoming=False, author="<@U1>")]
    assert views.texts_of(views.text_rows(both)) == both


@given(st.none() | PEOPLE, st.lists(PEOPLE, max_size=5, unique_by=lambda person: person.number), WILD, st.booleans())
def test_whatever_is_in_it_slack_takes_text_someone(
    person: Person | None, choices: list[Person], header: str, known: bool
) -> None:
    """With or without a person, a conversation, a choice."""
    if person is not None and choices:
        choices = [person, *(one for one in choices if one.number != person.number)]
    modal = TextModal(DRAFT, person, conversation() if known and person else None, choices, header=header[:150])
    assert complaints(text_views.view(modal)) == []


@given(PEOPLE)
def test_somebody_chosen_is_read_back(person: Person) -> None:
    """From what the modal carries, and from the option Slack sends, with the number for certain."""
    view = text_views.view(TextModal(DRAFT, person))
    read = filled({**view, "state": {"values": {}}})
    assert read.person is not None
    assert read.person.number == person.number
    assert read.person.doubt == person.doubt
    option = view["blocks"][1 if view["blocks"][0].get("block_id") == "told" else 0]["element"]["initial_option"]
    other = ids.TextDraft(draft="d").metadata()
    chosen = {"to:0": {ids.TEXT_TO: {"selected_option": option}}}
    again = filled({**view, "private_metadata": other, "state": {"values": chosen}})
    assert again.person is not None
    assert again.person.number == person.number


def test_a_choice_survives_typing() -> None:
    """The people to choose among are read back from the modal."""
    choices = [Person("+12005551000", "Jane Doe"), Person("+12005551001", "John Doe")]
    view = text_views.view(TextModal(DRAFT, choices=choices))
    typed = {"message": {ids.TEXT_MESSAGE: {"value": "Hi"}}}
    read = filled({**view, "state": {"values": typed}})
    assert read.choices == choices
    assert read.typed == "Hi"
    assert read.person is None
    assert read.header is None


@pytest.mark.parametrize(
    ("status", "answering", "words"),
    [
        ("ACTIVE", False, None),
        (None, False, None),
        ("OPTED OUT", False, "will not text them"),
        ("OPTED_OUT", True, "only be answered after they text again"),
        ("INACTIVE", False, "not confirmed"),
        ("INACTIVE", True, None),
        ("SNOOZED", False, "They are snoozed"),
    ],
)
def test_what_stands_against_texting_somebody(status: str | None, answering: bool, words: str | None) -> None:
    """As a sentence, or nothing."""
    doubt = text_views.doubt_about(status, answering=answering)
    assert (doubt is None) == (words is None)
    assert words is None or words in (doubt or "")


@given(st.builds(Subscriber, mobile_number=NUMBERS, first=st.none() | WILD, last=st.none() | WILD, status=WILD))
def test_whoever_it_is_slack_takes_their_card(person: Subscriber) -> None:
    """Alone, in the window, and ten of them in an answer."""
    assert complaints(contact_blocks.view(person, 7, "C1")) == []
    draft = ids.ContactDraft(draft="d", number=person.mobile_number, conversation=7, channel="C1")
    typed = {name: getattr(person, name) for name in contact_blocks.EDITED}
    wrong = {name: [value or ""] for name, value in typed.items()}
    assert complaints(contact_blocks.edit(contact_blocks.title(person), typed, draft, wrong)) == []
    several = [person.model_copy(update={"mobile_number": f"+1200555100{number}"}) for number in range(10)]
    found = contact_blocks.found(several, "x", 10)
    named = [block if "block_id" in block else {**block, "block_id": f"b{at}"} for at, block in enumerate(found)]
    assert blockkit.message_complaints(named) == []


def test_a_long_name_leaves_room_for_the_number() -> None:
    """On the header, in options and on cards."""
    long = "Ermintrude " * 30
    assert conversation(first=long).title.endswith("… · +1 200-555-1000")
    assert len(Person("+12005551000", long).words) <= 75
    person = Subscriber(mobile_number="+12005551000", first=long)
    assert contact_blocks.title(person).endswith("+1 200-555-1000")
    assert len(contact_blocks.title(person)) <= 150
    assert replace(conversation(), name=None).title == "+1 200-555-1000"
