"""Who may do what. Pure: what is known of a person is handed in, and in doubt the answer is no."""

from dataclasses import dataclass
from enum import Enum


class Act(Enum):
    """What a person may want to do, each with the circle that may do it ("Rules of the house")."""

    READ = ("inbox", "read the inbox")
    FIND = ("inbox", "look people up")
    TEXT = ("inbox", "text one person")
    REPLY = ("inbox", "reply")
    CLAIM = ("inbox", "claim or release a conversation, or mark it done")
    READ_LISTS = ("inbox", "see the lists and who is on them")
    SAVE_REPLY = ("inbox", "change the saved replies")
    SHARED_EXPERTS = ("inbox", "use the shared Clarity account")
    SPEND = ("senders", "spend on the shared Clarity account")
    OWN_EXPERTS = ("members", "use your Clarity account from here")
    EDIT_CONTACT = ("senders", "change a contact")
    OPT_OUT = ("senders", "opt somebody out")
    DELETE = ("senders", "delete a conversation")
    LISTS = ("senders", "change lists")
    ADD = ("senders", "add subscribers")
    IMPORT = ("senders", "import subscribers")
    EXPORT = ("senders", "export lists")
    BROADCAST = ("senders", "send broadcasts")
    OWN_BROADCAST = ("members", "undo what you have sent")
    APPROVE = ("senders", "approve broadcasts")
    SEE_ACCOUNT = ("inbox", "look at the account and its keywords")
    KEYWORDS = ("senders", "change keywords")
    SETUP = ("admins", "change the setup")
    AUDIT = ("admins", "see the record")

    def __init__(self, circle: str, words: str) -> None:
        self.circle = circle
        self.words = words


@dataclass(frozen=True)
class Facts:
    """What is known of a person now. ``groups`` are the user groups, of those named in settings, they are in.

    ``known`` is False where it could not be found out; then nothing but being denied is certain.
    """

    user_id: str
    in_inbox: bool = False
    workspace_admin: bool = False
    outsider: bool = False
    groups: frozenset[str] = frozenset()
    known: bool = True


@dataclass(frozen=True)
class Policy:
    """Who belongs to which circle: ids of users and user groups; with none named, the workspace's admins."""

    inbox_channel: str | None
    senders: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()

    def allows(self, act: Act, facts: Facts) -> bool:
        """Whether this person may do this."""
        if not facts.known or facts.outsider:
            return False
        if act.circle == "members":
            return True
        if act.circle == "admins":
            return self._is_admin(facts)
        if act.circle == "senders":
            return self._is_sender(facts)
        return facts.in_inbox or self._is_sender(facts) or self._is_admin(facts)

    def refusal(self, act: Act, facts: Facts) -> str | None:
        """Why not, and who can, in Slack's mrkdwn; None where the person may."""
        if self.allows(act, facts):
            return None
        if not facts.known:
            return f"Slack could not say whether you may {act.words}, so it was not done. Try again in a moment."
        if facts.outsider:
            return f"Only members of this workspace can {act.words}. Nothing was done."
        return f"You may not {act.words}. {self.who_can(act)} Nothing was done."

    def who_can(self, act: Act) -> str:
        """A sentence that names those who may."""
        if act.circle == "admins":
            return f"{_people(self.admins)} can."
        if act.circle == "senders":
            return f"{_people(self.senders)} can."
        if self.inbox_channel is None:
            once = "once one is chosen in `/sms setup` or named by `INBOX_CHANNEL`"
            return f"{_people(self.senders)} can, and everyone in the inbox channel {once}."
        return f"Everyone in <#{self.inbox_channel}> can: ask to be added there."

    def _is_sender(self, facts: Facts) -> bool:
        return _in(self.senders, facts)

    def _is_admin(self, facts: Facts) -> bool:
        return _in(self.admins, facts)


def _in(circle: tuple[str, ...], facts: Facts) -> bool:
    if not circle:
        return facts.workspace_admin
    return facts.user_id in circle or any(group in facts.groups for group in circle)


def _people(circle: tuple[str, ...]) -> str:
    if not circle:
        return "The workspace's admins"
    return ", ".join(f"<!subteam^{name}>" if name.startswith("S") else f"<@{name}>" for name in circle)
