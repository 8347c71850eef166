"""Whatever people do in whatever order, the inbox, the phones and the counts agree, and it all survives a restart."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.clearstream.gsm import septets, strangers
from bot.sandbox.clearstream.params import Params
from bot.sandbox.clearstream.routes import ALL
from bot.sandbox.clearstream.routing import Call, find

NUMBERS = [f"+1200555100{last}" for last in range(3)]
TEXTS = st.text(alphabet="abc {€\n", min_size=1, max_size=8).filter(lambda text: bool(text.strip()))


class Model:
    """What a person with pen and paper would expect of one line."""

    def __init__(self) -> None:
        self.threads: dict[str, list[tuple[bool, str]]] = {}
        self.unread: set[str] = set()
        self.order: list[str] = []
        self.sent: dict[str, list[str]] = defaultdict(list)
        self.promised: dict[str, list[str]] = defaultdict(list)

    def add(self, number: str, incoming: bool, text: str) -> None:
        """A text has come, or gone out: its conversation is the newest."""
        self.threads.setdefault(number, []).append((incoming, text))
        (self.sent if incoming else self.promised)[number].append(text)
        if number in self.order:
            self.order.remove(number)
        self.order.insert(0, number)

    def forget(self, number: str) -> None:
        """A conversation was deleted."""
        del self.threads[number]
        self.unread.discard(number)
        self.order.remove(number)


class Inbox(RuleBasedStateMachine):
    """Texts in, answers from the API and the site, deletions, time passing and restarts, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2016, 6, 10, 12, tzinfo=UTC)
        self.line = ClearstreamStandIn(now=lambda: self.at)
        self.model = Model()
        self.ids: set[int] = set()

    def ask(self, method: str, path: str, query: dict[str, str], **form: str) -> Any:
        """Ask a handler as a request would."""
        route, named = find(ALL, method, path.split("/"))
        call = Call(named, Params(list(query.items()), route.query), Params(list(form.items()), route.form))
        return route.handler(self.line.line, call)

    def thread(self, number: str) -> int:
        """The id of that number's thread."""
        thread_id = self.line.thread_id(number)
        assert thread_id is not None
        return thread_id

    @rule(number=st.sampled_from(NUMBERS), text=TEXTS)
    def receive(self, number: str, text: str) -> None:
        """Somebody texts in."""
        self.at += timedelta(milliseconds=300)
        reply = self.line.receive(number, text)
        assert reply is not None
        assert reply.id > max(self.ids, default=0)
        self.ids.add(reply.id)
        self.model.add(number, True, text)
        self.model.unread.add(number)

    @precondition(lambda self: self.model.threads)
    @rule(data=st.data(), text=TEXTS, on_site=st.booleans())
    def answer(self, data: st.DataObject, text: str, on_site: bool) -> None:
        """Somebody answers, through the API or on the site."""
        number = data.draw(st.sampled_from(sorted(self.model.threads)))
        self.at += timedelta(milliseconds=300)
        if on_site:
            self.ids.add(self.line.site_reply(self.thread(number), text).id)
            self.model.unread.discard(number)
        else:
            self.ids.add(self.ask("POST", f"threads/{self.thread(number)}/replies", {}, text=text)["data"]["id"])
        self.model.add(number, False, text)

    @precondition(lambda self: self.model.threads)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Somebody deletes a conversation."""
        number = data.draw(st.sampled_from(sorted(self.model.threads)))
        self.ask("DELETE", f"threads/{self.thread(number)}", {})
        self.model.forget(number)

    @rule(seconds=st.integers(min_value=0, max_value=3))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.at += timedelta(seconds=seconds)

    @rule()
    def restart(self) -> None:
        """The line's memory goes through a file and another line goes on from it."""
        written = json.dumps(self.line.dump())
        self.line = ClearstreamStandIn(now=lambda: self.at)
        self.line.load(json.loads(written))
        assert json.dumps(self.line.dump()) == written

    @invariant()
    def the_listing_agrees(self) -> None:
        """Order, counts, unread and the newest texts are as expected; pages laid together are the whole."""
        pages = [self.ask("GET", "threads", {"limit": "2", "page": str(page)}) for page in (1, 2)]
        listed = [thread for page in pages for thread in page["data"]]
        assert [thread["subscriber"]["mobile_number"] for thread in listed] == self.model.order
        assert {page["unread"] for page in pages} == {len(self.model.unread)}
        for thread in listed:
            number = thread["subscriber"]["mobile_number"]
            texts = self.model.threads[number][::-1]
            assert thread["reply_count"] == len(texts)
            assert thread["unread"] == (number in self.model.unread)
            assert [(each["incoming"], each["text"]) for each in thread["recent_replies"]] == texts[:3]
            whole = self.ask("GET", f"threads/{thread['id']}/replies", {"limit": "100"})["data"]
            assert [(each["incoming"], each["text"]) for each in whole] == texts
            keys = [(each["sent_at"], each["id"]) for each in whole]
            assert keys == sorted(keys, reverse=True)
            assert {each["id"] for each in whole} <= self.ids

    @invariant()
    def the_phones_agree(self) -> None:
        """A phone shows all it sent, and of what it was promised all that is due: in order, each once."""
        for number in NUMBERS:
            texts = self.line.phone(number)
            assert [text.at for text in texts] == sorted(text.at for text in texts)
            assert [text.text for text in texts if text.direction == "sent"] == self.model.sent[number]
            received = [text.text for text in texts if text.direction == "received"]
            on_the_way = [out.text for out in self.line.state.outbox if out.number == number]
            assert received + on_the_way == self.model.promised[number]

    def teardown(self) -> None:
        """A second later nothing is on its way any more and nothing is left QUEUED."""
        self.at += timedelta(seconds=1)
        self.line.settle()
        assert self.line.state.outbox == []
        statuses = {reply.status for thread in self.line.state.threads.values() for reply in thread.replies}
        assert statuses <= {"SENT", "RECEIVED"}


TestInbox = Inbox.TestCase
TestInbox.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)


def test_septets_are_counted_as_phones_count_them() -> None:
    """One for the alphabet, two for its extension; whatever is in neither is named, once."""
    assert septets("Hello\nworld") == 11
    assert septets("^{}\\[~]|€\f") == 20
    assert strangers("Hëllö `x` 😀 é à") == "ë`😀"


def test_broadcasts_keywords_and_people_survive_a_restart() -> None:
    """Half-sent broadcasts, waiting welcomes, used keywords: another line goes on exactly where this one was."""
    at = datetime(2016, 6, 10, 12, tzinfo=UTC)
    line = ClearstreamStandIn(now=lambda: at)
    line.line.pace.throughput = 1
    customers = [line.add_list("Customers").id]
    for number in NUMBERS:
        line.add_subscriber(number, lists=customers)
    line.add_keyword("bluesushi", lists=customers, autoresponse=("Blue", "Hi"))
    line.receive("+12005559999", "bluesushi Hello me@blue.sushi")
    route, _ = find(ALL, "POST", ["messages"])
    form = {"message_header": "A", "message_body": "B", "lists": "1000"}
    route.handler(line.line, Call({}, Params([], route.query), Params(list(form.items()), route.form)))
    at += timedelta(seconds=3)
    line.settle()
    other = ClearstreamStandIn(now=lambda: at)
    other.load(json.loads(json.dumps(line.dump())))
    assert other.state == line.state
    at += timedelta(seconds=10)
    line.settle()
    other.settle()
    assert other.state == line.state
    assert [len(other.phone(number)) for number in NUMBERS] == [1, 1, 1]
