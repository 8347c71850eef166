"""Pictures drawn here, so that nothing is fetched from outside: initials on a colour, as SVG."""

from html import escape
from zlib import crc32

from bot.sandbox.clarity.model import State

_COLOURS = (
    "#3d5a80",
    "#6d597a",
    "#b56576",
    "#2a9d8f",
    "#457b9d",
    "#7f5539",
    "#5e548e",
    "#386641",
    "#bc4749",
    "#1d3557",
)


def picture(state: State, kind: str, number: int) -> str | None:
    """The SVG of a member, of an organization or of a member's charity; None where there is none."""
    name = _name(state, kind, number)
    if name is None:
        return None
    initials = "".join(word[0] for word in name.split()[:2] if word).upper()
    colour = _COLOURS[crc32(f"{kind}{name}".encode()) % len(_COLOURS)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="192" height="192" viewBox="0 0 192 192" role="img">'
        f"<title>{escape(name)}</title>"
        f'<rect width="192" height="192" fill="{colour}"/>'
        '<text x="96" y="96" dy=".35em" text-anchor="middle" font-family="Helvetica, Arial, sans-serif" '
        f'font-size="76" fill="#fff">{escape(initials)}</text></svg>'
    )


def _name(state: State, kind: str, number: int) -> str | None:
    if kind == "organizations":
        organization = state.organizations.get(number)
        return organization.name if organization else None
    member = state.members.get(number)
    if member is None:
        return None
    if kind == "charities":
        return member.charity.name if member.charity else None
    return member.name if kind == "members" else None
