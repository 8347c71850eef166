"""Lists and the people on them: joining, leaving, finding."""

from collections.abc import Iterable

from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import ACTIVE, INACTIVE, OPTED_OUT, ContactList, State, Subscriber
from bot.sandbox.clearstream.refusal import invalid, not_found


def list_of(state: State, list_id: int) -> ContactList:
    """The list with that id, or 404."""
    if list_id not in state.lists:
        raise not_found("list")
    return state.lists[list_id]


def subscriber_of(state: State, number: str) -> Subscriber:
    """The subscriber with that number, whatever their status, or 404."""
    if number not in state.subscribers:
        raise not_found("subscriber")
    return state.subscribers[number]


def members(state: State, list_id: int) -> list[Subscriber]:
    """Who is on the list, in the order they became known."""
    return [subscriber for subscriber in state.subscribers.values() if list_id in subscriber.lists]


def add_list(state: State, name: str) -> ContactList:
    """A new list; 422 when the name is taken."""
    _refuse_taken(state, name, but=None)
    created = ContactList(state.next_id("list"), name)
    state.lists[created.id] = created
    return created


def rename_list(state: State, list_id: int, name: str) -> ContactList:
    """The list under its new name; 422 when another list has it."""
    renamed = list_of(state, list_id)
    _refuse_taken(state, name, but=list_id)
    renamed.name = name
    return renamed


def _refuse_taken(state: State, name: str, *, but: int | None) -> None:
    if any(other.name.casefold() == name.casefold() and other.id != but for other in state.lists.values()):
        raise invalid({"name": ["The name has already been taken."]})


def delete_list(line: Line, list_id: int, *, force: bool) -> None:
    """Remove the list and opt out who is on no other; 422 when somebody is on it and ``force`` is not set."""
    state = line.state
    list_of(state, list_id)
    on_it = members(state, list_id)
    if on_it and not force:
        count = f"The list has {len(on_it)} subscribers; force_delete must be set to 1."
        raise invalid({"force_delete": [count]})
    del state.lists[list_id]
    for keyword in state.keywords.values():
        keyword.lists = [other for other in keyword.lists if other != list_id]
    for subscriber in on_it:
        subscriber.lists.remove(list_id)
        if not subscriber.lists:
            opt_out(line, subscriber)


def join(line: Line, subscriber: Subscriber, list_ids: Iterable[int] = ()) -> bool:
    """Make the person active and put them on the lists; True when they were not active before or joined a list."""
    fresh = [list_id for list_id in list_ids if list_id in line.state.lists and list_id not in subscriber.lists]
    changed = bool(fresh) or subscriber.status != ACTIVE
    subscriber.lists += fresh
    subscriber.status = ACTIVE
    subscriber.awaits_confirmation = False
    if changed:
        line.state.opt_ins.append(line.now())
    return changed


def opt_out(line: Line, subscriber: Subscriber) -> None:
    """Take the person off every list; from now on they cannot be texted. Doing it twice changes nothing."""
    if subscriber.status == OPTED_OUT:
        return
    subscriber.status = OPTED_OUT
    subscriber.lists = []
    subscriber.awaits_confirmation = False
    subscriber.welcome = None
    subscriber.opted_out_after = line.state.last_ids.get("reply", 0)
    line.state.opt_outs.append(line.now())


def meet(state: State, number: str) -> Subscriber:
    """The subscriber with that number; a stranger becomes known, not yet opted in."""
    return state.subscribers.setdefault(number, Subscriber(number, INACTIVE))


def search(people: Iterable[Subscriber], wanted: dict[str, str], operator: str) -> list[Subscriber]:
    """Those whose ``first``, ``last``, ``mobile_number`` contain what is wanted: any of it, or all with ``and``."""
    if not wanted:
        return list(people)
    quantifier = all if operator == "and" else any
    return [
        person
        for person in people
        if quantifier(part.casefold() in (getattr(person, name) or "").casefold() for name, part in wanted.items())
    ]
