"""The documents say what is: every link, picture, command, setting, target and file they name is there."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot import __version__
from bot.__main__ import main
from bot.settings import Settings
from bot.slack.experts.commands import WORDS as EXPERT_WORDS
from bot.slack.inbox.commands import WORDS as SMS_WORDS

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    path for name in ("README", "CONTRIBUTING", "CHANGELOG", "BENCHMARKS") if (path := ROOT / f"{name}.md").exists()
]
TEXTS = {path.name: path.read_text() for path in DOCUMENTS}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))

ELSEWHERE = {
    "POSTGRES_PASSWORD": "compose.yaml",
    "HYPOTHESIS_PROFILE": "tests/conftest.py",
    "SCREENSHOTS_DIR": "tests/browser/person.py",
}
"""Names in capitals that are no settings of the bot, and where they are known."""

every = pytest.mark.parametrize("name", TEXTS)


def blocks(text: str) -> list[str]:
    """What stands in fenced and indented blocks of code."""
    fenced = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    indented = re.findall(
        r"(?:^|\n\n)((?:(?: {4,}|\t)[^\n]*\n)+)", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)
    )
    return [*fenced, *indented]


def prose(text: str) -> str:
    """Everything else, in which markup counts."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)


def spans(text: str) -> list[str]:
    """What is set as code within lines."""
    return [" ".join(span.split()) for _, span in re.findall(r"(`+)(.+?)\1", prose(text), re.DOTALL)]


def code(name: str) -> str:
    """All code of a document."""
    return "\n".join([*blocks(TEXTS[name]), *spans(TEXTS[name])])


def anchors(text: str) -> set[str]:
    """The headings as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str) -> Iterator[tuple[bool, str, str]]:
    """Whether it is a picture, its words and its target."""
    for mark, words, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", prose(text)):
        yield mark == "!", words, target


@every
def test_every_link_leads_somewhere(name: str) -> None:
    """To a file that is there, and to a heading that is in it; every picture says in words what it shows."""
    for picture, words, target in links(TEXTS[name]):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        assert not path or (ROOT / path).exists(), target
        assert not anchor or anchor in anchors((ROOT / (path or name)).read_text()), target
        assert not picture or len(words) > 10, f"{target} has no words"


def test_every_picture_is_shown() -> None:
    """None is made for nobody."""
    shown = {target for text in TEXTS.values() for picture, _, target in links(text) if picture}
    assert shown == {f".github/pictures/{path.name}" for path in (ROOT / ".github/pictures").iterdir()}


@every
def test_every_file_that_is_named_is_there(name: str) -> None:
    """Modules, folders and tests."""
    for path in re.findall(r"^(?:bot|tests|\.github)/[\w./-]+", "\n".join(spans(TEXTS[name])), re.MULTILINE):
        assert (ROOT / path).exists(), path


@every
def test_every_command_that_is_named_is_there(name: str) -> None:
    """Those of ``make`` and of ``switchboard``, each with its options."""
    for target in re.findall(r"\bmake (?:[A-Z]+=\S+ )*([a-z]+)", code(name)):
        assert target in TARGETS, f"make {target}"
    for command, rest in re.findall(r"\bswitchboard (?!switchboard)([a-z]+)((?: --[a-z]+)*)", code(name)):
        assert command in main.commands, f"switchboard {command}"
        known = {option for parameter in main.commands[command].params for option in parameter.opts}
        assert set(rest.split()) <= known, f"switchboard {command}{rest}"


@every
def test_every_setting_that_is_named_is_there(name: str) -> None:
    """What is written in capitals is a setting, or known to what it is said of."""
    named = set(re.findall(r"(?<![\w.])[A-Z]+(?:_[A-Z]+)+\b", code(name)))
    for other in named - {field.upper() for field in Settings.model_fields}:
        assert other in ELSEWHERE, other
        assert other in (ROOT / ELSEWHERE[other]).read_text(), other


def cells(row: str) -> list[str]:
    """The cells of a row of a table."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def test_the_table_of_settings_is_true() -> None:
    """It names every setting there is, once, with its default."""
    table = TEXTS["README.md"].partition("\n## Settings\n")[2].partition("\n### ")[0]
    told: dict[str, str] = {}
    for name, default, _ in map(cells, re.findall(r"^\| `.*\|$", table, re.MULTILINE)):
        names, defaults = re.findall(r"`(\w+)`", name), default.split(", ")
        assert not told.keys() & {*names}
        told |= dict(zip(names, defaults if len(defaults) == len(names) else [default] * len(names), strict=True))
    assert told.keys() == {name.upper() for name in Settings.model_fields}
    for field, info in Settings.model_fields.items():
        usual = None if info.is_required() else info.get_default()
        if usual is None or usual == ():
            assert not re.fullmatch("`[^`]*`", told[field.upper()]), field
        elif field.endswith("_url") and field != "public_url":
            assert told[field.upper()] == "the services' own", field
        else:
            assert told[field.upper()] == f"`{usual}`", field


def test_every_word_has_its_row() -> None:
    """What one can type after a command is in a table of README, written as in the help."""
    rows = "\n".join(re.findall(r"^\| .*\|$", TEXTS["README.md"], re.MULTILINE))
    for command, words in (("/sms", SMS_WORDS), ("/expert", EXPERT_WORDS)):
        for written, _ in words.values():
            assert f"`{command} {written}`".replace("|", r"\|") in rows
        said = {typed.partition(" ")[0] for typed in re.findall(rf"`{command} ([^`]+)`", rows)}
        assert said <= words.keys()


def test_the_layout_names_every_part() -> None:
    """Nothing directly under ``bot`` is left out of it, nor of the layers between which imports are checked."""
    parts = {path.name for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    parts.remove("__init__.py")
    table = TEXTS["CONTRIBUTING.md"].partition("## Where things stand")[2].partition("\n## ")[0]
    assert set(re.findall(r"`bot/([\w.]+)`", table)) == parts
    layers, *_ = PROJECT["tool"]["importlinter"]["contracts"]
    assert set(re.findall(r"bot\.(\w+)", " ".join(layers["layers"]))) == {part.removesuffix(".py") for part in parts}


def test_one_version() -> None:
    """The package, the code and the newest heading of the changelog say the same."""
    newest = re.search(r"^## (\S+) – ", TEXTS["CHANGELOG.md"], re.MULTILINE)
    assert newest is not None
    assert PROJECT["project"]["version"] == __version__ == newest[1]


def test_make_help_tells_every_target() -> None:
    """Each with a line of its own."""
    assert {*re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.MULTILINE)} == TARGETS
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == TARGETS


def test_before_a_commit_the_same_is_checked() -> None:
    """The hooks are the lines of ``make check``: where one comes to it, it comes to .pre-commit-config.yaml too."""
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    lines = [line.strip().removeprefix("@").replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    assert [hook["entry"] for hook in repository["hooks"]] == lines
    assert all(hook["language"] == "system" and not hook["pass_filenames"] for hook in repository["hooks"])
