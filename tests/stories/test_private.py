"""What is told to somebody in private is as sure as what stands in a channel."""

from bot.sandbox.slack.faults import Fault, How
from bot.sandbox.slack.model import Json
from tests.club import Club


def to_a_person(arguments: Json) -> bool:
    """Whether a post goes to a direct message."""
    return str(arguments.get("channel")).startswith("D") and "pricing plan" in str(arguments.get("text"))


async def test_a_private_message_whose_answer_is_lost_is_found_and_followed(lounge: Club) -> None:
    """Slack took it and its answer got lost: the bot may look for it there, so it stands once and is kept true."""
    await lounge.log_in(lounge.alice, "alice")
    lounge.slack.faults.add(Fault("chat.postMessage", How.DROP_AFTER, when=to_a_person))
    call = lounge.clarity.someone_requests("alice", "ninapark", "A pricing plan", 72)
    message = await lounge.call_told(lounge.alice, "pricing plan")
    lounge.clarity.someone_cancels(call)
    await lounge.until(lambda: "ancel" in message.text(), "its end")
    assert sum("pricing plan" in each.text() for each in lounge.alice.dm()) == 1
