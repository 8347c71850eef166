"""Conversations with other members; the path names the other one."""

from bot.sandbox.clarity import talks
from bot.sandbox.clarity.routing import Asked, Json, Route
from bot.sandbox.clarity.shapes import message_shape, short_member
from bot.sandbox.clarity.site import Site


def view_all(site: Site, asked: Asked) -> Json:
    """GET /v1/messages."""
    return [
        {
            "unread_message_count": talk.unread,
            "last_message": message_shape(talk.last),
            "other_member": short_member(site, talk.other),
        }
        for talk in talks.talks(site, asked.member)
    ]


def view(site: Site, asked: Asked) -> Json:
    """GET /v1/messages/:id, the newest first."""
    other = talks.other_of(site, asked.member, asked.id)
    messages = [message_shape(message) for message in talks.newest(site, asked.member, other)]
    return {"other_member": short_member(site, other), "messages": messages}


def send(site: Site, asked: Asked) -> Json:
    """POST /v1/messages/:id."""
    other = talks.other_of(site, asked.member, asked.id)
    return message_shape(talks.send(site, asked.member, other, asked.form.text("message")))


ROUTES = (
    Route("GET", "messages", view_all),
    Route("GET", "messages/<id>", view),
    Route("POST", "messages/<id>", send, form={"message"}),
)
