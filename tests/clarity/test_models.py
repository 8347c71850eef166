"""Reading what Clarity answers: the document's samples, and liberally beyond them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.clarity import models
from bot.clarity.reading import Model
from tests.clarity.conftest import sample

SAMPLES: dict[str, type[Model]] = {
    "member": models.Member,
    "calls_requested": models.Call,
    "calls_callback": models.Call,
    "calls_completed": models.Call,
    "calls_canceled": models.Call,
    "call": models.Call,
    "connect": models.Call,
    "create_call": models.Call,
    "needs": models.Need,
    "create_need": models.Need,
    "fulfill_need": models.Call,
    "organizations": models.Organization,
    "organization": models.Organization,
    "conversations": models.Conversation,
    "messages": models.Correspondence,
    "send_message": models.Message,
    "search": models.SearchPage,
}
NEEDED: dict[type[Model], dict[str, Any]] = {
    models.Member: {"id": 7},
    models.Call: {"id": 5802},
    models.Need: {},
    models.Organization: {},
    models.Conversation: {"other_member": {"id": 940}},
    models.Correspondence: {"messages": []},
    models.Message: {},
    models.SearchPage: {"members": []},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def things(name: str) -> list[Any]:
    """The things in a sample."""
    said = sample(name)
    assert said
    return said if isinstance(said, list) else [said]


def within(said: Any, understood: Any) -> bool:
    """Whether everything a sample says came through, whatever its type became."""
    if isinstance(said, dict):
        return all(within(value, understood.get(name)) for name, value in said.items())
    if isinstance(said, list):
        return len(said) == len(understood) and all(map(within, said, understood))
    return understood == said or (isinstance(said, float | str) and str(understood) == str(said))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_understood_whole(name: str) -> None:
    """Nothing the document shows is lost in reading it."""
    for thing in things(name):
        understood = SAMPLES[name].from_answer(thing).model_dump(mode="json", by_alias=True)
        assert within(thing, understood)


@pytest.mark.parametrize("name", SAMPLES)
def test_unknown_fields_are_left_out(name: str) -> None:
    """What a later version adds, anywhere, changes nothing."""

    def with_more(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: with_more(item) for name, item in value.items()} | {"new_field": {"deep": [1]}}
        return [with_more(item) for item in value] if isinstance(value, list) else value

    for thing in things(name):
        assert SAMPLES[name].from_answer(with_more(thing)) == SAMPLES[name].from_answer(thing)


@pytest.mark.parametrize("model", NEEDED)
def test_saying_nothing_is_no_error(model: type[Model]) -> None:
    """Missing and null are the same for everything that can be missing."""
    names = {field.alias or name for name, field in model.model_fields.items()} - NEEDED[model].keys()
    assert model.from_answer({**dict.fromkeys(names), **NEEDED[model]}) == model.from_answer(NEEDED[model])


@pytest.mark.parametrize("model", NEEDED)
@given(data=st.data())
def test_a_field_that_cannot_be_read_costs_only_itself(model: type[Model], data: st.DataObject) -> None:
    """Whatever stands in the other fields, the thing is there, and what was said of it beside."""
    names = {field.alias or name for name, field in model.model_fields.items()} - NEEDED[model].keys()
    simple = sorted(names - {"members", "member_ids"})
    odd = data.draw(st.dictionaries(st.sampled_from(simple), ANYTHING, max_size=4) if simple else st.just({}))
    understood = model.from_answer({**odd, **NEEDED[model]})
    assert within(NEEDED[model], understood.model_dump(mode="json", by_alias=True))


def test_an_odd_field_deep_inside_costs_only_itself() -> None:
    """An unreadable rate of a member in a conversation leaves the member, the conversation and its message."""
    said = {
        "other_member": {"id": 940, "name": "Vincent Roy", "hourly_rate": "ask me", "bio": ["?"]},
        "last_message": {"message": "Hi", "created_at": "yesterday", "member_id": 940},
        "unread_message_count": None,
    }
    talk = models.Conversation.from_answer(said)
    assert (talk.other_member.name, talk.other_member.hourly_rate, talk.other_member.bio) == ("Vincent Roy", None, None)
    assert talk.last_message is not None and talk.last_message.created_at is None and talk.last_message.text == "Hi"
    assert talk.unread_message_count == 0
    lost = models.Conversation.from_answer({**said, "last_message": 5, "unread_message_count": {"a": 1}})
    assert (lost.other_member, lost.last_message, lost.unread_message_count) == (talk.other_member, None, 0)
    assert said["other_member"]["hourly_rate"] == "ask me", "what was said is not touched"  # type: ignore[index]


def test_a_thing_without_what_it_needs_costs_only_itself() -> None:
    """A correspondence whose other member has no id, and an odd name, is still read; a member in a list is needed."""
    said = {"messages": [SAME], "other_member": {"name": [], "bio": {}}}
    talk = models.Correspondence.from_answer(said)
    assert talk.other_member is None and talk.messages[0].text == "ping"
    for broken in ([{"name": "Jane"}], [5], [{"id": 1}, None]):
        with pytest.raises(ValidationError):
            models.SearchPage.from_answer({"members": broken, "matches": "many"})


def test_what_identifies_a_thing_is_needed() -> None:
    """A call without an id cannot be followed; the error does not quote what people wrote."""
    with pytest.raises(ValidationError) as caught:
        models.Call.from_answer({"reason": "secret", "status": ["secret"]})
    assert "secret" not in str(caught.value)


NOON = datetime(2012, 8, 6, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    ["2012-08-06T12:00:00Z", "2012-08-06T12:00:00+00:00", "2012-08-06T08:00:00-04:00", "2012-08-06 12:00:00"],
)
def test_times_are_aware_and_in_utc(said: str) -> None:
    """Z, an offset, or neither."""
    call = models.Call.from_answer({"id": 1, "expires_at": said})
    assert call.expires_at == NOON and call.expires_at.tzinfo is UTC


@pytest.mark.parametrize("said", ["", "0000-00-00", "0001-01-01T00:00:00+10:00", "9999-12-31T23:00:00-10:00", {}])
def test_a_time_that_cannot_be_read_is_none(said: Any) -> None:
    """The call stays; it never expires."""
    call = models.Call.from_answer({"id": 1, "expires_at": said})
    assert call.expires_at is None and not call.expired(NOON)


def test_an_organization_knows_its_members_either_way() -> None:
    """By ids in a list, by themselves alone; without an id it has none."""
    [listed] = map(models.Organization.from_answer, things("organizations"))
    alone = models.Organization.from_answer(sample("organization"))
    assert (listed.everybody, alone.everybody) == ((172, 5840, 10204), (66, 940))
    assert (listed.id, models.Organization.from_answer({"id": 17, "member_ids": [1, 1]}).everybody) == (None, (1,))


def test_search_says_where_to_go_on() -> None:
    """By ten as long as there are more; not past the end, whatever is said of their number."""
    page = models.SearchPage.from_answer({**sample("search"), "offset": 70})
    assert (page.matches, page.next_offset) == (73, 72)
    assert page.model_copy(update={"matches": 72}).next_offset is None
    assert page.model_copy(update={"matches": None}).next_offset == 72
    assert page.model_copy(update={"members": ()}).next_offset is None


SAME = {"message": "ping", "member_id": 940, "created_at": "2012-08-05T11:16:23Z"}
MESSAGES = st.lists(
    st.builds(
        lambda text, member, minute: {**SAME, "message": text, "member_id": member, "created_at": minute},
        st.sampled_from(["ping", "pong", ""]),
        st.sampled_from([940, 172, None]),
        st.sampled_from(["2012-08-05T11:16:23Z", "2012-08-05T11:17:23Z", None]),
    ),
    max_size=12,
)


@given(MESSAGES, st.integers(0, 12))
def test_messages_are_told_apart_as_the_last_fifty_move_on(said: list[dict[str, Any]], lost: int) -> None:
    """Every message has a key of its own; as older ones drop out, no known message gets a new one."""
    found = models.identified([models.Message.from_answer(item) for item in said])
    assert [message.text for _, message in found] == [item["message"] for item in said]
    digests = {key.digest for key, _ in found}
    assert len(digests) == len(said)
    later = models.identified([message for _, message in found[: max(len(found) - lost, 0)]])
    assert {key.digest for key, _ in later} <= digests


def test_a_key_to_store_tells_nothing() -> None:
    """The digest is the same for the same message, and does not hold its text."""
    [(key, _)] = models.identified([models.Message.from_answer(SAME)])
    [(again, _)] = models.identified([models.Message.from_answer(json.loads(json.dumps(SAME)))])
    assert key.digest == again.digest and len(key.digest) == 64
    assert (key.member_id, key.text, key.number) == (940, "ping", 1)
