"""Where are uploaded files kept? Under the hash of their content, so the same file is kept once. Never reads one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from triage.errors import Refused

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in. content_hash: sha256 hex; size: bytes; path: where it is kept."""

    content_hash: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Uploads:
    """The directory of uploads. most_bytes: largest file that is kept."""

    directory: Path
    most_bytes: int

    def path(self, content_hash: str) -> Path:
        """Return where the upload with that hash is kept."""
        return self.directory / content_hash

    def keep(self, blocks: Iterable[bytes]) -> Upload:
        """Write a file block by block and return it. Raises Refused for an empty or too large one."""
        self.directory.mkdir(parents=True, exist_ok=True)
        part = self.directory / f"{secrets.token_hex(8)}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("wb") as out:
                for block in blocks:
                    size += len(block)
                    if size > self.most_bytes:
                        raise Refused(f"文件超过 {self.most_bytes // _MIB} MiB，请拆成几个文件再上传", "file")
                    digest.update(block)
                    out.write(block)
            if size == 0:
                raise Refused("文件是空的，请检查后重新上传", "file")
            kept = self.path(digest.hexdigest())
            part.replace(kept)
        finally:
            part.unlink(missing_ok=True)
        return Upload(digest.hexdigest(), size, kept)
