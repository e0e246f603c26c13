"""What does a backup hold, and can it be trusted? Never reads a database."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from triage.documents import encode
from triage.store.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
_BLOCK = 1 << 20  # bytes read at a time
_MEMBER = re.compile(r"tables/[a-z_]+\.jsonl|(uploads|rules)/[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """schema: revision of the tables. made_at: ISO 8601, UTC. rows: by table. sha256: by name of the member."""

    format: int
    schema: str
    made_at: str
    rows: Mapping[str, int]
    sha256: Mapping[str, str]


def is_member(name: str) -> bool:
    """Return whether a backup may hold a file of this name."""
    return _MEMBER.fullmatch(name) is not None


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Put the manifest into a backup, as its last member."""
    archive.writestr(MANIFEST, encode(asdict(manifest)))


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Return what a backup holds, after every member was compared with its checksum. Raises BackupError."""
    name = archive.filename
    try:
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    except (KeyError, ValueError, TypeError) as error:
        raise BackupError(f"{name} is not a backup of Suyin: its manifest cannot be read") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{name} has format {manifest.format}, this program reads format {FORMAT}; update it")
    if sorted(archive.namelist()) != sorted([MANIFEST, *manifest.sha256]):
        raise BackupError(f"{name} holds other files than its manifest says; take another backup")
    for member, expected in manifest.sha256.items():
        _check(archive, member, expected)
    return manifest


def _check(archive: zipfile.ZipFile, member: str, expected: str) -> None:
    if not is_member(member):
        raise BackupError(f"{archive.filename} holds {member!r}, which no backup holds; take another backup")
    try:
        digest = hashlib.sha256()
        with archive.open(member) as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    except zipfile.BadZipFile as error:
        raise BackupError(f"{archive.filename} is damaged at {member}; take another backup") from error
    if digest.hexdigest() != expected:
        raise BackupError(f"{archive.filename} is damaged: {member} has another checksum; take another backup")
