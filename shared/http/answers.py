"""What a program is answered."""

from typing import Any

import msgspec
from starlette.responses import Response


def told(content: Any, status: int = 200) -> Response:
    """An answer as JSON that nobody keeps."""
    return Response(msgspec.json.encode(content), status, {"cache-control": "no-store"}, media_type="application/json")
