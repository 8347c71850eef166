"""Everything about lists that Switchboard listens to in Slack."""

import re

from bot.slack.audience import ids
from bot.slack.audience.add import AddListeners
from bot.slack.audience.changing import ChangeListeners
from bot.slack.audience.desk import AudienceDesk
from bot.slack.audience.listing import ListListeners
from bot.slack.boundary import Listener
from bot.slack.inbox.commands import Command
from bot.slack.listening import Listeners

OF_LISTS = re.compile(r"^(?:lists|add)\..+")
"""Every button, menu and field of lists."""

VIEWS = (ids.VIEW_NEW, ids.VIEW_RENAME, ids.VIEW_DELETE, ids.VIEW_SEARCH, ids.VIEW_ADD)


def register(app: Listeners, desk: AudienceDesk) -> dict[str, Command]:
    """Listen to everything about lists; the words of ``/sms`` that are about them."""
    listen = desk.room.boundary.listener
    listing = ListListeners(desk)
    changing, adding = ChangeListeners(desk, listing), AddListeners(desk, listing)
    presses: dict[str | re.Pattern[str], Listener] = {
        ids.NEW: changing.new,
        ids.SHOW: listing.show,
        ids.RENAME: changing.rename,
        ids.DELETE: changing.delete,
        ids.SEARCH: listing.search,
        ids.CONTACT: listing.contact,
        ids.ADD: adding.pressed,
        ids.ADD_HEADER: adding.typing,
        ids.ADD_MESSAGE: adding.typing,
        re.compile(rf"^{re.escape(ids.LISTS_PAGE)}\..+"): listing.lists_turned,
        re.compile(rf"^{re.escape(ids.PEOPLE_PAGE)}\..+"): listing.people_turned,
        re.compile(rf"^{re.escape(ids.FOUND_PAGE)}\..+"): listing.found_turned,
    }
    for action_id, press in presses.items():
        app.action(action_id)(listen(action_id if isinstance(action_id, str) else action_id.pattern, press))
    app.options(ids.ADD_LISTS)(listen("add.suggestions", adding.suggestions))
    submissions: dict[str, Listener] = {
        ids.VIEW_NEW: changing.named,
        ids.VIEW_RENAME: changing.named,
        ids.VIEW_DELETE: changing.deleted,
        ids.VIEW_SEARCH: listing.sought,
        ids.VIEW_ADD: adding.submitted,
    }
    for callback_id, submitted in submissions.items():
        app.view_submission(callback_id)(listen(f"submit.{callback_id}", submitted))
    return {"lists": listing.lists, "list": listing.list, "add": adding.command}
