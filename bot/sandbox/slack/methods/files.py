"""``files.*``: uploading in three steps (docs.slack.dev, Working with files)."""

from typing import TYPE_CHECKING

from bot.sandbox.slack.errors import InvalidArguments, SlackError
from bot.sandbox.slack.events import message_event
from bot.sandbox.slack.methods.registry import Arguments, method
from bot.sandbox.slack.model import Channel, File, Json, Message
from bot.sandbox.slack.payloads import file_json

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn


@method(
    "files.getUploadURLExternal",
    required="filename length",
    optional="alt_txt snippet_type",
    scopes="files:write",
    tier=4,
)
async def get_upload_url(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """An address to send the content to."""
    length = arguments.number("length", 0, 1 << 30)
    name, own = arguments.text("filename"), slack.workspace.bot.id
    file = File(id=slack.workspace.new_id("F"), name=name, title=name, user=own, length=length)
    slack.workspace.files[file.id] = file
    return {"upload_url": f"{slack.url}upload/{file.id}", "file_id": file.id}


@method(
    "files.completeUploadExternal",
    required="files",
    optional="channel_id channels initial_comment thread_ts",
    scopes="files:write",
    tier=4,
    decoded="files",
)
async def complete_upload(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Finish uploads and share them where asked."""
    files = [_uploaded(slack, each) for each in arguments["files"]]
    names = [arguments.text("channel_id"), *arguments.text("channels").split(",")]
    for channel_id in filter(None, names):
        channel = Arguments(channel=channel_id).writable(slack)
        _share(slack, channel, files, arguments)
    return {"files": [file_json(slack.workspace, each) for each in files]}


@method("files.info", required="file", optional="count cursor limit page", scopes="files:read", tier=4)
async def info(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """One file."""
    file = slack.workspace.files.get(arguments.text("file"))
    if file is None or not file.uploaded:
        raise SlackError("file_not_found")
    return {"file": file_json(slack.workspace, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def _uploaded(slack: "SlackStandIn", reference: Json) -> File:
    if not isinstance(reference, dict) or "id" not in reference:
        raise InvalidArguments("missing required field: id [json-pointer:/files]")
    file = slack.workspace.files.get(reference["id"])
    if file is None or not file.uploaded:
        raise SlackError("file_not_found")
    file.title = reference.get("title") or file.title
    return file


def _share(slack: "SlackStandIn", channel: Channel, files: list[File], arguments: Arguments) -> None:
    root = slack.workspace.message(channel, arguments.text("thread_ts"))
    message = Message(
        channel=channel.id, ts=slack.workspace.new_ts(), user=slack.workspace.bot.id, by_app=True,
        fallback=arguments.text("initial_comment"), files=[file.id for file in files],
        thread_ts=root.ts if root else None,
    )  # fmt: skip
    for file in files:
        file.shared_in.append(channel.id)
    slack.workspace.keep(message)
    slack.tell(message_event(slack.workspace, message))
