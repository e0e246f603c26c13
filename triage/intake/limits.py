"""How is a text file opened so that it can neither fill the memory nor stop at a bad byte?

Bytes that do not belong to the encoding become lone surrogates, which `build` turns into a Reject of their row.
Never decides what a text means.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.intake.caps import Caps
from triage.intake.errors import NotAFileError, TooLargeError


@contextmanager
def open_text(path: Path, encoding: str, caps: Caps) -> Iterator[io.TextIOBase]:
    """Open a text file for reading as it stands, line ends included.

    Raises TooLargeError where the file has more bytes than caps.unpacked, NotAFileError where it is gone by now.
    """
    try:
        size = path.stat().st_size
        if size > caps.unpacked:
            raise TooLargeError(str(path), f"有 {size} 字节，上限是 {caps.unpacked}", "请分成几个文件导入")
        file = path.open(encoding=encoding, errors="surrogateescape", newline="")
    except OSError as problem:
        raise NotAFileError(str(path), f"打不开（{problem.strerror or problem}）", "请核对路径和读权限") from problem
    with file:
        yield file
