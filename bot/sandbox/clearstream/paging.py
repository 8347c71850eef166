"""Cutting a listing into pages, and the envelope around one."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from bot.sandbox.clearstream.line import Oddities
from bot.sandbox.clearstream.params import Params

PAGE = frozenset({"page", "limit"})
"""The parameters of every paged listing."""

Item = TypeVar("Item")


def cut(items: Sequence[Item], query: Params, default_limit: int, odd: Oddities) -> tuple[list[Item], dict[str, Any]]:
    """The asked-for page of ``items`` and its envelope without ``data``; a page past the end is empty."""
    limit = min(query.count("limit", default_limit), odd.limit_cap)
    page = query.count("page", 1)
    query.check()
    shown = list(items[(page - 1) * limit : page * limit])
    pages = max(1, -(-len(items) // limit))
    envelope = {
        "count": len(shown),
        "total": len(items) + odd.total_off,
        "current_page": page,
        "pages": pages + odd.pages_off,
        "limit": limit,
    }
    return shown, envelope


def paged(envelope: Mapping[str, Any], data: list[dict[str, Any]], **extra: Any) -> dict[str, Any]:
    """The whole answer: envelope, what this listing alone tells (``extra``), data."""
    return {**envelope, **extra, "data": data}
