"""Names and values that the modal **Setup** carries; see ``bot.slack.ids`` for how they come back."""

from bot.slack.ids import Carried, Number

OPEN = "setup.open"
VIEW = "setup"
PEOPLE = "setup.people"
GROUPS = "setup.groups"
SAVED = "setup.saved"
VIEW_SAVED = "setup_saved"
NEW_REPLY = "setup.new_reply"
FORGET = "setup.forget_reply"
ANSWERS = "setup.answers"
VIEW_ANSWERS = "setup_answers"
KEYWORD = "setup.keyword"
ANSWER_HEADER = "setup.answer_header"
ANSWER_BODY = "setup.answer_body"
REMOVE_ANSWER = "setup.remove_answer"
NAME, HEADER, BODY = "name", "header", "body"
"""What the blocks of an answer's fields are called, as what is wrong with them is."""


def field(key: str) -> str:
    """The action id of a setting's field."""
    return f"setup.{key}"


class SetupDraft(Carried):
    """What **Setup** was drawn from; ``draft`` is minted when it opens, ``seen`` is a digest of each value shown.

    What was not changed since is not saved: somebody else may have changed it meanwhile.
    """

    draft: str
    seen: dict[str, str]
    channel: str | None = None


class WindowDraft(Carried):
    """What a window behind **Setup** was drawn from; ``draft`` is minted when it is drawn.

    ``field`` counts up when the fields are emptied, as Slack keeps what was typed in a field of the same name.
    """

    draft: str
    field: Number = 0


class OfReply(Carried):
    """A button on a saved reply."""

    reply: str


class OfAnswer(Carried):
    """A button on what is answered to a keyword."""

    name: str
