"""How many requests may wait for their answer at once; who comes above that is sent away before he is listened to."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.language import Words
from shared.http.problems import Problem, problem_response

RETRY_AFTER = "1"
ALWAYS = ("/health/", "/metrics")
"""Whoever asks how the service is gets his answer: a busy one is not a dead one."""


class Crowded:
    """Answers 503 at once while ``most`` requests are under way; their bodies are not read.

    A request is under way until its answer begins, so a stream that lasts for hours takes no place.
    """

    def __init__(self, app: ASGIApp, most: int, words: Words) -> None:
        self.app = app
        self.most = most
        self.words = words
        self.waiting: set[int] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(ALWAYS):
            await self.app(scope, receive, send)
            return
        if len(self.waiting) >= self.most:
            problem = Problem(503, "problem.busy", headers={"retry-after": RETRY_AFTER})
            await problem_response(Request(scope), problem, self.words)(scope, receive, send)
            return
        place = id(scope)
        self.waiting.add(place)

        async def answering(message: Message) -> None:
            self.waiting.discard(place)
            await send(message)

        try:
            await self.app(scope, receive, answering)
        finally:
            self.waiting.discard(place)
