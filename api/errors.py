"""Which status and which problem document does an error become? The only module that knows status codes of errors.

Source: RFC 9457. Every answer that is not a success is `application/problem+json` with a sentence that a person can
act on; it never echoes ids, input or internals. This package raises no errors of its own.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.pages.templates import problem_page
from diagnostics.errors import EvidenceUnreadable
from geo.errors import GeoError
from rules.errors import RulesError
from triage.errors import Conflict, Forbidden, NotFound, NotNow, Refused, SuyinError
from triage.intake.errors import IntakeError

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)

# status → (last part of the problem's type, title)
_KINDS: Mapping[int, tuple[str, str]] = {
    400: ("bad-request", "请求读不懂"),
    403: ("forbidden", "不允许这样访问"),
    404: ("not-found", "没有找到"),
    405: ("method-not-allowed", "这个地址不支持这种操作"),
    409: ("conflict", "与现在的状态冲突"),
    413: ("too-large", "内容太大"),
    415: ("unsupported-media-type", "内容格式不对"),
    422: ("invalid", "内容有误"),
    500: ("internal", "程序内部出错"),
    503: ("unavailable", "暂时无法处理"),
}
_SENTENCES: Mapping[int, str] = {
    400: "请求的内容读不懂，请按接口文档 /api/v1/openapi.json 检查格式。",
    404: "没有这个地址，请对照接口文档 /api/v1/openapi.json 检查。",
    405: "这个地址不支持这种操作，请对照接口文档 /api/v1/openapi.json 检查。",
}
# pydantic's error types → what a person can do; others keep the general sentence
_FIELD_SENTENCES: Mapping[str, str] = {
    "missing": "缺少这一项，请补上",
    "extra_forbidden": "没有这一项，请检查名称",
    "json_invalid": "不是正确的 JSON，请检查引号、逗号和括号",
    "string_too_long": "太长，最多 {max_length} 个字符",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "含有不允许的字符，请按 {pattern} 填写",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "datetime_from_date_parsing": "应是带时区的时间，如 2026-03-01T00:00:00+08:00",
    "datetime_parsing": "应是带时区的时间，如 2026-03-01T00:00:00+08:00",
    "timezone_aware": "应是带时区的时间，如 2026-03-01T00:00:00+08:00",
    "int_parsing": "应是整数",
    "float_parsing": "应是数字",
    "bool_parsing": "应是 true 或 false",
    "too_long": "太多，最多 {max_length} 项",
    "value_error": "{error}",
}


def problem(
    status: int,
    detail: str,
    *,
    path: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> JSONResponse:
    """Return a problem document.

    detail: a sentence that says what to do. errors: one entry for each wrong field. more: members of this problem.
    """
    kind, title = _KINDS.get(status, ("error", HTTPStatus(status).phrase))
    document: dict[str, Any] = {
        "type": f"urn:suyin:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": path,
    }
    if errors:
        document["errors"] = list(errors)
    document |= more or {}
    return JSONResponse(document, status, headers=headers, media_type=MEDIA_TYPE)


def answer(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    """Return the problem as a page where a person looks at pages, as a document everywhere else."""
    path = request.url.path
    if not path.startswith("/api/") and "text/html" in request.headers.get("accept", ""):
        return problem_page(request, status, _KINDS.get(status, ("", HTTPStatus(status).phrase))[1], detail)
    return problem(status, detail, path=path, errors=errors, headers=headers, more=more)


def add_error_handlers(app: FastAPI) -> None:
    """Make app answer every error with a problem document."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(EvidenceUnreadable, _evidence)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(Forbidden, _forbidden)
    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(IntakeError, _unprocessable)
    app.add_exception_handler(GeoError, _unavailable)
    app.add_exception_handler(RulesError, _unavailable)
    app.add_exception_handler(SuyinError, _unavailable)
    app.add_exception_handler(Exception, _broken)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = _SENTENCES.get(error.status_code, str(error.detail))
    return answer(request, error.status_code, sentence, headers=error.headers)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_field_error(found) for found in error.errors()]
    named = "；".join(f"{e['field']}：{e['sentence']}" if e["field"] else e["sentence"] for e in errors[:3])
    return answer(request, 422, f"请改正后重新提交。{named}。", errors=errors)


def _field_error(found: Mapping[str, Any]) -> dict[str, str]:
    context = {key: str(value) for key, value in found.get("ctx", {}).items()}
    template = _FIELD_SENTENCES.get(found["type"], "格式不对，请按接口文档填写")
    field = ".".join(str(part) for part in found["loc"][1:] if isinstance(part, str) or found["type"] != "json_invalid")
    return {"field": _printable(field), "sentence": template.format_map(context)}


def _printable(name: str) -> str:
    """A field name may come from the request: short, and without what cannot be encoded."""
    return name[:80].encode("utf-8", "replace").decode("utf-8")


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    errors = [{"field": error.field, "sentence": str(error)}] if error.field else []
    return answer(request, 422, str(error), errors=errors)


def _evidence(request: Request, error: Exception) -> Response:
    assert isinstance(error, EvidenceUnreadable)
    if error.field == "tree":
        return answer(request, 404, str(error))
    return answer(request, 422, str(error), errors=[{"field": error.field, "sentence": str(error)}])


def _not_found(request: Request, error: Exception) -> Response:
    return answer(request, 404, str(error))


def _forbidden(request: Request, error: Exception) -> Response:
    return answer(request, 403, str(error))


def _conflict(request: Request, error: Exception) -> Response:
    if isinstance(error, NotNow):
        allowed = [{"event": event, "label": label} for event, label in error.allowed.items()]
        return answer(request, 409, str(error), more={"allowed": allowed})
    return answer(request, 409, str(error))


def _unprocessable(request: Request, error: Exception) -> Response:
    return answer(request, 422, str(error))


def _unavailable(request: Request, error: Exception) -> Response:
    _log.error("%s %s: %s", request.method, request.url.path, error)
    return answer(request, 503, f"暂时无法处理：{error}")


def _broken(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(4)
    _log.error("%s %s failed, reference %s", request.method, request.url.path, reference, exc_info=error)
    return answer(request, 500, f"程序内部出错，请把编号 {reference} 告诉管理员。")
