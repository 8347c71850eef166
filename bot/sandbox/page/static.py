"""The page's own files, packed small: style sheets, scripts, drawings."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "static"


@dataclass(frozen=True)
class _File:
    kind: str
    tag: str
    plain: bytes
    packed: bytes


async def static(request: web.Request) -> web.Response:
    """The file ``name`` of the folder ``static``; a browser that has it already is told so."""
    path = _FOLDER / request.match_info["name"]
    if path.parent != _FOLDER or not path.is_file():
        raise web.HTTPNotFound(text="There is no such file.")
    file = _read(path, path.stat().st_mtime_ns)
    headers = {"ETag": f'"{file.tag}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.if_none_match and any(each.value == file.tag for each in request.if_none_match):
        return web.Response(status=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=file.plain, content_type=file.kind, headers=headers)
    return web.Response(body=file.packed, content_type=file.kind, headers=headers | {"Content-Encoding": "gzip"})


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> _File:
    """Read and packed once for each change of it."""
    plain = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(kind, hashlib.sha256(plain).hexdigest()[:16], plain, gzip.compress(plain, mtime=0))
