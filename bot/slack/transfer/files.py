"""Files in Slack: fetched with the bot's token from Slack's own hosts alone, and uploaded in Slack's three steps.

The address of a file comes with a payload. The token goes to nobody but Slack: to ``slack.com`` and hosts beneath it
over TLS, or, where ``SLACK_API_URL`` names a look-alike, to exactly where that is.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, BinaryIO

import aiohttp

from bot.errors import MaybeSent, NotSent, Rejected, Unreachable
from bot.services.csv_reading import MOST_BYTES, wrong
from bot.services.import_model import Source
from bot.slack.api import SERVICE, SlackApi, SlackRefused
from bot.slack.hosts import is_slacks

_CHUNK = 64 * 1024
_FETCH_SECONDS = 60
_UPLOAD_SECONDS = 600

TOO_LARGE = f"This file is too large: {MOST_BYTES // (1024 * 1024)} MB is the most. Divide it, and import the parts."
_CLOSED = (
    "Slack does not let Switchboard read this file. Invite Switchboard to the channel it was shared in, or choose the "
    "file with /sms import."
)


def source_of(file: Mapping[str, Any]) -> Source:
    """A file as a payload names it."""
    size = file.get("size")
    return Source(
        file_id=str(file.get("id") or ""),
        name=str(file.get("name") or file.get("title") or "file.csv")[:200],
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
        size=size if isinstance(size, int) else 0,
    )


class Files:
    """Fetches and uploads; each file goes through memory in small pieces."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def fetch(self, source: Source, file: BinaryIO) -> None:
        """Write what a file holds into ``file``. Raises Invalid about ``file``, or an UpstreamError.

        Where the payload does not say where it lies, Slack is asked.
        """
        if source.size > MOST_BYTES:
            raise wrong(TOO_LARGE)
        url = source.url or await self._address(source.file_id)
        if not is_slacks(url, self._api.base_url):
            raise wrong("This file does not lie in Slack itself. Upload it to Slack, and take it from there.")
        timeout = aiohttp.ClientTimeout(total=_FETCH_SECONDS)
        try:
            async with self._api.session.get(
                url, headers=self._api.authorization, timeout=timeout, allow_redirects=False
            ) as answer:
                _check_fetched(answer)
                await _save(answer.content, file)
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"{SERVICE} cannot be reached; nothing was imported.", service=SERVICE) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotSent(f"{SERVICE} did not hand over the file; nothing was imported.", service=SERVICE) from error

    async def _address(self, file_id: str) -> str:
        try:
            answer = await self._api.call("files.info", file=file_id)
        except SlackRefused as error:
            raise wrong(_CLOSED) from error
        return source_of(answer.get("file") or {}).url

    async def upload(self, name: str, file: BinaryIO, size: int) -> str:
        """Take ``size`` bytes of a file to Slack; its id. Nobody sees it before ``files.completeUploadExternal``.

        Raises as ``SlackApi.call`` does; done twice it does no harm.
        """
        answer = await self._api.call("files.getUploadURLExternal", filename=name, length=size)
        url, file_id = str(answer.get("upload_url") or ""), str(answer.get("file_id") or "")
        if not is_slacks(url, self._api.base_url):
            raise Rejected("Slack named a place for the file that is not its own.", service=SERVICE)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        timeout = aiohttp.ClientTimeout(total=_UPLOAD_SECONDS)
        try:
            async with self._api.session.post(
                url, data=_pieces(file), headers=headers, timeout=timeout, allow_redirects=False
            ) as taken:
                if taken.status != 200:
                    raise NotSent(f"{SERVICE} did not take the file.", service=SERVICE, status=taken.status)
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"{SERVICE} cannot be reached; no file was sent.", service=SERVICE) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise MaybeSent(f"{SERVICE} did not say whether it took the file.", service=SERVICE) from error
        return file_id


def _check_fetched(answer: aiohttp.ClientResponse) -> None:
    """Where a token may not read a file Slack answers with a page to log in, or sends there."""
    if answer.status >= 500 or answer.status == 429:
        raise NotSent(f"{SERVICE} did not hand over the file; nothing was imported.", service=SERVICE)
    if answer.status != 200 or answer.content_type == "text/html":
        raise wrong(_CLOSED)
    if (answer.content_length or 0) > MOST_BYTES:
        raise wrong(TOO_LARGE)


async def _save(content: aiohttp.StreamReader, file: BinaryIO) -> None:
    taken = 0
    async for piece in content.iter_chunked(_CHUNK):
        taken += len(piece)
        if taken > MOST_BYTES:
            raise wrong(TOO_LARGE)
        file.write(piece)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while piece := file.read(_CHUNK):
        yield piece
