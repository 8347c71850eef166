"""How heavy the page is: everything a browser has to fetch before it can show it, but for pictures."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp

LIMIT = 150_000
_FETCHED = re.compile(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"')


@dataclass(frozen=True)
class Weight:
    """Bytes by address, not compressed."""

    parts: dict[str, int]

    @property
    def whole(self) -> int:
        """All of it."""
        return sum(self.parts.values())


async def weigh(address: str) -> Weight:
    """Fetch the page with its style sheets and scripts."""
    async with aiohttp.ClientSession() as session:

        async def fetched(url: str) -> bytes:
            async with session.get(url) as answer:
                assert answer.status == 200, url
                return await answer.read()

        html = await fetched(address)
        parts = {"/": len(html)}
        for path in _FETCHED.findall(html.decode()):
            parts[path] = len(await fetched(urljoin(address, path)))
    return Weight(parts)
