"""Upstreams may answer anything: what can be read is read, all else is one of our errors, and the poll goes on."""

import copy
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.clarity import Clarity
from bot.clarity import models as clarity_models
from bot.clearstream import Clearstream, models
from bot.errors import UpstreamError
from bot.http import parse_json
from bot.http.reading import Readable
from tests.clarity.test_models import SAMPLES as OF_CLARITY
from tests.clarity.test_models import things
from tests.clearstream.test_models import THINGS, content
from tests.drive import JANE, JOHN, House
from tests.upstream import Upstream

DOCUMENTED: list[tuple[type[Readable], Any]] = [
    *((model, thing) for model, listed in map(content, THINGS) for thing in listed[:2]),
    *((model, thing) for name, model in OF_CLARITY.items() for thing in things(name)[:2]),
]

ODD: list[Any] = [
    None, True, -1, 2**31, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 5000, "\u202e<!channel>",
    "12", [], [[]], {}, {"id": 1}, [None] * 1500, [{"id": 2**70}], "9999-12-31T23:59:59-23:59", {"a": {"b": [1]}},
]  # fmt: skip


def places(said: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field of a sample, however deep."""
    inside = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for step, value in inside:
        yield (*way, step)
        yield from places(value, (*way, step))


def changed(said: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The same with something else in that place; without it where ``value`` is ``...``."""
    said = copy.deepcopy(said)
    place = said
    for step in way[:-1]:
        place = place[step]
    if value is ...:
        del place[way[-1]]
    else:
        place[way[-1]] = value
    return said


def numbers(understood: Any) -> Iterator[int]:
    """Every whole number in what was understood."""
    parts = understood.values() if isinstance(understood, dict) else understood
    for part in parts if isinstance(understood, dict | list | tuple) else ():
        yield from numbers(part)
    if isinstance(understood, int):
        yield understood


@given(st.data())
def test_a_documented_answer_with_anything_in_one_place(data: st.DataObject) -> None:
    """It is still understood, unless it is the id or the like, and a database and JSON take all of it."""
    model, said = data.draw(st.sampled_from(DOCUMENTED))
    way = data.draw(st.sampled_from(sorted(places(said), key=str)))
    odd = changed(said, way, data.draw(st.sampled_from([..., *ODD])))
    try:
        understood = model.from_answer(odd)
    except ValidationError as error:
        assert way[-1] in ("id", "incoming", "name", "email", "other_member") or isinstance(way[-1], int)
        assert "channel" not in str(error)
        return
    told = understood.model_dump(mode="json")
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    if model is not models.Message:  # the ids of posts on other networks are kept as they come
        assert all(abs(number) < 2**63 for number in numbers(told))


def test_one_odd_field_costs_neither_the_conversation_nor_its_texts() -> None:
    """Each is left out alone: a name, a text without an id among others, a list of nobody who means well."""
    said = content("view_a_thread")[1][0]
    good = models.Thread.from_answer(said)
    assert good.recent_replies
    odd = changed(said, ("subscriber", "first"), {"a": 1})
    assert models.Thread.from_answer(odd).subscriber.mobile_number == good.subscriber.mobile_number
    odd = {**said, "recent_replies": [{"text": "?"}, *said["recent_replies"], 5, {"id": 10**30, "incoming": True}]}
    assert models.Thread.from_answer(odd).recent_replies == good.recent_replies
    assert models.Thread.from_answer({**said, "recent_replies": [5] * 5000}).recent_replies == ()
    broken: list[Any] = [{**said, "id": 2**63}, {**said, "id": None}, [], "thread", None]
    for missing in broken:
        with pytest.raises(ValidationError):
            models.Thread.from_answer(missing)


def test_an_endless_list_costs_no_more_than_a_look() -> None:
    """Each thing in it that cannot be read would cost time and memory: a body of ten megabytes holds millions."""
    rubbish = [5] * 300_000
    before = time.process_time()
    with pytest.raises(ValidationError) as caught:
        clarity_models.SearchPage.from_answer({"members": rubbish})
    assert caught.value.error_count() == 1
    assert models.Thread.from_answer({"id": 1, "recent_replies": rubbish}).recent_replies == ()
    chart = {"day": {str(number): "x" for number in range(50_000)}}
    said = {"business": "Sushi", "stats": {"opt_ins": {"past_7_days": {"chart": chart}}}}
    assert models.Account.from_answer(said).business == "Sushi"
    assert time.process_time() - before < 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_json_does_not_know_is_not_stored(number: str) -> None:
    """PostgreSQL would refuse the whole row."""
    said = parse_json(b'{"id": 1, "timezone_offset": %b, "name": "Jane"}' % number.encode())
    member = clarity_models.Member.from_answer(said)
    assert (member.name, member.timezone_offset) == ("Jane", None)


SENSELESS: list[Any] = [
    b"", b"null", b"5", b'"x"', b"[[[", b"[" * 100_000, b"{}", b'{"data": 5}', b'{"data": {"id": "x"}}', b"\xff\xfe",
    b'{"data": [5, null, "x"]}', b"[5, null]", b'{"data": ' + b"9" * 5000 + b"}", b"<html>",
    json.dumps({"data": [{"id": 1}] * 20_001}).encode(), json.dumps([{"id": 1}] * 20_001).encode(),
]  # fmt: skip


@pytest.mark.parametrize("which", ["Clearstream", "Clarity"])
async def test_what_makes_no_sense_is_one_of_our_errors(which: str, upstream: Upstream) -> None:
    """Whatever comes as a list or a thing; it is understood, or an UpstreamError, never anything else."""
    async with (
        Clearstream.with_key("key", upstream.url) as clearstream,
        Clarity.with_token("token", upstream.url) as clarity,
    ):
        texts, calls = (clearstream.threads_page, clearstream.account), (clarity.needs, clarity.me)
        asked: Sequence[Callable[[], Awaitable[Any]]] = texts if which == "Clearstream" else calls
        for body, ask in itertools.product(SENSELESS, asked):
            upstream.answers(body)
            try:
                await ask()
            except UpstreamError as error:
                assert error.service == which
        upstream.answers([5, {"description": "Help"}, {"id": 2**63, "description": "More"}])
        assert [(need.id, need.description) for need in await clarity.needs()] == [(None, "Help"), (None, "More")]


async def test_a_conversation_nobody_can_read_holds_up_no_other(house: House) -> None:
    """The poll brings what is beside it, on either database; when it can be read again, it comes too."""
    await house.start(inbox_poll_seconds=1)
    state = house.clearstream.state
    await house.text_in(JOHN, "Hello")
    house.clearstream.receive(JANE, "I am odd")
    of_jane, of_john = (house.clearstream.thread_id(number) for number in (JANE, JOHN))
    assert of_jane is not None and of_john is not None
    state.threads[of_jane].id = 2**70
    state.subscribers[JOHN].first = {"a": [1]}  # type: ignore[assignment]
    state.threads[of_john].replies[0].id = None  # type: ignore[assignment]
    house.clearstream.receive(JOHN, "Is anybody there?")
    await house.until(lambda: house.thread("Doe")[-1].endswith("Is anybody there?"))
    with pytest.raises(LookupError):
        house.header("Jane")
    state.threads[of_jane].id = of_jane
    await house.until(lambda: house.thread("Jane Doe")[-1].endswith("I am odd"))
    assert len(house.headers()) == 2
