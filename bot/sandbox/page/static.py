"""The page's own files, packed small: style sheets, scripts, drawings."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiohttp import web

SHEETS = ("base", "frame", "channel", "message", "composer", "blocks", "modal", "phone")
"""Style sheets, later ones win; the browser gets them as one, ``page.css``. Others come with what they are for."""

_FOLDER = Path(__file__).parent / "static"
_SPACE = re.compile(r'("[^"]*")|/\*.*?\*/|(?<=[{};:,])\s+|\s+(?=[{}])|;(?=\s*})|(\n\s*)', re.DOTALL)
_REMARK = re.compile(r"^[ \t]*(//.*)?\n?", re.MULTILINE)


@dataclass(frozen=True)
class _File:
    kind: str
    tag: str
    plain: bytes
    packed: bytes


async def static(request: web.Request) -> web.Response:
    """The file ``name`` of the folder ``static``, or all sheets as one; a browser that has it already is told so."""
    name = request.match_info["name"]
    paths = tuple(_FOLDER / each for each in ([f"{sheet}.css" for sheet in SHEETS] if name == "page.css" else [name]))
    if not all(path.parent == _FOLDER and path.is_file() for path in paths):
        raise web.HTTPNotFound(text="There is no such file.")
    file = _read(paths, tuple(path.stat().st_mtime_ns for path in paths))
    headers = {"ETag": f'"{file.tag}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.if_none_match and any(each.value == file.tag for each in request.if_none_match):
        return web.Response(status=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=file.plain, content_type=file.kind, headers=headers)
    return web.Response(body=file.packed, content_type=file.kind, headers=headers | {"Content-Encoding": "gzip"})


@lru_cache(maxsize=64)
def _read(paths: tuple[Path, ...], _changed: tuple[int, ...]) -> _File:
    """Read and packed once for each change of them."""
    plain = b"".join(_slim(path) for path in paths)
    kind = mimetypes.guess_type(paths[0].name)[0] or "application/octet-stream"
    return _File(kind, hashlib.sha256(plain).hexdigest()[:16], plain, gzip.compress(plain, mtime=0))


def _slim(path: Path) -> bytes:
    """Without what is there for who reads it: remarks, and in which line and how far in something stands."""
    slim: Callable[[str], str] | None = {".css": _slim_sheet, ".js": _slim_script}.get(path.suffix)
    whole = path.read_bytes()
    return slim(whole.decode()).encode() if slim and ".min." not in path.name else whole


def _slim_sheet(sheet: str) -> str:
    """Words in quotes stay as they are."""
    return _SPACE.sub(lambda found: found[1] or (" " if found[2] else ""), sheet)


def _slim_script(script: str) -> str:
    """Line by line; no string of ours goes over several."""
    return _REMARK.sub("", script)
