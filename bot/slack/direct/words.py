"""What **Direct mode** says in a thread, and in a channel that was switched. Pure."""

from bot.slack import blocks as b

_LINES = {
    "not sent": ":x: <@{by}>, your message was *not sent*. {reason} Write it anew.",
    "files only": ":paperclip: <@{by}>, files are not sent, only words: your message was *not sent*.",
    "words only": ":paperclip: <@{by}>, files are not sent, only words: of your message the words go out.",
    "edited": ":pencil2: <@{by}> changed a message after it went out. The text stays as it was sent.",
    "edited early": ":pencil2: <@{by}> changed a message that was on its way. It goes out as it was first written.",
    "edited unsent": ":pencil2: <@{by}>, a message that was not sent is not sent by changing it. Write it anew.",
    "deleted": ":wastebasket: <@{by}> deleted a message after it went out. It cannot be taken back from the phone.",
    "deleted early": ":wastebasket: <@{by}> deleted a message that was being sent. It cannot be held back any more.",
    "deleted unsent": ":wastebasket: <@{by}> deleted a message before it left. It was *not sent*.",
    "on": (
        ":satellite_antenna: <@{by}> switched this channel to *Direct mode*: what you write in a conversation's thread "
        "goes out as a text, unless it begins with `note:`. A :white_check_mark: marks what went out."
    ),
    "off": (
        ":satellite_antenna: <@{by}> switched *Direct mode* off here: what you write in a conversation's thread "
        "stays in Slack."
    ),
}


def line(what: str, by: str, reason: str = "") -> str:
    """One line, in mrkdwn; ``reason`` is plain words."""
    return " ".join(_LINES[what].format(by=by, reason=b.reason(reason)).split())
