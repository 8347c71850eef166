"""What Switchboard listens to about the account; part of ``bot.slack.routes``."""

import re
from collections.abc import Awaitable, Callable

from bot.slack.account import ids
from bot.slack.account.desk import AccountDesk
from bot.slack.account.keywords import KeywordListeners
from bot.slack.account.stats import StatListeners
from bot.slack.boundary import Listener
from bot.slack.interaction import Interaction
from bot.slack.listening import Listeners

VIEWS = (ids.VIEW_FORM,)
"""Every modal that can be submitted."""

Words = dict[str, Callable[[Interaction, str], Awaitable[None]]]
"""The words of ``/sms``, and what each does with what was typed after it."""


def register(app: Listeners, desk: AccountDesk) -> Words:
    """Listen to everything about keywords, figures and users."""
    listen = desk.room.boundary.listener
    keywords, stats = KeywordListeners(desk), StatListeners(desk)
    presses: dict[str | re.Pattern[str], Listener] = {
        ids.NEW: keywords.new,
        ids.EDIT: keywords.edit,
        ids.DELETE: keywords.delete,
        ids.HEADER: keywords.typing,
        ids.MESSAGE: keywords.typing,
        re.compile(rf"^{re.escape(ids.PAGE)}\..+"): keywords.turned,
    }
    for action_id, press in presses.items():
        app.action(action_id)(listen(action_id if isinstance(action_id, str) else action_id.pattern, press))
    app.options(ids.LISTS)(listen("keyword.suggestions", keywords.suggestions))
    app.view_submission(ids.VIEW_FORM)(listen(f"submit.{ids.VIEW_FORM}", keywords.submitted))
    return {"keywords": keywords.command, "stats": stats.stats, "team": stats.team}
