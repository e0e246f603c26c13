"""How is a page rendered? Every value is escaped; the language comes from the address or a cookie, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.highlight import stretches
from api.pages.texts import Language, name, speaker

_COOKIE = "suyin_language"
_YEAR_S = 365 * 24 * 3600


def _local(time: datetime) -> str:
    return time.astimezone().strftime("%Y-%m-%d %H:%M")


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["local"] = _local
_environment.globals["stretches"] = stretches


def language_of(request: Request) -> Language:
    """Return the language that the reader wants."""
    wanted = request.query_params.get("lang") or request.cookies.get(_COOKIE)
    return "en" if wanted == "en" else "zh"


def page(request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Return a rendered page. template: file under templates/."""
    language = language_of(request)
    say = speaker(language)
    other = "en" if language == "zh" else "zh"
    html = _environment.get_template(template).render(
        **values,
        say=say,
        name=partial(name, say),
        language="zh-CN" if language == "zh" else "en",
        other_address=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
        root=_root(request),
    )
    response = HTMLResponse(html, status)
    if "lang" in request.query_params:
        response.set_cookie(_COOKIE, language, max_age=_YEAR_S, httponly=True, samesite="lax")
    return response


def problem_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """Return a page that says what went wrong."""
    return page(request, "problem.html", {"title": title, "detail": detail}, status=status)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))
