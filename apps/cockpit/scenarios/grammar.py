"""What a scenario file may say; anything else is refused with the place where it stands."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)


class InvalidScenario(Exception):
    """The file is not a scenario; the message names the file, the place and the reason."""

    def __init__(self, where: object, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.reason = reason


def as_text(value: Any) -> Any:
    """YAML reads an unquoted moment as a datetime; here it is text again."""
    return value.isoformat() if isinstance(value, (datetime, date)) else value


Moment = Annotated[str, BeforeValidator(as_text)]
Variables = dict[str, Any]


class Strict(BaseModel):
    """A mapping that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Setup(Strict):
    """What happens before the first step."""

    reset_operational_data: bool = False
    reset_sequences: bool = False
    freeze_clock_at: Moment | None = None
    variables: Variables = {}


class Teardown(Strict):
    """What happens after the last step, also when one failed."""

    unfreeze_clock: bool = False


class Poll(Strict):
    """How long and how often to look again."""

    interval_ms: int = 200
    timeout_seconds: float = 5.0


class RegexCapture(Strict):
    """A variable taken out of a text by a regular expression."""

    source: str = "body_text"
    pattern: str
    group: int = 1


class ActionStep(Strict):
    """Run an operation."""

    name: str
    action: str
    args: Variables = {}
    capture: dict[str, str] = {}


class Check(Strict):
    """A read and what it must answer."""

    tool: str
    args: Variables = {}
    expect: Variables = {}
    poll: Poll | None = None


class AssertStep(Strict):
    """Look, and compare."""

    name: str
    check: Check = Field(alias="assert")


class AskStep(Strict):
    """Ask the agent in words."""

    name: str
    ask: str
    timeout_seconds: float = 60.0
    expect_tools_called_include: list[str] = []
    expect_tools_not_called: list[str] = []
    expect_final_state: Variables = {}
    expect_event_sequence: list[str] = []
    allow_clarification: bool = False
    capture: dict[str, str] = {}


class HttpExpect(Strict):
    """What an answer must look like."""

    status: int | list[int] | None = None
    body_contains: list[str] = []
    body_not_contains: list[str] = []
    headers_match: dict[str, str] = {}
    body_json_equals: Variables = {}


class HttpStep(Strict):
    """Fetch a page as a browser would."""

    name: str
    http: Annotated[str, Field(pattern=r"^(GET|POST) \S")]
    base_url: str = "http://portal-self-serve:8000"
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    form: Variables | None = None
    json_body: Variables | None = Field(None, alias="json")
    expect: HttpExpect = HttpExpect()
    poll: Poll | None = None
    follow_redirects: bool = False
    drain_stream: bool = False
    timeout_seconds: float = 30.0
    capture: dict[str, str] = {}
    capture_regex: dict[str, RegexCapture] = {}

    @model_validator(mode="after")
    def one_body(self) -> HttpStep:
        if self.form is not None and self.json_body is not None:
            raise ValueError("form and json exclude each other")
        return self


class FileStep(Strict):
    """Read a file, usually the mailbox."""

    name: str
    file: str
    encoding: str = "utf-8"
    poll: Poll | None = None
    capture: dict[str, str] = {}
    capture_regex: dict[str, RegexCapture | str] = {}


KINDS = ("action", "ask", "assert", "http", "file")


def kind_of(step: Any) -> str | None:
    """The first key that names a kind decides."""
    if isinstance(step, Strict):
        return NAMES[type(step)]
    return next((kind for kind in KINDS if isinstance(step, dict) and kind in step), None)


NAMES: dict[type[Strict], str] = {
    ActionStep: "action",
    AskStep: "ask",
    AssertStep: "assert",
    HttpStep: "http",
    FileStep: "file",
}
Step = Annotated[
    Annotated[ActionStep, Tag("action")]
    | Annotated[AskStep, Tag("ask")]
    | Annotated[AssertStep, Tag("assert")]
    | Annotated[HttpStep, Tag("http")]
    | Annotated[FileStep, Tag("file")],
    Discriminator(
        kind_of,
        custom_error_type="step_kind",
        custom_error_message=f"a step needs one of the keys {', '.join(KINDS)}",
    ),
]


class Scenario(Strict):
    """One story."""

    name: str
    description: str = ""
    tags: list[str] = []
    setup: Setup = Setup()
    variables: Variables = {}
    steps: list[Step] = []
    teardown: Teardown = Teardown()


def read(path: Path) -> Scenario:
    """The scenario in a file."""
    try:
        content = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise InvalidScenario(path, "there is no such file.") from None
    except yaml.YAMLError as error:
        raise InvalidScenario(path, " ".join(str(error).split())) from None
    return parse(content, where=str(path))


def parse(content: Any, where: str = "scenario") -> Scenario:
    """The scenario in a parsed document."""
    if not isinstance(content, dict):
        raise InvalidScenario(where, "the top level must be a mapping.")
    try:
        return Scenario.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{place(fault['loc'])}: {fault['msg']}" for fault in error.errors())
        raise InvalidScenario(where, faults) from None


def place(location: tuple[int | str, ...]) -> str:
    """`steps.2.args` for a reader who counts steps from one."""
    head, *rest = location
    if head == "steps" and rest:
        number, *rest = rest
        words = [f"step {int(number) + 1}", *(str(word) for word in rest[1:])]
        return ".".join(words)
    return ".".join(str(word) for word in location)
