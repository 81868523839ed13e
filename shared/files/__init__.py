"""Attached files: which are accepted, where they are kept, who may name them, small pictures of them."""

from shared.files.acceptance import Acceptance, FileRefused, UnknownKind
from shared.files.kinds import INLINE, UNKNOWN, Group, group_of, kind_of
from shared.files.ledger import Use
from shared.files.names import clean_name, disposition
from shared.files.previews import Previews, Size
from shared.files.storage import MIB, Files, megabytes

__all__ = [
    "INLINE",
    "MIB",
    "UNKNOWN",
    "Acceptance",
    "FileRefused",
    "Files",
    "Group",
    "Previews",
    "Size",
    "UnknownKind",
    "Use",
    "clean_name",
    "disposition",
    "group_of",
    "kind_of",
    "megabytes",
]
