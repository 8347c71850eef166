"""Exporting what was asked for: a page at a time to a file, and the file to Slack."""

from datetime import timedelta

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Subscriber
from bot.errors import Rejected, Unauthorized, UpstreamError
from bot.operations.ledger import Ledger
from bot.polling.jobs import Run
from bot.services import exports, transfers
from bot.services.contacts import May
from bot.services.exports import Spool
from bot.services.policy import Act
from bot.services.transfers import State, Uploader
from bot.store import imports as rows
from bot.store.engine import Row, Store

_PAGE = 100
_TOLD_EVERY = 10
"""Pages between two times that the figures are written down."""
_SELDOM = timedelta(seconds=5)
_AT_ONCE = timedelta()


class ExportPoll:
    """The job ``exports``: ``/sms export`` wakes it."""

    name = exports.JOB

    def __init__(self, store: Store, ledger: Ledger, clearstream: Clearstream, may: May, uploader: Uploader) -> None:
        self.every = _SELDOM
        self._store = store
        self._ledger = ledger
        self._clearstream = clearstream
        self._may = may
        self._uploader = uploader
        self._spool: Spool | None = None

    async def run(self, run: Run) -> None:
        """See the export that was asked for first to its end; where that fails, go on from there next time."""
        self.every = _SELDOM
        async with self._store.read() as tx:
            row = await rows.oldest(tx, transfers.EXPORT, [State.RUNNING])
        if row is None:
            return
        try:
            await self._may(row["author"], Act.EXPORT)
            spool = self._begun(row["id"])
            while spool.add(await self._page(row, spool)):
                row = await self._tell(run, row, spool)
            await run.beat()
            file_id = await self._uploader.upload(f"{_file_name(row)}.csv", spool.file, spool.size)
        except UpstreamError as error:
            if not isinstance(error, Rejected) or isinstance(error, Unauthorized):
                await self._say(run, row, waits=str(error))
                raise
            await self._end(run, row, "failed", state=State.FAILED, reason=str(error))
        else:
            title = f"{row['name']}.csv"
            await self._end(run, row, "done", title, state=State.DONE, done=spool.written, file_id=file_id)

    def _begun(self, transfer_id: str) -> Spool:
        """The file it is written to: the one that was begun, where it was begun here."""
        if self._spool is None or self._spool.transfer_id != transfer_id:
            self._close()
            self._spool = Spool(transfer_id)
        return self._spool

    async def _page(self, row: Row, spool: Spool) -> tuple[Subscriber, ...]:
        page = await self._clearstream.list_subscribers_page(row["fields"]["list"], spool.page, _PAGE)
        return page.items

    async def _tell(self, run: Run, row: Row, spool: Spool) -> Row:
        """Hold on to the job, and now and then say how far it is; at once where it was said that it waits."""
        await run.beat()
        if spool.page % _TOLD_EVERY and row["waits"] is None:
            return row
        return await self._say(run, row, waits=None)

    async def _say(self, run: Run, row: Row, waits: str | None) -> Row:
        begun = self._spool
        done = begun.written if begun is not None and begun.transfer_id == row["id"] else row["done"]
        async with self._store.write() as tx:
            await run.write(tx)
            current = await rows.change(tx, row["id"], done=done, waits=waits) or row
            await transfers.moved(self._ledger, tx, current)
        return current

    async def _end(self, run: Run, row: Row, outcome: str, title: str | None = None, **values: object) -> None:
        async with self._store.write() as tx:
            await run.write(tx)
            await transfers.ended(self._ledger, tx, row["id"], outcome, title=title, waits=None, **values)
        self._close()
        self.every = _AT_ONCE

    def _close(self) -> None:
        if self._spool is not None:
            self._spool.close()
            self._spool = None


def _file_name(row: Row) -> str:
    """A name that any computer takes."""
    kept = "".join(each if each.isalnum() or each in "-_ " else "_" for each in row["name"])
    return " ".join(kept.split())[:80] or "list"
