"""Which JSON do captures come in and go out as?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from triage.actors import Actor
from triage.masking import mask_text, mask_values, may_see_numbers
from triage.records import Page
from triage.records_captures import Capture

CAPTURE_EXAMPLE = {"verdict": {"code": "registration.bad_credentials", "responsible": "boss", "sentence": "密码错误"}}


class CaptureOut(BaseModel):
    """One upload of a capture. message: why it was not read, in a sentence. verdict: code of the main finding."""

    id: str
    file: str
    size: int
    uploaded_at: datetime
    expires_at: datetime
    outcome: Literal["waiting", "read", "unreadable", "duplicate", "timed_out"]
    message: str
    duplicate_of: str | None
    verdict: str | None
    job: str | None
    gone: bool

    @classmethod
    def of(cls, capture: Capture, actor: Actor) -> Self:
        """Return the outer form of a capture, as actor may see it."""
        return cls(**_common(capture, actor))


class CaptureDetailOut(CaptureOut):
    """A capture with its diagnosis: the document of `./suyin capture FILE --json`, null until it has been read."""

    diagnosis: dict[str, Any] | None = Field(examples=[CAPTURE_EXAMPLE])

    @classmethod
    def of(cls, capture: Capture, actor: Actor) -> Self:
        """Return the outer form of a capture with its diagnosis; numbers are masked for who may not see them."""
        document = None if capture.document is None else dict(capture.document)
        if not may_see_numbers(actor):
            document = mask_values(document)
        return cls(**_common(capture, actor), diagnosis=document)


class CapturesOut(BaseModel):
    """One page of captures, the newest first."""

    total: int
    page: int
    size: int
    items: list[CaptureOut]

    @classmethod
    def of(cls, captures: tuple[Capture, ...], total: int, page: Page, actor: Actor) -> Self:
        """Return the outer form of captures."""
        items = [CaptureOut.of(capture, actor) for capture in captures]
        return cls(total=total, page=page.number, size=page.size, items=items)


class AttachIn(BaseModel):
    """Which ticket a capture is evidence of."""

    model_config = ConfigDict(extra="forbid")
    ticket_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class SecretIn(BaseModel):
    """A password or HA1 to try; exactly one. call_id: only this registration."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    call_id: Annotated[str, StringConstraints(max_length=500)] | None = None
    password: Annotated[SecretStr, Field(max_length=200)] | None = None
    ha1: Annotated[SecretStr, Field(max_length=128)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.password is None) == (self.ha1 is None):
            raise ValueError("请填写密码或 HA1 其中一个")
        return self


class DigestOut(BaseModel):
    """One signed request. right: whether the secret made its digest; null where that cannot be told."""

    model_config = ConfigDict(from_attributes=True)
    frame: int
    call_id: str
    user: str
    realm: str
    right: bool | None


def _common(capture: Capture, actor: Actor) -> dict[str, Any]:
    file = capture.file if may_see_numbers(actor) else mask_text(capture.file)
    return {
        "id": capture.id, "file": file, "size": capture.size, "uploaded_at": capture.uploaded_at,
        "expires_at": capture.expires_at, "outcome": capture.outcome, "message": capture.message,
        "duplicate_of": capture.duplicate_of, "verdict": capture.verdict, "job": capture.job or None,
        "gone": capture.gone,
    }  # fmt: skip
