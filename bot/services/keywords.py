"""Keywords of the account: looked up in Clearstream; made, changed and deleted through the ledger."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, get_args

from bot.clearstream.checks import Checks
from bot.clearstream.client import Clearstream
from bot.clearstream.keywords import AutoresponseSetting, KeywordSettings
from bot.clearstream.models import Keyword, KeywordPage
from bot.operations.ledger import Ledger
from bot.operations.model import Intention
from bot.services import record
from bot.store.engine import Tx

CREATE = "keyword.create"
EDIT = "keyword.edit"
DELETE = "keyword.delete"

PAGE = 8
"""Keywords on one page of ``/sms keywords``."""

SETTINGS: tuple[AutoresponseSetting, ...] = get_args(AutoresponseSetting)
"""When a keyword answers by itself, in Clearstream's words."""

_RECORDED = {CREATE: "new keyword", EDIT: "edit keyword", DELETE: "delete keyword"}
"""What the record calls them."""

_FIELDS = {
    "name": "name",
    "enable_opt_in": "lists",
    "opt_in_lists": "lists",
    "enable_autoresponse": "reply",
    "autoresponse_setting": "reply",
    "autoresponse_header": "header",
    "autoresponse_body": "body",
}
"""The field of the form, by the document's name of the parameter."""


@dataclass(frozen=True)
class Fields:
    """What a keyword does, as a form has it: the lists people join (ids), and what is answered by itself, if anything.

    ``reply`` is when it is answered (one of ``SETTINGS``), None where nothing is.
    """

    name: str = ""
    lists: tuple[int, ...] = ()
    reply: AutoresponseSetting | None = None
    header: str = ""
    body: str = ""

    @classmethod
    def of(cls, keyword: Keyword) -> Self:
        """What Clearstream says of a keyword."""
        answer = keyword.autoresponse
        setting = next((one for one in SETTINGS if one == answer.setting), SETTINGS[0])
        return cls(
            keyword.name,
            tuple(one.id for one in keyword.opt_in.lists) if keyword.opt_in.enabled else (),
            setting if answer.enabled else None,
            answer.text.header or "",
            answer.text.body or "",
        )

    @classmethod
    def unpacked(cls, values: Mapping[str, Any]) -> Self:
        """What ``packed`` packed."""
        return cls(**{**values, "lists": tuple(values["lists"])})

    def packed(self) -> dict[str, Any]:
        """As values for JSON."""
        return {**asdict(self), "lists": list(self.lists)}

    @property
    def digest(self) -> str:
        """A short name for what the keyword does: equal for two that do the same, whatever they are called."""
        answers = (self.header.strip(), self.body.strip()) if self.reply else ("", "")
        said = json.dumps([sorted(self.lists), self.reply, *answers])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def settings(self) -> KeywordSettings:
        """The parameters; a switch that is off is given too, as one left out may be taken for on or off."""
        made = KeywordSettings(enable_opt_in=bool(self.lists), enable_autoresponse=self.reply is not None)
        if self.lists:
            made["opt_in_lists"] = self.lists
        if self.reply is not None:
            made["autoresponse_setting"] = self.reply
            made["autoresponse_header"], made["autoresponse_body"] = self.header, self.body
        return made

    def check(self, *, new: bool) -> None:
        """Raise Invalid, with ``fields`` by the names of this form, for what Clearstream would refuse.

        A message typed into a ``new`` keyword that is never to be sent is a mistake; in an old one it is switched off.
        """
        checks = Checks()
        if new:
            checks.keyword(self.name)
        if self.reply is not None:
            checks.words(self.header, self.body, "")
        elif new and self.body.strip():
            checks.that(False, "reply", "Choose when to send the auto-reply, or leave its message empty.")
        checks.done()


def beside(fields: Mapping[str, list[str]]) -> dict[str, str]:
    """What Clearstream said of its parameters, by the fields of the form."""
    found: dict[str, list[str]] = {}
    for name, sentences in fields.items():
        found.setdefault(_FIELDS.get(name, "name"), []).extend(sentences)
    return {name: " ".join(sentences) for name, sentences in found.items()}


def key(kind: str, draft: str) -> str:
    """The unique key of a draft's change."""
    return f"{kind}:{draft}"


class Keywords:
    """Looks keywords up, and asks for changes. ``seen`` is the ``digest`` of what the person had before them."""

    def __init__(self, clearstream: Clearstream, ledger: Ledger) -> None:
        self._clearstream = clearstream
        self._ledger = ledger

    async def page(self, number: int) -> KeywordPage:
        """One page of them, from 1, with how many more are ``available``. Raises UpstreamError."""
        return await self._clearstream.keywords_page(number, PAGE)

    async def one(self, name: str) -> Keyword:
        """The keyword of this name; raises NotFound."""
        return await self._clearstream.keyword(name)

    async def create(self, tx: Tx, fields: Fields, by: str, draft: str) -> bool:
        """Ask for a new keyword; False where this draft was asked for already. Raises Invalid."""
        fields.check(new=True)
        return await self._ask(tx, CREATE, fields.name, fields.packed(), by, draft)

    async def edit(self, tx: Tx, fields: Fields, seen: str, by: str, draft: str) -> bool:
        """Ask for a change; False where this draft was asked for already. Raises Invalid."""
        fields.check(new=False)
        return await self._ask(tx, EDIT, fields.name, {**fields.packed(), "seen": seen}, by, draft)

    async def delete(self, tx: Tx, name: str, seen: str, by: str, draft: str) -> bool:
        """Ask for a keyword to be deleted; False where this draft was asked for already."""
        return await self._ask(tx, DELETE, name, {"name": name, "seen": seen}, by, draft)

    async def _ask(self, tx: Tx, kind: str, name: str, payload: dict[str, Any], by: str, draft: str) -> bool:
        lane = f"keyword:{name.casefold()}"
        whole = {**payload, "to": by}
        intention = Intention(kind=kind, key=key(kind, draft), payload=whole, lane=lane, asked_by=by)
        return await record.asked(tx, self._ledger, intention, _RECORDED[kind], name, payload)
