"""How a digest looks, and the same in words. Pure."""

from bot.services.digest import Every
from bot.services.digest_figures import Figures, Point, Sent
from bot.slack import blocks as b
from bot.slack.blocks import Block
from bot.slack.calls.blocks import clock
from bot.slack.experts.blocks import money


def message(figures: Figures) -> list[Block]:
    """A digest."""
    blocks = [b.header(_title(figures)), b.context(b.mrkdwn(_zone(figures)))]
    if figures.read_until is not None:
        blocks.append(b.context(b.mrkdwn(_late(figures))))
    blocks.append(b.section(_texts(figures)))
    if figures.incoming or figures.outgoing:
        blocks.append(_chart(figures))
    blocks += [b.divider(), b.section(_broadcasts(figures))]
    for one in figures.broadcasts:
        blocks += [b.section_of(one.words), b.context(b.mrkdwn(_came_of(one)))]
    left = figures.broadcast_count - len(figures.broadcasts)
    blocks += [b.context(b.mrkdwn(f"and {left:,} more: `/sms broadcasts`"))] if left else []
    return [*blocks, b.divider(), b.section(_calls(figures))]


def text(figures: Figures) -> str:
    """The same where no blocks are shown, the chart in words."""
    lines = [f"*{_title(figures)}*", _zone(figures)]
    lines += [_late(figures)] if figures.read_until is not None else []
    lines.append(_texts(figures))
    if figures.incoming or figures.outgoing:
        each = "; ".join(f"{point.label}: {point.incoming:,} in, {point.outgoing:,} out" for point in _busy(figures))
        lines.append(f"{_chart_title(figures)}: {each}")
    lines.append(_broadcasts(figures))
    lines += [f"• {b.escape(one.words)}: {_came_of(one)}" for one in figures.broadcasts]
    left = figures.broadcast_count - len(figures.broadcasts)
    lines += [f"and {left:,} more: `/sms broadcasts`"] if left else []
    return "\n".join([*lines, _calls(figures)])


def _title(figures: Figures) -> str:
    first, last = figures.first, figures.last
    if figures.every is Every.DAILY:
        return f"The day: {first:%A}, {first.day} {first:%B %Y}"
    begun = f"{first.day} {first:%B}" if first.month != last.month else f"{first.day}"
    return f"The week: {begun} to {last.day} {last:%B %Y}"


def _zone(figures: Figures) -> str:
    return f"Days and hours are those of {figures.zone}."


def _late(figures: Figures) -> str:
    until = b.when(figures.read_until) if figures.read_until else ""
    return f":warning: Clearstream could last be read {until}: what came after that is not counted."


def _texts(figures: Figures) -> str:
    line = f":speech_balloon: *Texts*: *{figures.incoming:,}* in, *{figures.outgoing:,}* out"
    if figures.answer_seconds is None:
        return f"{line} · no answer was given"
    given = "1 answer" if figures.answers == 1 else f"{figures.answers:,} answers"
    return f"{line} · median time to answer: *{lasting(figures.answer_seconds)}* ({given})"


def _chart_title(figures: Figures) -> str:
    return "Texts by day" if figures.every is Every.WEEKLY else "Texts by time of day"


def _chart(figures: Figures) -> Block:
    series = [
        {"name": "In", "data": [{"label": point.label, "value": point.incoming} for point in figures.points]},
        {"name": "Out", "data": [{"label": point.label, "value": point.outgoing} for point in figures.points]},
    ]
    axes = {"categories": [point.label for point in figures.points]}
    chart = {"type": "bar", "series": series, "axis_config": axes}
    return {"type": "data_visualization", "title": _chart_title(figures), "chart": chart}


def _busy(figures: Figures) -> list[Point]:
    """The parts of the time in which there were texts."""
    return [point for point in figures.points if point.incoming or point.outgoing]


def _broadcasts(figures: Figures) -> str:
    if not figures.broadcast_count:
        return ":loudspeaker: *Broadcasts* from Slack: none"
    people = "1 recipient" if figures.recipients == 1 else f"{figures.recipients:,} recipients"
    all_of_them = Sent("", figures.recipients, figures.replies, figures.opt_outs)
    return f":loudspeaker: *Broadcasts* from Slack: *{figures.broadcast_count:,}* to {people} · {_rates(all_of_them)}"


def _came_of(one: Sent) -> str:
    people = "1 recipient" if one.recipients == 1 else f"{one.recipients:,} recipients"
    return f"{people} · {_rates(one)}"


def _rates(one: Sent) -> str:
    replies = f"{one.replies:,} {'reply' if one.replies == 1 else 'replies'}"
    outs = f"{one.opt_outs:,} {'opt-out' if one.opt_outs == 1 else 'opt-outs'}"
    if not one.recipients:
        return f"{replies} · {outs}"
    return f"{replies} ({one.replies / one.recipients:.1%}) · {outs} ({one.opt_outs / one.recipients:.1%})"


def _calls(figures: Figures) -> str:
    if not figures.calls:
        return ":telephone_receiver: *Calls*: none"
    cost = f", {money(figures.call_cost)}" if figures.call_cost is not None else ""
    return f":telephone_receiver: *Calls*: *{figures.calls:,}*, {clock(figures.call_seconds)} in all{cost}"


def lasting(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} days"
