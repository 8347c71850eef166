"""How heavy the page is: all that a browser has to fetch to show it, unpacked, but for pictures."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp

LIMIT = 150_000
_FETCHED = re.compile(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"')


@dataclass(frozen=True)
class Weight:
    """Bytes by address."""

    parts: dict[str, int]

    @property
    def whole(self) -> int:
        """All of it."""
        return sum(self.parts.values())


async def weigh(address: str) -> Weight:
    """Fetch the page with its style sheets and scripts."""
    async with aiohttp.ClientSession() as session:

        async def fetched(url: str) -> tuple[int, str]:
            async with session.get(url) as answer:
                assert answer.status == 200, url
                body = await answer.read()
                return len(body), body.decode()

        size, html = await fetched(address)
        parts = {"/": size}
        for path in _FETCHED.findall(html):
            parts[path], _ = await fetched(urljoin(address, path))
    return Weight(parts)
