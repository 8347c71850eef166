"""The HTTP client: what is sent, what is asked again, and what each way of failing is called."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import errors
from bot.http import ApiClient
from bot.http.transport import BODY_LIMIT, MOST_AT_ONCE, NOISY
from tests.upstream import Upstream

KEY = "sekret-KEY-123456"
WRITES = ("POST", "PATCH", "DELETE")
Open = Callable[..., ApiClient]


@pytest.fixture
async def open_client(upstream: Upstream) -> AsyncIterator[Open]:
    """Opens clients of the server and closes them at the end."""
    opened: list[ApiClient] = []

    def open_(**changes: Any) -> ApiClient:
        settings = {"service": "Acme", "base_url": upstream.url, "headers": {"X-Api-Key": KEY}, "timeout": 5.0}
        opened.append(ApiClient(**{**settings, **changes}))
        return opened[-1]

    yield open_
    for client in opened:
        await client.aclose()


async def ask(client: ApiClient, method: str = "POST", **extra: Any) -> Any:
    """Ask for the seventh thing; what was answered."""
    return (await client.request(method, "/things/7", route="/things/{id}", **extra)).body


async def failure(client: ApiClient, method: str = "POST") -> errors.UpstreamError:
    """Ask for it in vain; how that went wrong."""
    with pytest.raises(errors.UpstreamError) as caught:
        await ask(client, method)
    return caught.value


async def test_a_request_carries_credentials_query_and_form(upstream: Upstream, open_client: Open) -> None:
    """Path below the base address, query and form as given, credentials on top, and the answer with its date."""
    upstream.answers({"data": 1}, status=201, Date="Sun, 12 Jun 2016 10:00:00 GMT")
    client = open_client(params={"oauth_token": "tok en+"})
    answer = await client.request(
        "POST", "/things/7", route="/things/{id}", query={"page": 2}, form={"text": "é & +", "empty": ""}
    )
    assert (answer.status, answer.body) == (201, {"data": 1})
    assert answer.date is not None and answer.date.isoformat() == "2016-06-12T10:00:00+00:00"
    [seen] = upstream.seen
    assert (seen.method, seen.path) == ("POST", "/v1/things/7")
    assert seen.query == {"page": "2", "oauth_token": "tok en+"}
    assert seen.form == {"text": "é & +", "empty": ""}
    assert seen.headers["X-Api-Key"] == KEY


async def test_json_bodies_are_sent_as_json(upstream: Upstream, open_client: Open) -> None:
    """``json`` travels as JSON."""
    upstream.answers({})
    await ask(open_client(), json={"a": 1})
    assert upstream.seen[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206])
async def test_any_2xx_is_success(upstream: Upstream, open_client: Open, status: int) -> None:
    """Whatever the 2xx, and with nothing in it."""
    upstream.answers(b"", status=status)
    assert await ask(open_client()) is None


async def test_an_answer_that_need_not_be_json_keeps_its_text(upstream: Upstream, open_client: Open) -> None:
    """``plain`` takes words as they are."""
    upstream.answers(b"a-token")
    answer = await open_client().request("POST", "/token", route="/token", plain=True)
    assert (answer.body, answer.text) == (None, "a-token")


STATUSES = [
    (400, errors.BadRequest), (401, errors.Unauthorized), (403, errors.Forbidden), (404, errors.NotFound),
    (405, errors.MethodNotAllowed), (418, errors.Rejected), (422, errors.Unprocessable), (429, errors.RateLimited),
    (500, errors.ServerFault), (502, errors.ServerFault), (503, errors.Unavailable), (599, errors.ServerFault),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), STATUSES)
async def test_each_status_has_its_error(
    upstream: Upstream, open_client: Open, status: int, kind: type[errors.UpstreamError]
) -> None:
    """The status alone decides the class; the sentence says whether a write took effect; a write is made once."""
    for body in (
        b"",
        b"<html>oops</html>",
        {"error": {"message": "Because.", "http_code": 200}},
        {"error": "Because."},
    ):
        upstream.answers(body, status=status)
        error = await failure(open_client())
        assert type(error) is kind
        assert (error.service, error.status) == ("Acme", status)
        assert ("Nothing was sent" in str(error)) is isinstance(error, errors.NotSent)
        assert ("may have gone through" in str(error)) is isinstance(error, errors.MaybeSent)
        assert ("“Because.”" in str(error)) is isinstance(body, dict)
        assert "<" not in str(error)
    assert len(upstream.seen) == 4


async def test_a_failed_read_says_nothing_of_sending(upstream: Upstream, open_client: Open) -> None:
    """Nobody who only looked is told that nothing was sent."""
    upstream.answers(b"Nope", status=404)
    assert str(await failure(open_client(), "GET")) == (
        "Acme does not have what was asked for. It says: “Nope” It may have been deleted meanwhile: look again."
    )


async def test_what_is_said_of_fields_is_kept_by_field(upstream: Upstream, open_client: Open) -> None:
    """Sentences by field name, one or several; what is no sentence is left out."""
    said = {"name": ["Too short.", "Taken."], "email": "Not an address.", "odd": 5, "mixed": [None, "Yes."]}
    upstream.answers({"error": {"message": "No.", "http_code": 422, "fields": said}}, status=422)
    error = await failure(open_client())
    assert isinstance(error, errors.Unprocessable)
    assert error.fields == {"name": ["Too short.", "Taken."], "email": ["Not an address."], "mixed": ["Yes."]}


@pytest.mark.parametrize("body", [[], 5, None, "x", {"error": None}, {"error": {"fields": []}}, {"error": [1]}])
async def test_an_odd_error_body_adds_nothing(upstream: Upstream, open_client: Open, body: Any) -> None:
    """Whatever JSON comes with a 422, it is a 422 without fields."""
    upstream.answers(body, status=422)
    error = await failure(open_client())
    assert isinstance(error, errors.Unprocessable)
    assert error.fields == {}


@pytest.mark.parametrize(
    "number", ["+1 (200) 555-1000", "+12005551000", "2005551000", "(200) 555-1000", "200.555.1000"]
)
async def test_long_words_are_cut_and_numbers_hidden(upstream: Upstream, open_client: Open, number: str) -> None:
    """The sentence is one line of sensible length without phone numbers; beside a field a number may be named."""
    fields = {"subscribers": [f"{number} is not active."]}
    message = f"On 2016-06-12 10:04:06\n{number} was " + "very " * 200
    upstream.answers({"error": {"message": message, "fields": fields}}, status=400)
    error = await failure(open_client())
    assert "“On 2016-06-12 10:04:06 (number) was very very" in str(error)
    assert len(str(error)) < 500
    assert isinstance(error, errors.Rejected) and error.fields == fields


@pytest.mark.parametrize("fault", ["drop", "half"])
@pytest.mark.parametrize("method", WRITES)
async def test_a_write_that_breaks_off_is_in_doubt(
    upstream: Upstream, open_client: Open, method: str, fault: str
) -> None:
    """Once the request has left, a lost answer means that nobody knows; it is not made again."""
    upstream.answers(fault=fault)
    error = await failure(open_client(), method)
    assert type(error) is errors.MaybeSent
    assert "broke off" in str(error) and "may have gone through" in str(error)
    assert len(upstream.seen) == 1


@pytest.mark.parametrize("fault", ["hang", "stall"])
async def test_a_write_without_an_answer_in_time_is_in_doubt(upstream: Upstream, open_client: Open, fault: str) -> None:
    """Silence after the request, before the answer or within it, is doubt."""
    upstream.answers(fault=fault)
    error = await failure(open_client(timeout=1))
    assert type(error) is errors.MaybeSent
    assert "did not answer in time" in str(error)
    assert len(upstream.seen) == 1


@pytest.mark.parametrize("fault", ["half", "stall"])
async def test_a_refusal_needs_only_its_status(upstream: Upstream, open_client: Open, fault: str) -> None:
    """A 403 whose explanation was lost is still a 403: certainly not sent."""
    upstream.answers(status=403, fault=fault)
    assert type(await failure(open_client(timeout=1))) is errors.Forbidden


@pytest.mark.parametrize("body", [b"<html>", b"{", b'"\xff', b"[" * 200_000, b"1" * (BODY_LIMIT + 1)])
async def test_a_success_that_makes_no_sense_is_doubt(upstream: Upstream, open_client: Open, body: bytes) -> None:
    """2xx with garbage, or with more than is read: a write may have happened, a read is simply not there."""
    upstream.answers(body)
    upstream.answers(body)
    client = open_client()
    assert type(await failure(client)) is errors.MaybeSent
    assert type(await failure(client, "GET")) is errors.NotSent


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(upstream: Upstream, open_client: Open, status: int) -> None:
    """A redirect would carry the key elsewhere, so it makes no sense to us."""
    upstream.answers(status=status, Location=upstream.url + "elsewhere")
    assert type(await failure(open_client())) is errors.MaybeSent
    assert len(upstream.seen) == 1


async def test_nobody_listening_means_nothing_sent(open_client: Open) -> None:
    """A refused connection is Unreachable, for writes and reads."""
    listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    client = open_client(base_url=f"http://127.0.0.1:{port}/v1/")
    for method in ("POST", "GET"):
        error = await failure(client, method)
        assert type(error) is errors.Unreachable
        assert ("Nothing was sent or changed." in str(error)) is (method == "POST")


async def test_a_connection_that_never_comes_about_means_nothing_sent(open_client: Open) -> None:
    """A handshake that hangs ends in time, before a byte of the request has left."""
    over = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    error = await failure(open_client(base_url=f"https://127.0.0.1:{port}/v1/", timeout=0.4))
    over.set()
    listener.close()
    assert type(error) is errors.Unreachable


async def test_who_finds_no_connection_free_has_sent_nothing(upstream: Upstream, open_client: Open) -> None:
    """While as many as may be are under way, the next one gives up before a byte has left; then all goes on."""
    for _ in range(MOST_AT_ONCE):
        upstream.answers(fault="hang")
    client = open_client(timeout=3.0)
    under_way = [asyncio.create_task(ask(client)) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0)
    assert type(await failure(client)) is errors.Unreachable
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    upstream.answers("here")
    assert await ask(client) == "here"
    assert len(upstream.seen) == MOST_AT_ONCE + 1


async def test_nothing_is_sent_once_closed(upstream: Upstream, open_client: Open) -> None:
    """A request that comes after closing does not leave, and leaves no connection open."""
    client = open_client()
    await client.aclose()
    assert type(await failure(client)) is errors.Unreachable
    assert not upstream.seen


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 502}, {"status": 503}, {"fault": "drop"}])
async def test_a_read_is_tried_again(upstream: Upstream, open_client: Open, trouble: dict[str, Any]) -> None:
    """A read that failed for the moment is repeated; nobody notices."""
    upstream.answers(**trouble)
    upstream.answers("here")
    assert await ask(open_client(), "GET") == "here"
    assert len(upstream.seen) == 2


async def test_a_read_is_tried_three_times_at_most(upstream: Upstream, open_client: Open) -> None:
    """After the third failure the caller hears of it."""
    for _ in range(3):
        upstream.answers(status=503)
    assert type(await failure(open_client(), "GET")) is errors.Unavailable
    assert len(upstream.seen) == 3


async def test_a_short_wait_is_kept_inside(upstream: Upstream, open_client: Open) -> None:
    """A read that is asked to wait no longer than the cap waits and goes on."""
    upstream.answers(status=429, Retry_After="0")
    upstream.answers("here")
    assert await ask(open_client(), "GET") == "here"


async def test_a_long_wait_is_handed_to_the_caller(upstream: Upstream, open_client: Open) -> None:
    """A read that is asked to wait longer is not made again behind the service's back."""
    upstream.answers(status=429, Retry_After="30")
    error = await failure(open_client(), "GET")
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == 30
    assert len(upstream.seen) == 1


async def test_the_total_time_covers_the_retries(upstream: Upstream, open_client: Open) -> None:
    """Waiting for another try counts, too; a read that ran out of time has changed nothing."""
    upstream.answers(status=503, Retry_After="2")
    assert type(await failure(open_client(timeout=0.2), "GET")) is errors.NotSent


async def test_every_request_is_observed_by_its_route(upstream: Upstream, open_client: Open) -> None:
    """Figures and log lines name the template, never the path; also where there was no answer."""
    observed: list[tuple[str, str, str, int | None]] = []
    client = open_client(timeout=1, observe=lambda *told: observed.append((told[0], told[1], told[2], told[3])))
    upstream.answers({})
    upstream.answers(status=404)
    upstream.answers(fault="hang")
    with capture_logs() as lines:
        await ask(client)
        await failure(client)
        await failure(client)
    route = "/things/{id}"
    assert observed == [("Acme", "POST", route, 200), ("Acme", "POST", route, 404), ("Acme", "POST", route, None)]
    assert [line["route"] for line in lines] == [route] * 3
    assert "things/7" not in str(lines)


@pytest.mark.parametrize("loud", [False, True], ids=["as configured", "somebody turned the loggers up"])
async def test_the_key_is_in_no_log_and_no_error(
    upstream: Upstream, open_client: Open, caplog: pytest.LogCaptureFixture, loud: bool
) -> None:
    """With everything logged, through answers, refusals that echo it, retries and losses: the key is nowhere."""
    caplog.set_level(logging.DEBUG)
    client = open_client(params={"oauth_token": "tok-" + KEY}, timeout=2.0)
    if loud:
        for name in NOISY:
            caplog.set_level(logging.DEBUG, logger=name)
    upstream.answers({"data": KEY})
    upstream.answers({"error": {"message": f"{KEY} is bad", "fields": {"key": [f"tok-{KEY}"]}}}, status=401)
    upstream.answers(fault="drop")
    upstream.answers(status=503)
    upstream.answers(status=302, Location="/elsewhere")
    with capture_logs() as lines:
        answer = await client.request("POST", "/things/7", route="/things/{id}")
        failures = [await failure(client), await failure(client), await failure(client, "GET")]
    shown = [repr(client), repr(answer), str(lines), caplog.text]
    for error in failures:
        shown += [str(error), repr(error), str(vars(error)), repr(error.__cause__)]
    assert not [text for text in shown if KEY in text]
    assert ("/v1/things/7" in caplog.text) is loud
