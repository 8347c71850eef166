"""Threads and their replies: what an incoming text does to them, and answering."""

from zlib import crc32

from bot.sandbox.clearstream.line import Line, Oddities
from bot.sandbox.clearstream.model import OPTED_OUT, QUEUED, RECEIVED, Reply, State, Thread, User
from bot.sandbox.clearstream.refusal import forbidden, not_found
from bot.sandbox.clearstream.sending import post


def thread_of(state: State, thread_id: int) -> Thread:
    """The thread with that id, or 404."""
    if thread_id not in state.threads:
        raise not_found("thread")
    return state.threads[thread_id]


def thread_with(state: State, number: str) -> Thread | None:
    """The thread with that number, if there is one."""
    return next((thread for thread in state.threads.values() if thread.mobile_number == number), None)


def in_order(state: State, odd: Oddities) -> list[Thread]:
    """All threads in the order of the listing: newest ``replied_at`` first, unless the line is odd.

    Threads of the same moment go by their newest text, so a clock that stands still changes no order.
    """
    newest = sorted(state.threads.values(), key=lambda thread: (thread.replied_at, thread.replies[-1].id), reverse=True)
    match odd.thread_order:
        case "newest":
            return newest
        case "oldest":
            return newest[::-1]
        case "id":
            return sorted(newest, key=lambda thread: thread.id)
        case "shuffled":
            return sorted(newest, key=lambda thread: crc32(str(thread.id).encode()))


def unread_count(state: State) -> int:
    """How many threads hold something no user of the site has seen."""
    return sum(thread.unread for thread in state.threads.values())


def take_in(line: Line, number: str, text: str) -> tuple[Thread, Reply]:
    """An incoming text becomes the newest reply of that number's thread, made where there is none."""
    state, now = line.state, line.now()
    thread = thread_with(state, number)
    if thread is None:
        thread = Thread(state.next_id("thread"), number, replied_at=now)
        state.threads[thread.id] = thread
    reply = Reply(state.next_id("reply"), text, RECEIVED, incoming=True, sent_at=now)
    thread.replies.append(reply)
    thread.replied_at = now
    thread.unread = True
    return thread, reply


def answer(line: Line, thread_id: int, text: str, user: User) -> Reply:
    """An outgoing text of ``user``: queued, and sent when the line's pace lets it.

    403 for a person who has opted out, unless the thread's newest text is their own and came after that.
    """
    thread = thread_of(line.state, thread_id)
    subscriber = line.state.subscribers[thread.mobile_number]
    if subscriber.status == OPTED_OUT and not _asked_since(thread, subscriber.opted_out_after):
        raise forbidden("This subscriber has opted out and cannot be texted.")
    now = line.now()
    reply = Reply(line.state.next_id("reply"), text, QUEUED, incoming=False, sent_at=now, user_id=user.id)
    thread.replies.append(reply)
    if not line.odd.replied_at_is_theirs:
        thread.replied_at = now
    post(line, thread.mobile_number, text, after=line.pace.reply, reply_id=reply.id)
    return reply


def _asked_since(thread: Thread, reply_id: int) -> bool:
    newest = thread.replies[-1]
    return newest.incoming and newest.id > reply_id


def forget(state: State, thread_id: int) -> None:
    """Delete a thread; the next text of that number begins another."""
    thread_of(state, thread_id)
    del state.threads[thread_id]
