"""The model as it goes over the wire: each function gives one resource in the document's keys and order."""

from typing import Any

from bot.sandbox.clearstream.model import (
    ContactList,
    Headed,
    Keyword,
    Message,
    Reply,
    State,
    Subscriber,
    Thread,
    User,
    wire_time,
)

Json = dict[str, Any]


def user_shape(user: User) -> Json:
    """A user (document: Users)."""
    return {
        "email": user.email,
        "name": user.name,
        "email_notifications": {"incoming_reply": user.notify_reply, "opt_in": user.notify_opt_in},
        "timezone": user.timezone,
        "owner": user.owner,
    }


def list_shape(state: State, contact_list: ContactList) -> Json:
    """A list with its count (document: Lists)."""
    count = sum(contact_list.id in subscriber.lists for subscriber in state.subscribers.values())
    return {"id": contact_list.id, "name": contact_list.name, "subscriber_count": count}


def _list_names(state: State, ids: list[int]) -> list[Json]:
    return [{"id": number, "name": state.lists[number].name} for number in ids if number in state.lists]


def contact_shape(subscriber: Subscriber) -> Json:
    """A subscriber without their lists, as inside a list or a thread."""
    return {
        "mobile_number": subscriber.mobile_number,
        "status": subscriber.status,
        "first": subscriber.first,
        "last": subscriber.last,
        "email": subscriber.email,
    }


def subscriber_shape(state: State, subscriber: Subscriber) -> Json:
    """A subscriber with their lists (document: Subscribers)."""
    return {**contact_shape(subscriber), "lists": _list_names(state, subscriber.lists)}


def _text_shape(text: Headed | None) -> Json:
    return {"header": text.header if text else None, "body": text.body if text else None}


def keyword_shape(state: State, keyword: Keyword) -> Json:
    """A keyword (document: Keywords)."""
    return {
        "name": keyword.name,
        "shortcode": state.account.shortcode,
        "autoresponse": {
            "enabled": keyword.autoresponse is not None,
            "text": _text_shape(keyword.autoresponse),
            "setting": keyword.setting,
        },
        "opt_in": {"enabled": keyword.opt_in, "lists": _list_names(state, keyword.lists)},
        "stats": {"opt_ins": {"total": keyword.opt_ins}},
    }


def _social_shape(message: Message, site: str, *, enabled: bool) -> Json:
    posted = enabled and message.completed_at is not None
    return {
        "enabled": enabled,
        "id": str(message.id) if posted else None,
        "url": f"https://{site}.example/posts/{message.id}" if posted else None,
    }


def message_shape(state: State, message: Message) -> Json:
    """A broadcast (document: Messages); a list deleted since keeps the name it had."""
    return {
        "id": message.id,
        "status": message.status,
        "sent_at": wire_time(message.sent_at),
        "completed_at": wire_time(message.completed_at) if message.completed_at else None,
        "text": _text_shape(message.text),
        "lists": [{"id": to.id, "name": state.lists.get(to.id, to).name} for to in message.lists],
        "stats": {
            "recipients": len(message.audience),
            "failures": message.failures,
            "throughput": message.throughput,
            "replies": message.replies,
            "opt_outs": message.opt_outs,
        },
        "social": {
            "twitter": _social_shape(message, "twitter", enabled=message.twitter),
            "facebook": _social_shape(message, "facebook", enabled=message.facebook),
        },
    }


def reply_shape(state: State, reply: Reply) -> Json:
    """One text of a thread; nobody is ``[]``, as in the document's samples."""
    author = next((user for user in state.users if user.id == reply.user_id), None)
    return {
        "id": reply.id,
        "text": reply.text,
        "status": reply.status,
        "incoming": reply.incoming,
        "user": {"id": author.id, "name": author.name, "email": author.email} if author else [],
        "sent_at": wire_time(reply.sent_at),
    }


def thread_shape(state: State, thread: Thread, recent: int) -> Json:
    """A thread with its ``recent`` newest texts, newest first (document: Inbox)."""
    newest_first = thread.replies[::-1]
    return {
        "id": thread.id,
        "unread": thread.unread,
        "reply_count": len(thread.replies),
        "replied_at": wire_time(thread.replied_at),
        "subscriber": contact_shape(state.subscribers[thread.mobile_number]),
        "recent_replies": [reply_shape(state, reply) for reply in newest_first[:recent]],
    }
