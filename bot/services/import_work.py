"""What becomes of one row of an import that is under way.

A row is claimed, and the claim committed, before its request leaves. One whose fate is open is looked for by its number
and never simply sent again: Clearstream knows a number once, and who is there was created. Should a request that was
given up still arrive, Clearstream refuses the second of a number, so that nobody is created twice.
"""

from dataclasses import dataclass
from typing import Any

from bot.clearstream.client import Clearstream
from bot.errors import Invalid, MaybeSent, Rejected, Unauthorized
from bot.services.import_known import Known, judged
from bot.services.import_model import Choice, RowState

_LOOKS_WRONG = "Clearstream does not take this row. {said}"
_NO_ANSWER = "Clearstream gave no clear answer {tries} times. Look there whether they were added."
_MOST_TRIES = 5


@dataclass(frozen=True)
class Outcome:
    """What became of a row; the ``reason`` where it did not become what it should.

    ``unclear``: a request left and was not answered clearly, so the row is taken up again.
    """

    state: RowState
    reason: str | None = None
    unclear: bool = False


class ImportWork:
    """Imports rows, one at a time; each call is one row's and safe to repeat."""

    def __init__(self, clearstream: Clearstream, known: Known) -> None:
        self._clearstream = clearstream
        self._known = known

    async def outcome(self, row: dict[str, Any], choice: Choice) -> Outcome:
        """See a claimed row as far as it gets now; its ``state`` is what it was before the claim.

        Raises UpstreamError where nothing was done and the whole import has to wait.
        """
        if row["state"] == RowState.CHANGE:
            return await self._change(row)
        if row["state"] == RowState.DOUBT:
            known = await self._known.one(row["number"])
            if known is not None:
                return self._found(known, choice, ours=True)
        return await self._create(row, choice)

    async def _create(self, row: dict[str, Any], choice: Choice) -> Outcome:
        names = {name: row[name] for name in ("first", "last", "email")}
        try:
            await self._clearstream.create_subscriber(row["number"], choice.list_ids, **names)
        except Unauthorized:
            raise
        except Rejected as error:
            return await self._refused(row, choice, error)
        except Invalid as error:
            return Outcome(RowState.FAILED, str(error))
        except MaybeSent:
            return _unclear(row, RowState.DOUBT)
        return Outcome(RowState.CREATED)

    async def _refused(self, row: dict[str, Any], choice: Choice, error: Rejected) -> Outcome:
        """Clearstream took it not: perhaps because the number is a subscriber's since the dry run."""
        known = await self._known.one(row["number"])
        if known is None:
            return Outcome(RowState.FAILED, _LOOKS_WRONG.format(said=_said(error)))
        return self._found(known, choice, ours=row["tries"] > 0 or row["state"] == RowState.DOUBT)

    def _found(self, known: Any, choice: Choice, *, ours: bool) -> Outcome:
        """Somebody with this number is there; ``ours``: we may have created them ourselves before."""
        verdict = judged(known, choice.list_ids)
        if verdict.state == RowState.PRESENT and ours:
            return Outcome(RowState.CREATED)
        return Outcome(RowState(verdict.state), verdict.reason)

    async def _change(self, row: dict[str, Any]) -> Outcome:
        """Write the names of somebody who is known; done twice it does no harm."""
        names = {name: row[name] for name in ("first", "last", "email") if row[name]}
        if not names:
            return Outcome(RowState.KNOWN if row["reason"] else RowState.PRESENT, row["reason"])
        try:
            await self._clearstream.update_subscriber(row["number"], **names)
        except Unauthorized:
            raise
        except Rejected as error:
            return Outcome(RowState.FAILED, _LOOKS_WRONG.format(said=_said(error)))
        except Invalid as error:
            return Outcome(RowState.FAILED, str(error))
        except MaybeSent:
            return _unclear(row, RowState.CHANGE)
        return Outcome(RowState.CHANGED, row["reason"])


def _unclear(row: dict[str, Any], state: RowState) -> Outcome:
    """Taken up again as ``state``, but not for ever."""
    tries = row["tries"] + 1
    if tries >= _MOST_TRIES:
        return Outcome(RowState.FAILED, _NO_ANSWER.format(tries=tries))
    return Outcome(state, row["reason"], unclear=True)


def _said(error: Rejected) -> str:
    about = " ".join(sentence for sentences in error.fields.values() for sentence in sentences)
    return about or str(error)
