"""The tables. Times are microseconds since 1970 in both databases, datetimes in Python."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    literal_column,
)

from bot.store.columns import Instant, Sequence

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="Clearstream's thread id"),
    Column("number", Text, nullable=False),
    Column("first", Text),
    Column("last", Text),
    Column("email", Text),
    Column("subscriber_status", Text),
    Column("unread", Boolean, nullable=False, default=False),
    Column("reply_count", Integer, nullable=False, default=0, comment="as of the last complete reading"),
    Column("replied_at", Instant),
    Column("base_id", BigInteger, comment="newest reply known from the first start"),
    Column("base_at", Instant),
    Column("newest_id", BigInteger),
    Column("newest_at", Instant),
    Column("latest_text", Text),
    Column("latest_incoming", Boolean),
    Column("claimed_by", Text),
    Column("claimed_at", Instant),
    Column("done_at", Instant),
    Column("entered", Boolean, nullable=False, default=False, comment="it has, or will have, a header in Slack"),
    Column("channel", Text),
    Column("root_ts", Text),
    Column("root_generation", Integer, nullable=False, default=0),
    Column("gone_at", Instant, comment="deleted in Clearstream"),
    Column("led_id", BigInteger, comment="newest reply for which a broadcast was looked for that it answers"),
    Column("answers", JSON, comment="that broadcast: message, words, sent_at"),
    Index(None, "number"),
    Index(None, "newest_at"),
    Index(None, "root_ts"),
)
_OPEN = and_(conversations.c.done_at.is_(None), conversations.c.gone_at.is_(None))
Index(
    "ix_conversations_open",
    conversations.c.claimed_by,
    conversations.c.newest_at,
    conversations.c.latest_incoming,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

texts = Table(
    "texts",
    metadata,
    Column("conversation_id", BigInteger, ForeignKey(conversations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("reply_id", BigInteger, primary_key=True, autoincrement=False),
    Column("incoming", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", Text),
    Column("sent_at", Instant, nullable=False),
    Column("author", Text, comment="who wrote it, where it went out: a name, or a Slack user id as <@U…>"),
    Column("operation_id", Text),
    Column("bump", Boolean, nullable=False, default=False, comment="also shown in the channel itself"),
    Column("slack_ts", Text),
    Index(None, "sent_at"),
)

operations = Table(
    "operations",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("merge_key", Text, comment="among ready ones at most one of a key: the newest wins"),
    Column("lane", Text),
    Column("first", Boolean, nullable=False, default=False, comment="goes before the others of its lane"),
    Column("bucket", Text),
    Column("payload", JSON, nullable=False),
    Column("asked_by", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text, comment="why it is held, failed or unconfirmed: a sentence for a person"),
    Column("reference", Text, comment="what the log calls the trouble"),
    Column("fence", Integer, nullable=False, default=0),
    Column("owner", Text),
    Column("lease_until", Instant),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0, comment="how often its fate was unknown"),
    Column("looks", Integer, nullable=False, default=0, comment="how often this doubt was looked into"),
    Column("marker", BigInteger, comment="highest upstream id known before it was sent"),
    Column("bound", Text, unique=True, comment="the upstream thing it became"),
    Column("result", JSON),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant, comment="when the last attempt began"),
    Column("settled_at", Instant),
    Index("ix_operations_due", "state", "not_before"),
)
Index(
    "uq_operations_merge",
    operations.c.merge_key,
    unique=True,
    sqlite_where=operations.c.state == "ready",
    postgresql_where=operations.c.state == "ready",
)

_IN_LANE = operations.c.state.in_([literal_column(f"'{state}'") for state in ("held", "ready", "sending", "unknown")])
Index(
    "ix_operations_lane",
    operations.c.lane,
    operations.c.seq,
    sqlite_where=_IN_LANE,
    postgresql_where=_IN_LANE,
)

buckets = Table(
    "buckets",
    metadata,
    Column("key", Text, primary_key=True),
    Column("free_at", Instant, nullable=False, comment="the next call of this kind may leave then"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_due", Instant, nullable=False),
    Column("owner", Text),
    Column("lease_until", Instant),
    Column("fence", Integer, nullable=False, default=0),
    Column("wakes", Integer, nullable=False, default=0, comment="how often it was woken"),
    Column("state", JSON, nullable=False),
    Column("succeeded_at", Instant),
    Column("failures", Integer, nullable=False, default=0),
)

settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("updated_by", Text),
    Column("updated_at", Instant, nullable=False),
)

saved_replies = Table(
    "saved_replies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("body", Text, nullable=False, unique=True),
    Column("created_by", Text),
    Column("created_at", Instant, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False, comment="a Slack user id, or 'bot'"),
    Column("act", Text, nullable=False),
    Column("subject", Text, comment="on whom or what"),
    Column("operation_id", Text),
    Column("outcome", Text, nullable=False),
    Column("reference", Text),
    Column("detail", JSON, nullable=False),
    Index(None, "operation_id"),
    Index(None, "at"),
)

open_views = Table(
    "open_views",
    metadata,
    Column("view_id", Text, primary_key=True),
    Column("conversation_id", BigInteger, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("state", JSON, nullable=False, comment="what the view was drawn from"),
    Column("opened_at", Instant, nullable=False),
    Index(None, "conversation_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("owner", Text, primary_key=True, comment="a Slack user id, or 'shared'"),
    Column("key", Text, comment="the name of the key that sealed the token; none for the shared account"),
    Column("sealed", Text),
    Column("member_id", BigInteger),
    Column("name", Text),
    Column("connected_at", Instant, nullable=False),
    Column("refused_at", Instant, comment="when Clarity stopped accepting the token"),
    Column("listened", Boolean, nullable=False, default=False, comment="what was there at first is known"),
    Column("next_poll", Instant, nullable=False),
    Column("lists", Text, comment="a digest of what its lists said when they were last written down"),
    Column("lists_until", Instant, comment="for how long lists that say the same need not be written again"),
    Index(None, "next_poll"),
)

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", Text, primary_key=True, comment="a digest: who reads the database cannot use it"),
    Column("user_id", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
)

members = Table(
    "members",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="Clarity's member id"),
    Column("data", JSON, nullable=False),
    Column("fetched_at", Instant, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("owner", Text, primary_key=True, comment="whose account sees it"),
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="Clarity's call id"),
    Column("data", JSON, nullable=False, comment="as Clarity last said"),
    Column("status", Text, nullable=False),
    Column("ended", Boolean, nullable=False, default=False),
    Column("asked_by", Text, comment="who pressed, where somebody here did"),
    Column("told", Boolean, nullable=False, default=False, comment="it has, or will have, a message in Slack"),
    Column("waits_for_us", Boolean, nullable=False, default=False, comment="the account is the expert's"),
    Column("channel", Text),
    Column("ts", Text),
    Column("tries", Integer, nullable=False, default=0, comment="how often connecting was tried and refused"),
    Column("answered_at", Instant, comment="when the talking began, as we saw it"),
    Column("follow_until", Instant, comment="followed by its id until then"),
    Column("next_look", Instant),
    Column("quiet", Integer, nullable=False, default=0, comment="looks without a change"),
    Column("reminded", Boolean, nullable=False, default=False),
    Column("expiry_told", Boolean, nullable=False, default=False),
    Column("changed_at", Instant, nullable=False),
    Index("ix_calls_follow", "ended", "next_look"),
    Index(None, "changed_at"),
)

heard = Table(
    "heard",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("kind", Text, primary_key=True, comment="message or need"),
    Column("key", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Text, primary_key=True, comment="the draft's id, minted with the modal"),
    Column("version", Integer, nullable=False, comment="goes up with each edit"),
    Column("state", Text, nullable=False),
    Column("author", Text, comment="none for one that was sent elsewhere"),
    Column("fields", JSON, nullable=False, comment="as typed"),
    Column("ready", JSON, comment="as checked when Send was pressed: what leaves"),
    Column("sent_by", Text, comment="who pressed Send, or Send anyway"),
    Column("decided_by", Text, comment="who approved or declined"),
    Column("stopped_by", Text, comment="who pressed Undo or Cancel"),
    Column("reason", Text),
    Column("undo_until", Instant),
    Column("shown", Boolean, nullable=False, default=False, comment="Undo was shown, and is counted from then"),
    Column("cancels", Integer, nullable=False, default=0, comment="how often cancelling was tried and refused"),
    Column("channel", Text),
    Column("ts", Text),
    Column("message_id", BigInteger, unique=True),
    Column("message", JSON, comment="as Clearstream last said"),
    Column("drawn", Text, comment="what its message in Slack shows"),
    Column("drawn_at", Instant),
    Column("follow_until", Instant),
    Column("next_look", Instant),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "author", "state"),
    Index(None, "state", "created_at"),
    Index(None, "changed_at"),
    Index(None, "next_look"),
)

kept = Table(
    "kept",
    metadata,
    Column("key", Text, primary_key=True, comment="what was fetched: lists, account, messages"),
    Column("value", JSON, nullable=False),
    Column("fetched_at", Instant, nullable=False),
)

transfers = Table(
    "transfers",
    metadata,
    Column("id", Text, primary_key=True, comment="minted with the modal, or made from the command's trigger"),
    Column("kind", Text, nullable=False, comment="import or export"),
    Column("state", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("name", Text, nullable=False, comment="the file's, or the list's"),
    Column("fields", JSON, nullable=False, comment="where it comes from and how it is read"),
    Column("done", Integer, nullable=False, default=0, comment="subscribers fetched so far"),
    Column("total", Integer, comment="how many there are, as Clearstream says"),
    Column("reason", Text, comment="why it has ended before its end: a sentence for a person"),
    Column("waits", Text, comment="why it goes on later: a sentence for a person"),
    Column("file_id", Text, comment="the file that was uploaded to Slack"),
    Column("channel", Text),
    Column("ts", Text),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "kind", "state"),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("transfer_id", Text, ForeignKey(transfers.c.id, ondelete="CASCADE"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False, comment="where the row begins in the file"),
    Column("cells", JSON, nullable=False, comment="as they stand in the file"),
    Column("number", Text),
    Column("first", Text),
    Column("last", Text),
    Column("email", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text, comment="why it was not created: a sentence for a person"),
    Column("tries", Integer, nullable=False, default=0),
    Index(None, "transfer_id", "state", "line"),
)

homes = Table(
    "homes",
    metadata,
    Column("user_id", Text, primary_key=True, comment="who has App Home open, as far as Slack says"),
    Column("opened_at", Instant, nullable=False),
    Column("looked_at", Instant, nullable=False, comment="when it was last looked whether it shows what is"),
    Column("drawing", Integer, nullable=False, default=0, comment="goes up with each drawing that begins"),
    Column("drawn", Text, comment="a digest of what it shows; none where nobody can tell"),
    Index(None, "opened_at"),
)
