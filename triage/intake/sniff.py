"""What kind of file is this, and in which encoding? Decided by the content first, then by the suffix.

Never reads more than the beginning of a file.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Literal

from triage.intake.errors import EmptyFileError, NotAFileError, UnknownFormatError

Kind = Literal["xml", "xlsx", "csv", "json"]
_BEGINNING = 1 << 20
_JSON = re.compile(r"\{|\[\s*[\[{\]]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def beginning(path: Path) -> bytes:
    """Return the first bytes of a file (at most 1 MiB). Raises NotAFileError, EmptyFileError."""
    try:
        with path.open("rb") as file:
            data = file.read(_BEGINNING)
    except IsADirectoryError as problem:
        raise NotAFileError(str(path), "这是一个目录", "请指定其中的文件") from problem
    except OSError as problem:
        raise NotAFileError(str(path), f"打不开（{problem.strerror or problem}）", "请核对路径和读权限") from problem
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise EmptyFileError(str(path), "文件是空的", "请从来源系统重新导出")
    return data


def encoding_of(data: bytes) -> str:
    """Return the Python codec of a text file's beginning: UTF-8, UTF-16 with a mark, or GB18030.

    A few broken bytes do not turn UTF-8 into GB18030: the codec that leaves fewer unreadable places wins.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    body = data if len(data) < _BEGINNING else data[: data.rfind(b"\n") + 1] or data[:-4]
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030" if _unreadable(body, "gb18030") < _unreadable(body, "utf-8") else "utf-8"
    return "utf-8"


def _unreadable(data: bytes, codec: str) -> int:
    return data.decode(codec, errors="replace").count("\ufffd")


def kind_of(path: Path, data: bytes) -> Kind:
    """Return which reader a file needs.

    data: its beginning. Raises UnknownFormatError for what no reader takes.
    """
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnknownFormatError(str(path), "这是旧式 .xls 或加了密码的表格", "请另存为不加密码的 .xlsx")
    encoding = encoding_of(data)
    text = data.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if "\x00" in text[:4096] and encoding != "utf-16" and "," not in text[:4096]:
        raise UnknownFormatError(str(path), "这不是文本，也不是表格", "请用 XML、XLSX、CSV 或 JSON")
    if text.startswith("<"):
        return _markup(path, text)
    if _JSON.match(text) or (text.startswith("[") and path.suffix.lower() == ".json"):
        return "json"
    return "csv"


def _markup(path: Path, text: str) -> Kind:
    head = text[:2048].lower()
    if "<html" in head or "<table" in head:
        raise UnknownFormatError(str(path), "这是网页表格（HTML），不是工单文件", "请在表格软件里另存为 .xlsx")
    return "xml"
