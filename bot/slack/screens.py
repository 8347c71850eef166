"""Modals that every subject needs: while something is fetched, where it failed, where it was done already. Pure."""

from bot.slack import blocks as b
from bot.slack.blocks import Block


def loading(title: str) -> Block:
    """What is shown at once, until what takes longer is there."""
    return b.modal(title=title, callback_id="loading", blocks=[b.section(":hourglass_flowing_sand: One moment…")])


def failed(title: str, sentence: str) -> Block:
    """What is shown where it could not be had."""
    return b.modal(title=title, callback_id="failed", blocks=[b.section(f":warning: {sentence}")])


def already(title: str, sentence: str) -> Block:
    """What stands in place of a modal whose business is done."""
    return b.modal(title=title, callback_id="already", blocks=[b.section(f":white_check_mark: {sentence}")])


def said(title: str, sentence: str) -> Block:
    """What came of something, in mrkdwn, in place of the modal that asked for it."""
    return b.modal(title=title, callback_id="said", blocks=[b.section(sentence)])
