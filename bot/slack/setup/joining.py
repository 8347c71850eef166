"""Going into the channels that **Setup** names, or saying how to be let in."""

from bot.errors import UpstreamError
from bot.slack.api import SlackApi, SlackRefused

ARCHIVED = "is_archived"
UNINVITED = "not_in_channel"

_WORDS = {
    ARCHIVED: "<#{channel}> is archived, so nothing can be shown there. Choose another, or bring it back in Slack.",
    UNINVITED: (
        "Switchboard is not in <#{channel}> and cannot go in by itself. Type `/invite @Switchboard` there; until then "
        "what belongs there waits."
    ),
}


async def join(api: SlackApi, channel: str) -> str | None:
    """Go into a channel; why that is not possible, where it is not. Raises as ``SlackApi.call`` does.

    Nobody can go into a private channel without being invited, and Slack does not say that one is there.
    """
    try:
        await api.call("conversations.join", channel=channel)
    except SlackRefused as error:
        if error.code == ARCHIVED:
            return ARCHIVED
        return None if await _inside(api, channel) else UNINVITED
    return None


async def lacking(api: SlackApi, channel: str) -> str | None:
    """Why nothing can be shown in a channel now; None where it can, or where Slack does not say."""
    try:
        answer = await api.call("conversations.info", channel=channel)
    except SlackRefused as error:
        return UNINVITED if error.code == "channel_not_found" else None
    except UpstreamError:
        return None
    found = answer.get("channel") or {}
    if found.get("is_archived"):
        return ARCHIVED
    return None if found.get("is_member") else UNINVITED


async def _inside(api: SlackApi, channel: str) -> bool:
    """Whether the bot is in a channel already."""
    try:
        answer = await api.call("conversations.info", channel=channel)
    except SlackRefused:
        return False
    return bool((answer.get("channel") or {}).get("is_member"))


def words(channel: str, why: str) -> str:
    """How to mend it, in mrkdwn."""
    return _WORDS[why].format(channel=channel)
