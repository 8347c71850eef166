"""Names and values that the modal **Setup** carries; see ``bot.slack.ids`` for how they come back."""

from bot.slack.ids import Carried

OPEN = "setup.open"
VIEW = "setup"
PEOPLE = "setup.people"
GROUPS = "setup.groups"
SAVED = "setup.saved"
VIEW_SAVED = "setup_saved"
NEW_REPLY = "setup.new_reply"
FORGET = "setup.forget_reply"


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


class SavedDraft(Carried):
    """What **Saved replies** was drawn from; ``field`` counts up when the field is emptied."""

    field: int = 0
