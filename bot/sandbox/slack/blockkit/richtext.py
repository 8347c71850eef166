"""Rich text: sections, lists, quotes and their leaves (docs.slack.dev, Block Kit, Rich text block)."""

from bot.sandbox.slack.blockkit.objects import CHANNEL_ID, URL, USER_ID
from bot.sandbox.slack.blockkit.schema import Check, boolean, by_type, choice, integer, items, record, string

_STYLE = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"), boolean
    ),
)


def _leaf(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return record({"type": choice(kind), **required}, {"style": _STYLE, **(optional or {})})


_LEAF = by_type(
    {
        "text": _leaf("text", {"text": string(1)}),
        "link": _leaf("link", {"url": URL}, {"text": string(), "unsafe": boolean}),
        "user": _leaf("user", {"user_id": USER_ID}),
        "usergroup": _leaf("usergroup", {"usergroup_id": string(1, pattern=r"S[A-Z0-9]+")}),
        "channel": _leaf("channel", {"channel_id": CHANNEL_ID}),
        "team": _leaf("team", {"team_id": string(1)}),
        "emoji": _leaf("emoji", {"name": string(1)}, {"skin_tone": integer(1, 6), "unicode": string(1)}),
        "broadcast": _leaf("broadcast", {"range": choice("here", "channel", "everyone")}),
        "color": _leaf("color", {"value": string(1, pattern=r"#?[0-9a-fA-F]{6}")}),
        "date": _leaf(
            "date", {"timestamp": integer(0, 99_999_999_999), "format": string(1)}, {"url": URL, "fallback": string()}
        ),
    },
    "rich text leaf",
)

_SECTION = record({"type": choice("rich_text_section"), "elements": items(_LEAF)})
_BORDER: dict[str, Check] = {"border": integer(0, 1)}

PARTS = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": record(
            {
                "type": choice("rich_text_list"),
                "style": choice("bullet", "ordered"),
                "elements": items(by_type({"rich_text_section": _SECTION}, "list item"), 1),
            },
            {**_BORDER, "indent": integer(0, 8), "offset": integer(0, 10_000)},
        ),
        "rich_text_preformatted": record(
            {"type": choice("rich_text_preformatted"), "elements": items(_LEAF)}, {**_BORDER, "language": string(1)}
        ),
        "rich_text_quote": record({"type": choice("rich_text_quote"), "elements": items(_LEAF)}, _BORDER),
    },
    "rich text element",
)
"""What a ``rich_text`` block holds."""
