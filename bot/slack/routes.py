"""The whole list of what Switchboard listens to in Slack; the manifest names the same."""

import re
from collections.abc import Mapping
from typing import Any

from bot.errors import Gone
from bot.slack import ids
from bot.slack.account import routes as account
from bot.slack.audience import routes as audience
from bot.slack.boundary import Boundary, Listener
from bot.slack.broadcasts import ids as broadcast_ids
from bot.slack.broadcasts.compose import ComposeListeners
from bot.slack.broadcasts.deciding import DecidingListeners
from bot.slack.broadcasts.desk import BroadcastDesk
from bot.slack.broadcasts.listing import ListListeners
from bot.slack.calls.actions import CallListeners
from bot.slack.contacts.listeners import ContactListeners
from bot.slack.desk import Desk, Room
from bot.slack.experts.commands import NO_CLARITY, ExpertCommands
from bot.slack.experts.guests import ExpertDesk
from bot.slack.experts.search import SearchListeners
from bot.slack.experts.writing import WritingListeners
from bot.slack.inbox.actions import Actions
from bot.slack.inbox.commands import NO_KEY, Command, Commands, without_key
from bot.slack.inbox.listing import Listing
from bot.slack.inbox.reply import ReplyModals
from bot.slack.inbox.saved import SavedReplies
from bot.slack.inbox.text_someone import TextSomeone
from bot.slack.interaction import Interaction
from bot.slack.listening import Listeners
from bot.slack.notices import NoticeListeners
from bot.slack.transfer import ids as transfer_ids
from bot.slack.transfer import routes as transfer

Presses = dict[str | re.Pattern[str], Listener]
"""What happens on each button, menu and field, by its action id."""


async def nothing(interaction: Interaction) -> None:
    """For presses that Slack carries out by itself, as a link."""
    await interaction.acknowledge()


async def unknown(interaction: Interaction) -> None:
    """A press on something this version does not know."""
    raise Gone("This button is from another time and does nothing any more. Nothing was done.")


def register_unconnected(app: Listeners, boundary: Boundary, more: Mapping[str, Command]) -> None:
    """Where there is no key to Clearstream: every way in says how to mend that, but for the words in ``more``."""
    app.command(ids.COMMAND_SMS)(boundary.listener("sms", without_key(more)))
    shortcuts = (ids.SHORTCUT_TEXT_SOMEONE, ids.SHORTCUT_SEND_AS_TEXT, broadcast_ids.SHORTCUT_NEW)
    for shortcut in (*shortcuts, transfer_ids.SHORTCUT_IMPORT):
        app.shortcut(shortcut)(boundary.listener(shortcut, unconnected))
    for actions in (_OF_TEXTS, audience.OF_LISTS):
        app.action(actions)(boundary.listener("unconnected", unconnected))
    for callback_id in (*_VIEWS_OF_TEXTS, *_VIEWS_OF_BROADCASTS, *audience.VIEWS, *account.VIEWS, *transfer.VIEWS):
        app.view_submission(callback_id)(boundary.listener("unconnected", unconnected))


_OF_TEXTS = re.compile(r"^(?:(?:inbox|reply|saved|text|contact|history|keyword)\..+|help\.(?:inbox|text))$")
"""Every button and menu that has to do with texts."""


_VIEWS_OF_TEXTS = (ids.VIEW_REPLY, ids.VIEW_TEXT, ids.VIEW_EDIT, ids.VIEW_OPT_OUT, ids.VIEW_DELETE)
_VIEWS_OF_BROADCASTS = (broadcast_ids.VIEW_COMPOSE, broadcast_ids.VIEW_PREVIEW, broadcast_ids.VIEW_DECLINE)


async def unconnected(interaction: Interaction) -> None:
    """A press or shortcut where there is no key to Clearstream."""
    await interaction.acknowledge()
    await interaction.tell(NO_KEY)


def register_notices(app: Listeners, room: Room) -> None:
    """Listen to what people decide about what is unconfirmed, on texts and on Clarity alike."""
    notices = NoticeListeners(room)
    presses = {
        ids.CHECK_AGAIN: notices.check_again,
        ids.SEND_ANYWAY: notices.send_anyway,
        ids.DROP: notices.drop,
    }
    for action_id, press in presses.items():
        app.action(action_id)(room.boundary.listener(action_id, press))


def register_unknown(app: Listeners, boundary: Boundary) -> None:
    """Whatever nothing else listens to; registered last."""
    app.action(re.compile(".*"))(boundary.listener("unknown", unknown))
    app.view_submission(re.compile(".*"))(boundary.listener("unknown", unknown))


def register_experts(app: Listeners, desk: ExpertDesk) -> None:
    """Listen to everything about experts and calls."""
    boundary = desk.room.boundary
    search, writing, calls = SearchListeners(desk), WritingListeners(desk), CallListeners(desk)
    commands = ExpertCommands(desk, search, writing, calls)
    app.command(ids.COMMAND_EXPERT)(boundary.listener("expert", commands.expert))
    app.shortcut(ids.SHORTCUT_FIND_EXPERT)(boundary.listener(ids.SHORTCUT_FIND_EXPERT, search.find))
    presses: dict[str | re.Pattern[str], Any] = {
        ids.MORE: search.more,
        ids.PROFILE: search.profile,
        ids.SHARE: search.share,
        ids.HELP_FIND: search.find,
        ids.HELP_CALLS: calls.help_calls,
        ids.LOGIN_LINK: nothing,
        ids.EXPERT_LINK: nothing,
        ids.REQUEST_CALL: writing.request,
        ids.MESSAGE_EXPERT: writing.message,
        ids.TALK_REPLY: writing.message,
        ids.TALK_SHOW: writing.show_talk,
        ids.FULFILL: writing.fulfill,
        ids.CONNECT: calls.connect,
        re.compile(rf"{re.escape(ids.CALLS_PAGE)}\..+"): calls.turned,
    }
    for action_id, press in presses.items():
        name = action_id if isinstance(action_id, str) else action_id.pattern
        app.action(action_id)(boundary.listener(name, press))
    submissions = {
        ids.VIEW_FIND: search.sought,
        ids.VIEW_REQUEST: writing.requested,
        ids.VIEW_WRITE: writing.written,
        ids.VIEW_NEED: writing.needed,
    }
    for callback_id, submitted in submissions.items():
        app.view_submission(callback_id)(boundary.listener(f"submit.{callback_id}", submitted))


def register_no_clarity(app: Listeners, boundary: Boundary) -> None:
    """Where nothing connects to Clarity: every way in says how to mend that."""
    app.command(ids.COMMAND_EXPERT)(boundary.listener("expert", no_clarity))
    app.shortcut(ids.SHORTCUT_FIND_EXPERT)(boundary.listener(ids.SHORTCUT_FIND_EXPERT, no_clarity_shortcut))


async def no_clarity(interaction: Interaction) -> None:
    """``/expert`` where nothing connects to Clarity."""
    await interaction.acknowledge(text=NO_CLARITY)


async def no_clarity_shortcut(interaction: Interaction) -> None:
    """The shortcut where nothing connects to Clarity."""
    await interaction.acknowledge()
    await interaction.tell(NO_CLARITY)


def register(
    app: Listeners, desk: Desk, replies: ReplyModals, office: BroadcastDesk, more: Mapping[str, Command]
) -> None:
    """Listen to everything about texts and broadcasts; ``more`` are the words of ``/sms`` about other subjects."""
    contacts, texting, listing = ContactListeners(desk), TextSomeone(desk), Listing(desk)
    composing, broadcasts = register_broadcasts(app, office)
    commands = Commands(listing, texting, contacts, composing, broadcasts, more)
    actions = Actions(desk, replies, contacts, listing)
    listen = desk.boundary.listener

    app.command(ids.COMMAND_SMS)(listen("sms", commands.sms))
    app.shortcut(ids.SHORTCUT_TEXT_SOMEONE)(listen(ids.SHORTCUT_TEXT_SOMEONE, commands.help_text))
    app.shortcut(ids.SHORTCUT_SEND_AS_TEXT)(listen(ids.SHORTCUT_SEND_AS_TEXT, actions.send_as_text))
    presses: Presses = {
        ids.HELP_TEXT: commands.help_text,
        **_on_messages(actions, replies, listing),
        **_in_modals(actions, replies, SavedReplies(desk, replies), texting),
        ids.CONTACT_EDIT: contacts.edit,
        ids.CONTACT_TEXT: texting.answer_on_card,
        ids.CONTACT_OPT_OUT: contacts.opt_out,
    }
    for action_id, press in presses.items():
        app.action(action_id)(listen(action_id if isinstance(action_id, str) else action_id.pattern, press))
    app.options(ids.TEXT_TO)(listen("text.suggestions", texting.suggestions))
    submissions: dict[str, Listener] = {
        ids.VIEW_REPLY: replies.submitted,
        ids.VIEW_TEXT: texting.submitted,
        ids.VIEW_EDIT: contacts.edited,
        ids.VIEW_OPT_OUT: contacts.opted_out,
        ids.VIEW_DELETE: actions.deleted,
    }
    for callback_id, submitted in submissions.items():
        app.view_submission(callback_id)(listen(f"submit.{callback_id}", submitted))
    app.view_closed(ids.VIEW_REPLY)(listen("closed.reply", replies.closed))


def register_broadcasts(app: Listeners, desk: BroadcastDesk) -> tuple[ComposeListeners, ListListeners]:
    """Listen to everything about broadcasts; what the words of ``/sms`` need of it."""
    listen = desk.room.boundary.listener
    composing, listing = ComposeListeners(desk), ListListeners(desk)
    deciding = DecidingListeners(desk, listing)
    app.shortcut(broadcast_ids.SHORTCUT_NEW)(listen(broadcast_ids.SHORTCUT_NEW, composing.new))
    presses: Presses = {
        broadcast_ids.NEW: composing.new,
        broadcast_ids.EDIT: composing.edit,
        broadcast_ids.LISTS: composing.typing,
        broadcast_ids.NUMBERS: composing.typing,
        broadcast_ids.HEADER: composing.typing,
        broadcast_ids.MESSAGE: composing.typing,
        broadcast_ids.APPROVE: deciding.approve,
        broadcast_ids.DECLINE: deciding.decline,
        broadcast_ids.UNDO: deciding.undo,
        broadcast_ids.CANCEL: deciding.cancel,
        broadcast_ids.CHECK_AGAIN: deciding.check_again,
        broadcast_ids.SEND_ANYWAY: deciding.send_anyway,
        re.compile(rf"^{re.escape(broadcast_ids.PAGE)}\..+"): listing.turned,
    }
    for action_id, press in presses.items():
        app.action(action_id)(listen(action_id if isinstance(action_id, str) else action_id.pattern, press))
    app.options(broadcast_ids.LISTS)(listen("broadcast.suggestions", composing.suggestions))
    submissions: dict[str, Listener] = {
        broadcast_ids.VIEW_COMPOSE: composing.preview,
        broadcast_ids.VIEW_PREVIEW: composing.submitted,
        broadcast_ids.VIEW_DECLINE: deciding.declined,
    }
    for callback_id, submitted in submissions.items():
        app.view_submission(callback_id)(listen(f"submit.{callback_id}", submitted))
    app.view_closed(broadcast_ids.VIEW_COMPOSE)(listen("closed.broadcast", composing.closed))
    return composing, listing


def _on_messages(actions: Actions, replies: ReplyModals, listing: Listing) -> Presses:
    """The buttons of headers, lists and the summary."""
    return {
        ids.REPLY: replies.pressed,
        ids.CLAIM: actions.claim,
        ids.RELEASE: actions.release,
        ids.DONE: actions.done,
        ids.MENU: actions.menu,
        ids.OPEN: actions.open,
        ids.OPEN_LINK: nothing,
        re.compile(rf"^{re.escape(ids.PAGE)}\..+"): listing.turned,
        ids.HELP_INBOX: listing.first,
        ids.SHOW_UNREAD: actions.show_unread,
    }


def _in_modals(actions: Actions, replies: ReplyModals, saved: SavedReplies, texting: TextSomeone) -> Presses:
    """What is typed, chosen and pressed in the modals."""
    return {
        ids.MESSAGE: replies.typing,
        ids.SAVED: saved.start_from,
        ids.SAVED_MENU: saved.menu,
        ids.FORGET: saved.forget,
        ids.TEXT_TO: texting.chosen,
        ids.TEXT_MESSAGE: texting.typing,
        re.compile(rf"^{re.escape(ids.HISTORY_PAGE)}\..+"): actions.history_turned,
    }
