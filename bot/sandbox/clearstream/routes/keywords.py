"""Keywords."""

import re

from bot.sandbox.clearstream.incoming import RESERVED
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import Headed, Keyword, State
from bot.sandbox.clearstream.paging import PAGE, cut, paged
from bot.sandbox.clearstream.params import Params
from bot.sandbox.clearstream.refusal import forbidden, not_found
from bot.sandbox.clearstream.routes.subscribers import list_ids
from bot.sandbox.clearstream.routing import Call, Json, Route
from bot.sandbox.clearstream.shapes import keyword_shape

_NAME = re.compile(r"[A-Za-z0-9]{4,25}")
_SETTINGS = ("ALWAYS", "FIRST", "NEW")
_BEHAVIOUR = frozenset(
    {
        "enable_opt_in",
        "opt_in_lists",
        "enable_autoresponse",
        "autoresponse_header",
        "autoresponse_body",
        "autoresponse_setting",
    }
)


def view_all(line: Line, call: Call) -> Json:
    """View All Keywords, with how many more the plan allows."""
    shown, envelope = cut(list(line.state.keywords.values()), call.query, 20, line.odd)
    return paged(envelope, [keyword_shape(line.state, each) for each in shown], available=_available(line.state))


def view(line: Line, call: Call) -> Json:
    """View a Keyword."""
    return {"data": keyword_shape(line.state, _keyword(line.state, call))}


def create(line: Line, call: Call) -> Json:
    """Create a Keyword: its name unique and free, 403 when the plan allows no more."""
    form, state = call.form, line.state
    name = form.text("name", required=True)
    if name is not None:
        if not _NAME.fullmatch(name):
            form.wrong("name", "The name must be 4-25 characters, and can contain only letters and numbers.")
        elif name.casefold() in state.keywords or name.upper() in RESERVED:
            form.wrong("name", "The name has already been taken.")
    keyword = Keyword(name or "")
    behaviour = _behaviour(line, form)
    form.check()
    if not _available(state):
        raise forbidden("Your plan allows no more keywords.")
    _behave(keyword, behaviour)
    state.keywords[keyword.name.casefold()] = keyword
    return {"data": keyword_shape(state, keyword)}


def update(line: Line, call: Call) -> Json:
    """Update a Keyword: what is not passed takes the document's default, so a switch left out is off."""
    keyword = _keyword(line.state, call)
    behaviour = _behaviour(line, call.form)
    call.form.check()
    _behave(keyword, behaviour)
    return {"data": keyword_shape(line.state, keyword)}


def delete(line: Line, call: Call) -> Json:
    """Delete a Keyword."""
    keyword = _keyword(line.state, call)
    del line.state.keywords[keyword.name.casefold()]
    return {"deleted": True, "name": keyword.name}


_Behaviour = tuple[bool, list[int], Headed | None, str | None]


def _behaviour(line: Line, form: Params) -> _Behaviour:
    """Opt-in and its lists, automatic answer and its setting; what belongs to a switch that is off is dropped."""
    opt_in = form.flag("enable_opt_in")
    lists = list_ids(line, form, "opt_in_lists", required=opt_in)
    answering = form.flag("enable_autoresponse")
    text = form.headed("autoresponse_header", "autoresponse_body", required=answering)
    setting = form.choice("autoresponse_setting", _SETTINGS, required=answering)
    return opt_in, lists if opt_in else [], text if answering else None, setting if answering else None


def _behave(keyword: Keyword, behaviour: _Behaviour) -> None:
    keyword.opt_in, keyword.lists, keyword.autoresponse, keyword.setting = behaviour


def _keyword(state: State, call: Call) -> Keyword:
    keyword = state.keywords.get(call.named["name"].casefold())
    if keyword is None:
        raise not_found("keyword")
    return keyword


def _available(state: State) -> int:
    return max(0, state.account.plan.keywords - len(state.keywords))


ROUTES = (
    Route("GET", "keywords", view_all, query=PAGE),
    Route("POST", "keywords", create, form=_BEHAVIOUR | {"name"}),
    Route("GET", "keywords/<name>", view),
    Route("PATCH", "keywords/<name>", update, form=_BEHAVIOUR),
    Route("DELETE", "keywords/<name>", delete),
)
