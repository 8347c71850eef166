"""What the stand-in refuses, with which status, and beside which field."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.sandbox.clearstream import ClearstreamStandIn

JANE, JOHN = "+12005551000", "+12005551001"


@pytest.fixture
async def line() -> AsyncIterator[ClearstreamStandIn]:
    """A line with a list, two people on it, a keyword and a thread; its time stands still."""
    standin = ClearstreamStandIn(now=lambda: datetime(2016, 6, 10, 12, tzinfo=UTC), tick_seconds=None)
    customers = [standin.add_list("Customers").id]
    standin.add_subscriber(JANE, "Jane", "Doe", lists=customers)
    standin.add_subscriber(JOHN, "John", "Doe", lists=[*customers, standin.add_list("Employees").id])
    standin.add_keyword("bluesushi", lists=customers)
    standin.receive(JANE, "Hello")
    async with standin:
        yield standin


@pytest.fixture
async def api(line: ClearstreamStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client with the right key."""
    async with httpx.AsyncClient(base_url=line.url, headers={"X-Api-Key": line.api_key}, verify=False) as client:
        yield client


def fields(answer: httpx.Response, status: int = 422) -> list[str]:
    """The names of the fields that are at fault, of an error in the full form with that status."""
    error = answer.json()["error"]
    assert (answer.status_code, error["http_code"]) == (status, status), answer.text
    assert error["message"]
    return list(error["fields"])


async def test_a_wrong_key_is_401(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Without the key, with another, and after it was revoked."""
    fields(await api.get("account", headers={"X-Api-Key": "wrong"}), 401)
    async with httpx.AsyncClient(base_url=line.url) as nobody:
        fields(await nobody.get("account"), 401)
    line.api_key = "a new one"
    fields(await api.get("account"), 401)


@pytest.mark.parametrize(
    "path",
    [
        *("", "nowhere", "lists/1", "lists/x", "lists/1000/", "subscribers/12005551000", "users/no@body"),
        *("keywords/none", "messages/1", "threads/1", "threads/1/replies", "threads/77000/replies/1", "../v2/lists"),
    ],
)
async def test_what_does_not_exist_is_404(api: httpx.AsyncClient, path: str) -> None:
    """Unknown paths, and known ones that name nothing."""
    fields(await api.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "threads"), ("PUT", "lists/1000"), ("POST", "account"), ("PATCH", "threads/77000"), ("POST", "users")],
)
async def test_a_wrong_method_is_405(api: httpx.AsyncClient, method: str, path: str) -> None:
    """The path is known, the method is not."""
    fields(await api.request(method, path), 405)


@pytest.mark.parametrize("path", ["lists", "account", "threads", "subscribers", "users", "lists/1000"])
async def test_unknown_parameters_are_refused(api: httpx.AsyncClient, path: str) -> None:
    """A misspelt parameter cannot pass unnoticed."""
    assert fields(await api.get(path, params={"pages": "2"})) == ["pages"]


async def test_parameters_of_a_post_do_not_travel_in_the_address(api: httpx.AsyncClient) -> None:
    """What belongs into the body is unknown in the query, and a name passed twice is refused."""
    assert fields(await api.post("lists?name=New", data={"name": "New"})) == ["name"]
    assert fields(await api.post("lists", content="name=a&name=b", headers=FORM)) == ["name"]
    assert fields(await api.request("DELETE", "threads/77000", data={"force": "1"})) == ["force"]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_bodies_must_be_form_encoded(api: httpx.AsyncClient) -> None:
    """JSON, files and half a form are 400."""
    fields(await api.post("lists", json={"name": "New"}), 400)
    fields(await api.post("lists", files={"name": b"New"}), 400)
    fields(await api.post("lists", content=b"name=%FF", headers=FORM), 400)
    fields(await api.post("lists", content=b"name", headers=FORM), 400)
    assert (await api.get("lists")).json()["total"] == 2


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "१"])
async def test_paging_takes_whole_numbers(api: httpx.AsyncClient, value: str) -> None:
    """``page`` and ``limit`` start at 1; both are named when both are wrong."""
    assert fields(await api.get("threads", params={"page": value, "limit": value})) == ["limit", "page"]


async def test_lists_need_a_name_of_their_own(api: httpx.AsyncClient) -> None:
    """Missing, blank or taken (in any case of letters) names are refused; one's own is not taken."""
    for name in ("", "  ", "customers"):
        assert fields(await api.post("lists", data={"name": name})) == ["name"]
    assert fields(await api.post("lists")) == ["name"]
    assert fields(await api.patch("lists/1000", data={"name": "Employees"})) == ["name"]
    assert (await api.patch("lists/1000", data={"name": "CUSTOMERS"})).json()["data"]["name"] == "CUSTOMERS"


async def test_a_list_with_people_goes_only_by_force(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Forced, it opts out who is on no other list, and only them; an empty list needs no force."""
    for form in ({}, {"force_delete": "0"}, {"force_delete": "yes"}):
        assert fields(await api.request("DELETE", "lists/1000", data=form)) == ["force_delete"]
    assert (await api.request("DELETE", "lists/1000", data={"force_delete": "1"})).json() == {
        "deleted": True,
        "id": 1000,
    }
    people = {each["mobile_number"]: each for each in (await api.get("subscribers")).json()["data"]}
    assert (people[JANE]["status"], people[JANE]["lists"]) == ("OPTED_OUT", [])
    assert (people[JOHN]["status"], people[JOHN]["lists"]) == ("ACTIVE", [{"id": 1001, "name": "Employees"}])
    assert (await api.get("keywords/bluesushi")).json()["data"]["opt_in"] == {"enabled": True, "lists": []}
    empty = (await api.post("lists", data={"name": "Empty"})).json()["data"]["id"]
    assert (await api.delete(f"lists/{empty}")).status_code == 200


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({}, ["mobile_number", "lists"]),
        ({"mobile_number": "200-555-1002", "lists": "1000"}, ["mobile_number"]),
        ({"mobile_number": "+12005551002", "lists": "1000,7"}, ["lists"]),
        ({"mobile_number": "+12005551002", "lists": "1000,"}, ["lists"]),
        ({"mobile_number": "+12005551002", "lists": "1000", "email": "bob"}, ["email"]),
        ({"mobile_number": "+12005551002", "lists": "1000", "autoresponse_header": "A"}, ["autoresponse_body"]),
        ({"mobile_number": "+12005551002", "lists": "1000", "autoresponse_body": "A"}, ["autoresponse_header"]),
        ({"mobile_number": JANE, "lists": "1000"}, ["mobile_number"]),
    ],
)
async def test_new_subscribers_are_checked(api: httpx.AsyncClient, form: dict[str, str], wrong: list[str]) -> None:
    """Number and lists are required and must be right; who is known cannot be created again."""
    assert fields(await api.post("subscribers", data=form)) == wrong
    assert (await api.get("subscribers")).json()["total"] == 2


async def test_a_plus_that_is_not_encoded_is_a_space(api: httpx.AsyncClient) -> None:
    """As in every form; in a path it stays a plus."""
    body = "mobile_number=+12005551002&lists=1000"
    assert fields(await api.post("subscribers", content=body, headers=FORM)) == ["mobile_number"]
    assert (await api.get("subscribers/%2B12005551000")).json() == (await api.get(f"subscribers/{JANE}")).json()


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({}, ["name"]),
        ({"name": "abc"}, ["name"]),
        ({"name": "a" * 26}, ["name"]),
        ({"name": "red sushi"}, ["name"]),
        ({"name": "BLUESUSHI"}, ["name"]),
        ({"name": "stop"}, ["name"]),
        ({"name": "redsushi", "enable_opt_in": "1"}, ["opt_in_lists"]),
        ({"name": "redsushi", "enable_opt_in": "true"}, ["enable_opt_in"]),
        (
            {"name": "redsushi", "enable_autoresponse": "1"},
            ["autoresponse_header", "autoresponse_body", "autoresponse_setting"],
        ),
        ({"name": "redsushi", "autoresponse_setting": "NEVER"}, ["autoresponse_setting"]),
    ],
)
async def test_keywords_are_checked(api: httpx.AsyncClient, form: dict[str, str], wrong: list[str]) -> None:
    """Name, switches, and what each switch requires."""
    assert fields(await api.post("keywords", data=form)) == wrong


async def test_the_plan_limits_keywords(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """``available`` counts down, and at nothing the next one is 403."""
    line.state.account.plan.keywords = 2
    assert (await api.get("keywords")).json()["available"] == 1
    assert (await api.post("keywords", data={"name": "redsushi"})).status_code == 200
    assert (await api.get("keywords")).json()["available"] == 0
    fields(await api.post("keywords", data={"name": "greensushi"}), 403)


WHOLE = {"message_header": "Blue Sushi", "message_body": "Hungry?"}
LATER = {"schedule": "1", "datetime": "2016-06-10 12:00:01", "timezone": "UTC"}


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({}, ["message_header", "message_body", "lists"]),
        ({**WHOLE, "lists": "7"}, ["lists"]),
        ({**WHOLE, "subscribers": "12005551000"}, ["subscribers"]),
        ({**WHOLE, "subscribers": f"{JANE},+12005557777"}, ["subscribers"]),
        ({**WHOLE, "lists": "1000", "message_body": "x" * 149}, ["message_body"]),
        ({**WHOLE, "lists": "1000", "message_body": "€" * 75}, ["message_body"]),
        ({**WHOLE, "lists": "1000", "message_header": "寿司"}, ["message_header"]),
        ({**WHOLE, "lists": "1000", "send_to_fb": "on"}, ["send_to_fb"]),
        ({**WHOLE, "lists": "1000", "schedule": "1"}, ["datetime", "timezone"]),
        ({**WHOLE, "lists": "1000", **LATER, "datetime": "2016-06-10T13:00:00"}, ["datetime"]),
        ({**WHOLE, "lists": "1000", **LATER, "datetime": "2016-06-31 13:00:00"}, ["datetime"]),
        ({**WHOLE, "lists": "1000", **LATER, "datetime": "2016-06-10 12:00:00"}, ["datetime"]),
        ({**WHOLE, "lists": "1000", **LATER, "timezone": "Mars/Olympus"}, ["timezone"]),
        ({**WHOLE, "lists": "1000", **LATER, "timezone": "../UTC"}, ["timezone"]),
    ],
)
async def test_messages_are_checked(api: httpx.AsyncClient, form: dict[str, str], wrong: list[str]) -> None:
    """Nothing is accepted that the document does not allow, and nothing is stored of it."""
    assert fields(await api.post("messages", data=form)) == wrong
    assert (await api.get("messages")).json()["total"] == 0


async def test_a_message_of_158_is_not_too_long(api: httpx.AsyncClient) -> None:
    """The limit itself is allowed, counted in septets."""
    full = {**WHOLE, "lists": "1000", "message_body": "x" * 146 + "€"}
    assert (await api.post("messages", data=full)).status_code == 200


async def test_credits_must_suffice(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """A broadcast to more people than there are credits is 403."""
    line.state.account.credits = 1
    fields(await api.post("messages", data={**WHOLE, "lists": "1000"}), 403)


@pytest.mark.parametrize("text", ["", "   ", "x" * 161, "{" * 81, "naïve", "🙂", "a`b"])
async def test_replies_are_checked(api: httpx.AsyncClient, text: str) -> None:
    """Empty, longer than 160 septets, or not of the GSM alphabet: refused beside ``text``."""
    assert fields(await api.post("threads/77000/replies", data={"text": text})) == ["text"]
    assert (await api.get("threads/77000")).json()["data"]["reply_count"] == 1


@pytest.mark.parametrize("text", ["x" * 160, "{" * 80, "àéñ Δ ¿?\n§", "\f[~]|\\^€"])
async def test_replies_may_use_the_whole_alphabet(api: httpx.AsyncClient, text: str) -> None:
    """160 septets exactly, and every kind of GSM character."""
    answer = await api.post("threads/77000/replies", data={"text": text})
    assert answer.json()["data"]["text"] == text


async def test_who_opted_out_is_answered_only_once_they_ask(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """403 after STOP; a text of their own makes one answer possible again."""
    line.receive(JANE, "STOP")
    fields(await api.post("threads/77000/replies", data={"text": "Why?"}), 403)
    line.receive(JANE, "Where are you?")
    assert (await api.post("threads/77000/replies", data={"text": "Here"})).status_code == 200
    fields(await api.post("threads/77000/replies", data={"text": "And here"}), 403)


async def test_errors_can_come_in_the_short_form(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """An odd line answers with the sentence alone."""
    line.odd.bare_errors = True
    answer = await api.get("threads/1")
    assert (answer.status_code, answer.json()) == (404, {"error": "The specified thread could not be found."})
