"""A record comes back from the database as it was, or is refused: with the field's name and the cure."""

from __future__ import annotations

import math
from collections import defaultdict, namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, computed_field, field_serializer

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from sqlalchemy import JSON, Float, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hyper.records.database import Database, documents, metadata
from hyper.records.kinds import RecordError
from hyper.records.persistence import SaveError, persistent, save
from hyper.records.round_trip import hides_values, is_same
from hyper.state.sharing import shared
from tests.hyper.records.pages import Page

pytestmark = pytest.mark.usefixtures("stored")


class Color(StrEnum):
    RED = "red"


class Text(str):
    pass


class Level(Enum):
    LOW = 1


Point = namedtuple("Point", "x y")


class Alias(BaseModel):
    name: str = Field("x", alias="userName")


class TwoAliases(BaseModel):
    name: str = Field("x", validation_alias="reads", serialization_alias="writes")


class Outer(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)
    inner: Alias = Alias()
    other: str = Field("", alias="theOther")


class Computed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n: int = 1

    @computed_field  # type: ignore[prop-decorator]
    @property
    def twice(self) -> int:
        return 2 * self.n


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    n: int = 1


class Own(BaseModel):
    secret: SecretStr = SecretStr("first")

    @field_serializer("secret")
    def write_secret(self, value: SecretStr) -> str:
        return value.get_secret_value()


@dataclass
class Bag:
    number: float = 0.0
    text: str = ""
    raw: bytes = b""
    names: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    day: date = date(2024, 1, 1)
    level: Level | None = None
    anything: Any = None

    @cached_property
    def length(self) -> int:
        return len(self.text)


@dataclass
class Precise:
    __pydantic_config__ = ConfigDict(
        ser_json_inf_nan="strings", ser_json_bytes="base64", val_json_bytes="base64"
    )
    number: float = 0.0
    raw: bytes = b""


def put(name: str, value: object) -> Callable[[Any], None]:
    return lambda target: setattr(target, name, value)


def trip(model: Any, change: Callable[[Any], None]) -> tuple[Any, Any]:
    """An object that was changed and saved, and the object that another page reads."""
    written = persistent(model, id=1)
    change(written)
    save(written)
    return written, persistent(model, id=1)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (Alias, "name", "new"),
        (TwoAliases, "name", "new"),
        (Outer, "inner", Alias(userName="deep")),
        (Outer, "other", "new"),
        (Computed, "n", 4),
        (Open, "n", 4),
        (Open, "added", [1, "a"]),
        (Own, "secret", SecretStr("second")),
        (Bag, "number", 5),
        (Bag, "text", "a\0b"),
        (Bag, "raw", b"plain"),
        (Bag, "level", Level.LOW),
        (Bag, "anything", {"a": [1, None, True]}),
        (Bag, "names", shared(["a"])),
        (Precise, "number", -math.inf),
        (Precise, "raw", b"\xff\xfe"),
    ],
)
def test_what_comes_back(model: Any, name: str, value: object) -> None:
    written, read = trip(model, put(name, value))
    assert getattr(written, name) == getattr(read, name) == value


def test_nan_comes_back_where_the_class_says_how() -> None:
    assert math.isnan(trip(Precise, put("number", math.nan))[1].number)


class Secret(BaseModel):
    name: str = ""
    password: SecretStr = SecretStr("")


class Excluded(BaseModel):
    token: str = Field("default", exclude=True)
    n: int = 0


class Deep(BaseModel):
    inner: Excluded = Excluded()


class Hashing(BaseModel):
    """A validator that does not undo what was written."""

    word: str = ""

    def model_post_init(self, _: object) -> None:
        self.word = self.word and f"hashed {self.word}"


@pytest.mark.parametrize(
    ("model", "name", "value", "cure"),
    [
        (Secret, "password", SecretStr("hunter2"), "get_secret_value"),
        (Excluded, "token", "t0k", "exclude=True"),
        (Deep, "inner", Excluded(token="t0k"), "annotate"),
        (Hashing, "word", "a", "field_serializer"),
        (Bag, "number", math.nan, "ser_json_inf_nan"),
        (Bag, "number", -math.inf, "ser_json_inf_nan"),
        (Bag, "anything", [1.0, math.nan], "ser_json_inf_nan"),
        (Bag, "raw", b"\xff\xfe", "base64"),
        (Bag, "text", Color.RED, "annotate"),
        (Bag, "text", Text("<b>"), "annotate"),
        (Bag, "text", 5, "annotate"),
        (Bag, "text", "\ud800", "annotate"),
        (Bag, "names", ("a", "b"), "annotate"),
        (Bag, "counts", defaultdict(int, a=1), "annotate"),
        (Bag, "counts", {1: 1}, "annotate"),
        (Bag, "day", datetime(2024, 1, 1, 12), "annotate"),
        (Bag, "anything", (1, 2), "annotate"),
        (Bag, "anything", {1: 2}, "annotate"),
        (Bag, "anything", {1}, "annotate"),
        (Bag, "anything", Point(1, 2), "annotate"),
        (Bag, "anything", Decimal("1.5"), "annotate"),
        (Bag, "anything", Color.RED, "annotate"),
        (Bag, "anything", SecretStr("a"), "get_secret_value"),
        (Bag, "anything", timedelta(1), "annotate"),
        (Bag, "anything", object(), "annotate"),
        (Bag, "nickname", "x", "not a field"),
        (Open, "added", Decimal(1), "not a field"),
    ],
)
def test_what_would_not_come_back_is_refused(
    stored: Database, model: Any, name: str, value: object, cure: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(
        SaveError, match=rf"{model.__name__} 1 holds what cannot be saved: {name}\."
    ) as caught:
        trip(model, put(name, value))
    assert isinstance(caught.value.__cause__, RecordError)
    assert f"{model.__name__}.{name}" in str(caught.value.__cause__)
    assert cure in str(caught.value.__cause__)
    assert cure in caplog.text
    assert "hunter2" not in caplog.text
    stored.prepare(metadata)
    with stored.reading() as session:
        assert session.execute(select(documents)).all() == []


def test_a_model_that_cannot_even_come_back_as_new_is_refused_where_it_is_opened() -> None:
    class Session(BaseModel):
        token: SecretStr = SecretStr("a")

    with pytest.raises(RecordError, match=r"Session\.token holds SecretStr"):
        persistent(Session, id=1)


async def test_in_a_handler_it_is_refused_and_undone() -> None:
    page = Page()
    bag = page.run(lambda: persistent(Bag, id=1, text="before"))

    def sell() -> None:
        bag.text, bag.number = "after", math.nan

    with pytest.raises(SaveError, match="number"):
        await page.handle(sell)
    assert bag == Bag(text="before")
    await page.handle(lambda: put("number", 2.5)(bag))
    assert persistent(Bag, id=1).number == 2.5


@pytest.mark.parametrize(
    ("model", "name", "value"), [(Secret, "password", SecretStr("b")), (Excluded, "token", "b")]
)
async def test_what_is_never_written_is_noticed_all_the_same(model: Any, name: str, value: object) -> None:
    page = Page()
    record = page.run(lambda: persistent(model, id=1))
    await page.handle(record.save)
    with pytest.raises(SaveError, match=name):  # what would be written has not changed
        await page.handle(lambda: put(name, value)(record))
    assert record == model()


async def test_a_new_record_that_is_saved_as_it_is_is_checked_too() -> None:
    page = Page()
    record = page.run(lambda: persistent(Bag, id=1, number=math.nan))
    await page.handle(lambda: None)  # not saved: nothing is lost
    with pytest.raises(SaveError, match="number"):
        await page.handle(record.save)


async def test_a_content_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page()
    record = page.run(lambda: persistent(Bag, id=1))
    kind, checks = record._record.kind, []
    monkeypatch.setattr(kind, "check", lambda target, dump: checks.append(dump))
    for _ in range(3):
        await page.handle(lambda: None)
    assert checks == []
    await page.handle(lambda: put("number", 1.0)(record))
    assert len(checks) == 1


def test_stored_under_aliases_by_others_it_is_read(stored: Database) -> None:
    save(persistent(Alias, id=1))
    with stored.writing() as session:
        session.execute(documents.update().values(data='{"userName": "other"}'))
    assert persistent(Alias, id=1).name == "other"


def test_private_attributes_and_caches_are_not_stored() -> None:
    class Note(BaseModel):
        text: str = ""
        _seen: int = PrivateAttr(0)

    def change(note: Any) -> None:
        note._seen, note.text = 5, "a"

    assert trip(Note, change)[1] == Note(text="a")
    bag = persistent(Bag, id=2, text="four")
    assert bag.length == 4
    save(bag)


def test_times_are_compared_as_moments() -> None:
    zone = timezone(timedelta(hours=2), "here")
    assert is_same(datetime(2024, 1, 1, tzinfo=zone), datetime(2023, 12, 31, 22, tzinfo=UTC))
    assert not is_same(datetime(2024, 1, 1, tzinfo=zone), datetime(2024, 1, 1))


@pytest.mark.parametrize(("model", "hides"), [(Bag, False), (Alias, False), (Secret, True), (Deep, True)])
def test_models_whose_json_does_not_tell_all(model: Any, hides: bool) -> None:
    from pydantic import TypeAdapter

    assert hides_values(TypeAdapter(model).core_schema) is hides


class Base(DeclarativeBase):
    pass


class Offer(Base):
    __tablename__ = "offers"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[float | None] = mapped_column(Float)
    tags: Mapped[Any] = mapped_column(JSON, default=list)


def test_a_row_with_nan_can_be_changed(stored: Database) -> None:
    Base.metadata.create_all(stored.engine)
    if not stored.is_sqlite:
        save(persistent(Offer, id=1, price=math.nan))
    else:  # SQLite has no NaN in columns of numbers, but in JSON
        save(persistent(Offer, id=1, tags=[math.nan]))
    offer = persistent(Offer, id=1)
    offer.price = 5.0
    save(offer)
    assert persistent(Offer, id=1).price == 5.0


async def test_a_row_holds_what_its_columns_hold(stored: Database) -> None:
    Base.metadata.create_all(stored.engine)
    offer = persistent(Offer, id=1, tags=("a", "b"))
    await save(offer)
    assert offer.tags == persistent(Offer, id=1).tags == ["a", "b"]
