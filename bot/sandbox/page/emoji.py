"""Emoji shortcodes as characters: those an app like this one uses, and those people reach for most. Pure."""

import re

EMOJI = {
    "+1": "👍", "-1": "👎", "100": "💯", "alarm_clock": "⏰", "arrow_left": "⬅️", "arrow_right": "➡️",
    "arrows_counterclockwise": "🔄", "ballot_box_with_check": "☑️", "bar_chart": "📊", "bell": "🔔",
    "black_circle": "⚫", "blue_heart": "💙", "bookmark": "🔖", "bulb": "💡", "bust_in_silhouette": "👤",
    "busts_in_silhouette": "👥",
    "calendar": "📅", "clap": "👏", "clipboard": "📋", "clock1": "🕐", "clock3": "🕒", "computer": "💻",
    "credit_card": "💳", "dizzy": "💫", "electric_plug": "🔌", "envelope": "✉️", "envelope_with_arrow": "📩",
    "exclamation": "❗", "eyes": "👀", "file_folder": "📁", "fire": "🔥", "floppy_disk": "💾",
    "fork_and_knife": "🍴", "gear": "⚙️", "grey_exclamation": "❕", "grey_question": "❔", "grin": "😁",
    "hammer_and_wrench": "🛠️", "heart": "❤️", "heavy_check_mark": "✔️", "heavy_plus_sign": "➕", "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳", "inbox_tray": "📥", "incoming_envelope": "📨",
    "information_source": "ℹ️", "iphone": "📱", "joy": "😂",
    "key": "🔑", "large_blue_circle": "🔵", "large_green_circle": "🟢", "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡", "leftwards_arrow_with_hook": "↩️", "link": "🔗", "lock": "🔒", "loudspeaker": "📢",
    "mag": "🔍", "mailbox": "📫", "mailbox_with_mail": "📬", "mega": "📣", "memo": "📝", "mobile_phone_off": "📴",
    "money_with_wings": "💸", "moneybag": "💰", "mute": "🔇", "new": "🆕", "no_bell": "🔕", "no_entry": "⛔",
    "no_entry_sign": "🚫", "octagonal_sign": "🛑", "ok": "🆗", "ok_hand": "👌", "outbox_tray": "📤",
    "page_facing_up": "📄", "paperclip": "📎", "pencil": "📝", "pencil2": "✏️", "phone": "☎️", "point_right": "👉",
    "pray": "🙏",
    "pushpin": "📌", "question": "❓", "raised_hand": "✋", "raised_hands": "🙌", "red_circle": "🔴",
    "robot_face": "🤖", "rocket": "🚀", "rotating_light": "🚨", "round_pushpin": "📍",
    "satellite_antenna": "📡", "scroll": "📜",
    "shield": "🛡️", "simple_smile": "🙂", "slightly_smiling_face": "🙂", "smile": "😄", "smiley": "😃",
    "sparkles": "✨", "speech_balloon": "💬", "star": "⭐", "stopwatch": "⏱️", "sushi": "🍣", "tada": "🎉",
    "telephone_receiver": "📞", "thinking_face": "🤔", "thumbsup": "👍", "traffic_light": "🚦", "trophy": "🏆",
    "unlock": "🔓", "warning": "⚠️", "wastebasket": "🗑️", "wave": "👋", "white_check_mark": "✅",
    "white_circle": "⚪", "wrench": "🔧", "writing_hand": "✍️", "x": "❌", "zap": "⚡",
}  # fmt: skip

_SHORTCODE = re.compile(r":([a-z0-9_+'-]+):")


def with_emoji(text: str) -> str:
    """``text`` with known shortcodes as characters; unknown ones stay as they are."""
    return _SHORTCODE.sub(lambda match: EMOJI.get(match[1], match[0]), text)
