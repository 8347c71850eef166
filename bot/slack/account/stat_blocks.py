"""How the account's figures and users look. Pure: data in, blocks out."""

from collections.abc import Sequence
from datetime import date

from bot.clearstream.models import Account, Plan, User
from bot.clearstream.numbers import readable
from bot.services.account import Figures
from bot.slack import blocks as b
from bot.slack.blocks import Block

_MOST_DAYS = 20
"""Points of a chart (Block Kit, data_visualization)."""

_MOST_USERS = 45


def stats(figures: Figures) -> list[Block]:
    """``/sms stats``."""
    account = figures.account
    name, *lines = _lines(account)
    days = _days(account)
    blocks = [b.header(name), b.section_of("\n".join(lines[:2])), b.section_of(lines[2])]
    if days:
        blocks.append(_chart(days))
    return [*blocks, b.section_of("\n".join(lines[3:])), b.context(b.plain(_counted(figures)))]


def stats_text(figures: Figures) -> str:
    """The same where no blocks are shown, the chart in words."""
    name, *lines = _lines(figures.account)
    days = "Opt-ins by day: " + ", ".join(f"{_day(day)}: {count:,}" for day, count in _days(figures.account))
    chart = [days] if _days(figures.account) else []
    return b.escape("\n".join([name, *lines[:3], *chart, *lines[3:], _counted(figures)]))


def _lines(account: Account) -> list[str]:
    """The name; credits and subscribers; the plan; opt-ins; opt-outs; messages."""
    numbers = account.stats
    facts = [account.status, readable(account.phone) if account.phone else None]
    name = " · ".join(filter(None, [account.business or "The account", *facts]))
    outs = f"Opt-outs: {_count(numbers.opt_outs.total)}"
    if numbers.opt_outs.rate is not None:
        outs += f" ({numbers.opt_outs.rate:.1%})"
    sent = numbers.messages
    counts = (sent.this_week.total, sent.this_month.total, sent.this_year.total, sent.total)
    week, month, year, total = (_count(number) for number in counts)
    joined = numbers.opt_ins
    return [
        name,
        f"Credits: {_count(account.credits)} · Subscribers: {_count(account.total_subscribers)}",
        _plan(account.plan, account.next_billing_date),
        f"Opt-ins: {_count(joined.past_7_days.total)} in the past 7 days, {_count(joined.past_month.total)} in a month",
        outs,
        f"Messages: {week} this week, {month} this month, {year} this year, {total} in all",
    ]


def _plan(plan: Plan, billed: date | None) -> str:
    parts = [plan.name or "not known"]
    parts += [f"${plan.cost:,.2f} a month".replace(".00 ", " ")] if plan.cost is not None else []
    parts += [f"{plan.credits:,} credits"] if plan.credits is not None else []
    parts += [f"{plan.keywords:,} {'keyword' if plan.keywords == 1 else 'keywords'}"] if plan.keywords else []
    parts += [f"next billed on {billed:%B} {billed.day}, {billed.year}"] if billed else []
    return f"Plan: {' · '.join(parts)}"


def _count(number: int | None) -> str:
    return "not known" if number is None else f"{number:,}"


def _days(account: Account) -> list[tuple[date, int]]:
    return sorted(account.stats.opt_ins.past_7_days.chart.day.items())[-_MOST_DAYS:]


def _day(day: date) -> str:
    return f"{day:%a} {day:%b} {day.day}"


def _chart(days: Sequence[tuple[date, int]]) -> Block:
    points = [{"label": _day(day), "value": count} for day, count in days]
    return {
        "type": "data_visualization",
        "title": "Opt-ins by day",
        "chart": {
            "type": "bar",
            "series": [{"name": "Opt-ins", "data": points}],
            "axis_config": {"categories": [point["label"] for point in points]},
        },
    }


def _counted(figures: Figures) -> str:
    if figures.zone == figures.asked:
        return f"Days are those of your time zone, {figures.zone}."
    why = f"Clearstream does not know {figures.asked}" if figures.asked else "Slack does not say where you are"
    return f"Days are those of {figures.zone}: {why}."


def team(users: Sequence[User]) -> list[Block]:
    """``/sms team``."""
    blocks = [b.section(f"*Team*: {len(users)} {'user' if len(users) == 1 else 'users'} of the account")]
    blocks += [b.section_of(_user(user)) for user in users[:_MOST_USERS]]
    if len(users) > _MOST_USERS:
        blocks.append(b.context(b.mrkdwn(f"And {len(users) - _MOST_USERS} more.")))
    return blocks


def team_text(users: Sequence[User]) -> str:
    """The same where no blocks are shown."""
    return b.escape("\n".join(["Team", *(_user(user).replace("\n", " · ") for user in users[:_MOST_USERS])]))


def _user(user: User) -> str:
    told = user.email_notifications
    mails = [word for word, on in (("replies", told.incoming_reply), ("opt-ins", told.opt_in)) if on]
    facts = [user.email, "owner" if user.owner else None, user.timezone]
    facts.append(f"e-mail on {' and '.join(mails)}" if mails else "no e-mail notifications")
    return f"{user.name or user.email}\n{' · '.join(filter(None, facts))}"
