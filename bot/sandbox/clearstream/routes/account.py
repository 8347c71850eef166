"""Account and users."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import ACTIVE, State
from bot.sandbox.clearstream.refusal import not_found
from bot.sandbox.clearstream.routing import Call, Json, Route
from bot.sandbox.clearstream.shapes import user_shape


def view(line: Line, call: Call) -> Json:
    """View Account."""
    zone = call.query.timezone("timezone")
    call.query.check()
    zone = zone or UTC
    stats = {"timezone": str(zone), **_stats(line.state, line.now().astimezone(zone), zone)}
    return {"data": {**_details(line.state), "stats": stats}}


def update(line: Line, call: Call) -> Json:
    """Update Account: only what is passed; here the sample has the time zone inside the chart."""
    form, account = call.form, line.state.account
    business = form.text("business", required=form.given("business"))
    phone = form.number("phone", required=form.given("phone"))
    collect = form.flag("collect_emails", default=account.collect_emails)
    form.check()
    account.business = business or account.business
    account.phone = phone or account.phone
    account.collect_emails = collect
    stats = _stats(line.state, line.now().astimezone(UTC), UTC)
    week = stats["opt_ins"]["past_7_days"]
    week["chart"] = {"timezone": "UTC", **week["chart"]}
    return {"data": {**_details(line.state), "stats": stats}}


def _details(state: State) -> Json:
    account = state.account
    return {
        "business": account.business,
        "status": account.status,
        "phone": account.phone,
        "credits": account.credits,
        "total_subscribers": sum(person.status == ACTIVE for person in state.subscribers.values()),
        "collect_emails": account.collect_emails,
        "next_billing_date": account.next_billing_date.isoformat(),
        "plan": {
            "name": account.plan.name,
            "cost": account.plan.cost,
            "credits": account.plan.credits,
            "keywords": account.plan.keywords,
        },
    }


def _stats(state: State, now: datetime, zone: tzinfo) -> Json:
    """The figures as of ``now``, by the days of ``zone``."""
    today = now.date()
    joined = [at.astimezone(zone).date() for at in state.opt_ins]
    days = {(day := today - timedelta(days=back)).isoformat(): joined.count(day) for back in range(6, -1, -1)}
    sent = [message.sent_at.astimezone(zone).date() for message in state.messages.values()]
    sent = [day for day in sent if day <= today]
    everyone = len(state.subscribers)
    rate = round(len(state.opt_outs) / everyone, 4) if everyone else 0.0
    return {
        "opt_ins": {
            "past_7_days": {"total": sum(days.values()), "chart": {"day": days}},
            "past_month": {"total": _count(day > today - timedelta(days=30) for day in joined)},
        },
        "opt_outs": {"total": len(state.opt_outs), "rate": rate},
        "messages": {
            "total": len(sent),
            "this_week": {"total": _count(day.isocalendar()[:2] == today.isocalendar()[:2] for day in sent)},
            "this_month": {"total": _count((day.year, day.month) == (today.year, today.month) for day in sent)},
            "this_year": {"total": _count(day.year == today.year for day in sent)},
        },
    }


def _count(truths: Iterable[bool]) -> int:
    return sum(truths)


def users(line: Line, call: Call) -> Json:
    """View All Users; not paged."""
    return {"data": [user_shape(user) for user in line.state.users]}


def user(line: Line, call: Call) -> Json:
    """View a User, by e-mail address."""
    for known in line.state.users:
        if known.email.casefold() == call.named["email"].casefold():
            return {"data": user_shape(known)}
    raise not_found("user")


ROUTES = (
    Route("GET", "account", view, query={"timezone"}),
    Route("PATCH", "account", update, form={"business", "phone", "collect_emails"}),
    Route("GET", "users", users),
    Route("GET", "users/<email>", user),
)
