"""Slack that refuses, loses, limits or has lost: every text stands there once, in order, under one header."""

from bot.sandbox.slack.faults import Fault, How
from bot.sandbox.slack.model import Json
from tests.drive import JANE, JOHN
from tests.faults.rig import Rig, each_somewhere

POST = "chat.postMessage"


def about(words: str) -> Fault:
    """A fault of the next post that says this; what kind is for the test to say."""

    def says(arguments: Json) -> bool:
        return words in str(arguments.get("text"))

    return Fault(POST, How.DROP_AFTER, when=says)


async def three_texts(rig: Rig) -> None:
    """Three texts of a conversation that stands in Slack already, found by one poll."""
    await rig.opened("Zero")
    for words in ("One", "Two", "Three"):
        rig.clearstream.receive(JANE, words)
    await rig.poll()


IN_ORDER = ["Zero", "One", "Two", "Three"]


@each_somewhere(
    "what, how, error",
    ("text", How.DROP_BEFORE, ""),
    ("text", How.ERROR_BEFORE, "internal_error"),
    ("text", How.DROP_AFTER, ""),
    ("text", How.STATUS_AFTER, ""),
    ("header", How.DROP_AFTER, ""),
    ("header", How.ERROR_AFTER, "fatal_error"),
    ("header", How.STATUS_BEFORE, ""),
    ("header", How.ERROR_BEFORE, "internal_error"),
)
async def test_a_post_whose_answer_is_lost_stands_there_once(rig: Rig, what: str, how: How, error: str) -> None:
    """Whether it was done or not before the answer was lost: one header, each text once, in order."""
    await rig.start()
    fault = about("1000 (New)" if what == "header" else "Jane Doe: Two")
    fault.how, fault.error = how, error
    rig.slack.faults.add(fault)
    for words in ("One", "Two", "Three"):
        rig.clearstream.receive(JANE, words)
    await rig.poll()
    await rig.until(lambda: len(rig.bodies()) == 3)
    await rig.poll()
    await rig.rest()
    assert fault.times == 0
    assert rig.bodies() == ["One", "Two", "Three"]
    assert len(rig.headers()) == 1
    assert rig.strays() == []


async def test_a_limit_is_waited_out_and_nothing_overtakes(rig: Rig) -> None:
    """429 with a Retry-After of 30: no post to the channel leaves before that, and then all do, in order."""
    await rig.opened("Zero")
    rig.told_to_wait = 1
    limited = rig.slack.faults.rate_limit(POST, retry_after=30)
    begun = rig.clock.now()
    rig.clearstream.receive(JANE, "One")
    rig.clearstream.receive(JOHN, "From another")
    rig.clearstream.receive(JANE, "Two")
    mark = len(rig.slack.called(POST))
    await rig.poll()
    await rig.rest()
    assert limited.times == 0
    assert rig.bodies() == ["Zero", "One", "Two"]
    assert rig.bodies("John Doe") == ["From another"]
    posts = rig.slack.called(POST)[mark:]
    assert posts[0].status == 429
    assert all(post.at - begun.timestamp() >= 30 for post in posts[1:])


@each_somewhere("texts", 1, 2)
async def test_a_deleted_header_is_made_anew(rig: Rig, texts: int) -> None:
    """Somebody deletes the header, with or without replies under it: the next text makes a new one, and no stray."""
    await rig.start()
    rig.clearstream.receive(JANE, "Zero")
    await rig.poll()
    await (rig.rest() if texts > 1 else rig.until(lambda: rig.header("Jane Doe")))
    if texts == 1:
        await rig.rest()
        for message in rig.under():
            await rig.alice.delete(message)
    old = rig.header("Jane Doe")
    await rig.alice.delete(old)
    await rig.texted("After it was deleted")
    await rig.texted("And another")
    assert rig.header("Jane Doe").ts != old.ts
    assert rig.bodies() == ["After it was deleted", "And another"]
    assert len(rig.headers()) == 1
    assert rig.strays() == []


async def test_an_answer_after_the_header_was_deleted_stands_under_the_new_one(rig: Rig) -> None:
    """The modal was open when the header was deleted: what is sent stands under a new header."""
    await rig.opened()
    header = rig.header("Jane Doe")
    await rig.bob.click("Reply", header)
    await rig.until(lambda: rig.bob.modal, "the modal")
    await rig.alice.delete(header)
    await rig.bob.type("Message", "Yes.")
    await rig.bob.submit()
    await rig.until(lambda: rig.on_phone(JANE))
    await rig.rest()
    assert rig.bodies() == ["Yes."]
    assert len(rig.headers()) == 1
    assert rig.strays() == []


async def test_a_notice_after_the_header_was_deleted_stands_under_the_new_one(rig: Rig) -> None:
    """**Unconfirmed** belongs to the conversation's thread, also where that has to be made anew."""
    await rig.opened()
    await rig.bob.click("Claim", rig.header("Jane Doe"))
    await rig.until(lambda: "claimed by" in rig.header("Jane Doe").text())
    await rig.rest()
    header = rig.header("Jane Doe")
    await rig.bob.click("Reply", header)
    await rig.until(lambda: rig.bob.modal, "the modal")
    await rig.alice.delete(header)
    rig.clearstream.faults.add("lose_before", method="POST", path="threads/*/replies")
    await rig.bob.type("Message", "Yes.")
    await rig.bob.submit()
    await rig.until(lambda: rig.notice("Unconfirmed"))
    await rig.rest()
    assert len(rig.headers()) == 1
    assert rig.strays() == []


@each_somewhere("trouble", "archived", "removed", "revoked")
async def test_texts_wait_until_the_channel_is_mended(rig: Rig, trouble: str) -> None:
    """Archived, without the bot, or with its token taken away: nothing is given up, and all comes when it is mended."""
    await rig.opened("Zero")
    admin, bot = rig.slack.admin, rig.slack.workspace.bot
    if trouble == "archived":
        admin.archive(rig.texts)
    elif trouble == "removed":
        admin.remove(rig.texts, bot)
    else:
        admin.revoke_token()
    rig.clearstream.receive(JANE, "One")
    rig.clearstream.receive(JOHN, "A new one")
    await rig.poll()
    await rig.until(lambda: not rig.slack.called(POST)[-1].ok)
    rig.clearstream.receive(JANE, "Two")
    await rig.poll()
    await rig.wind(2)
    assert rig.bodies() == ["Zero"]
    if trouble == "archived":
        admin.archive(rig.texts, archived=False)
    elif trouble == "removed":
        admin.invite(rig.texts, bot)
    else:
        admin.revoke_token(revoked=False)
    await rig.until(lambda: len(rig.bodies()) == 3 and rig.bodies("John Doe"), within=150)
    await rig.rest()
    assert rig.bodies() == ["Zero", "One", "Two"]
    assert rig.bodies("John Doe") == ["A new one"]
    assert len(rig.headers()) == 2
    assert rig.strays() == []


async def test_blocks_slack_does_not_take_become_plain_words(rig: Rig) -> None:
    """A text is shown in any case, if need be without its looks."""
    await rig.opened("Zero")
    fault = about("Jane Doe: One")
    fault.how, fault.error = How.ERROR_BEFORE, "invalid_blocks"
    rig.slack.faults.add(fault)
    await rig.texted("One")
    assert [text.rpartition(" ")[2] for text in rig.bodies()] == ["Zero", "One"]


async def test_one_message_that_slack_refuses_does_not_hold_up_the_others(rig: Rig) -> None:
    """Slack takes no post of one conversation, for whatever reason: the other conversations' texts go on."""
    await rig.opened("Zero")
    fault = about("Jane Doe: Poison")
    fault.how, fault.error, fault.times = How.ERROR_BEFORE, "invalid_arguments", 50
    rig.slack.faults.add(fault)
    rig.clearstream.receive(JANE, "Poison")
    await rig.poll()
    rig.clearstream.receive(JOHN, "One")
    rig.clearstream.receive(JOHN, "Two")
    await rig.poll()
    await rig.until(lambda: len(rig.bodies("John Doe")) == 2, within=20)
    fault.times = 0
    await rig.until(lambda: rig.bodies() == ["Zero", "Poison"], within=120)


async def test_texts_are_there_a_second_each_after_the_poll(rig: Rig) -> None:
    """k texts of one conversation stand in the channel within k + 1 seconds, and Slack never had to refuse one."""
    await rig.opened("Zero")
    await rig.wind(3)
    texts = 20
    for number in range(texts):
        rig.clearstream.receive(JANE, f"Text {number}")
    begun = rig.clock.now()
    await rig.poll()
    await rig.until(lambda: len(rig.bodies()) == texts + 1, within=texts + 1)
    assert (rig.clock.now() - begun).total_seconds() <= texts + 1
    assert rig.bodies()[1:] == [f"Text {number}" for number in range(texts)]


async def test_texts_of_a_new_conversation_are_there_as_fast(rig: Rig) -> None:
    """The header counts as well: with it k texts take k + 1 seconds."""
    await rig.start()
    await rig.rest()
    await rig.wind(3)
    for number in range(10):
        rig.clearstream.receive(JANE, f"Text {number}")
    begun = rig.clock.now()
    await rig.poll()
    await rig.until(lambda: len(rig.bodies()) == 10, within=11)
    assert (rig.clock.now() - begun).total_seconds() <= 11
