"""Signed tokens that say who somebody is, and until when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt

from shared.clock import Clock
from shared.http.problems import Problem

ISSUER = "redress"
ALGORITHM = "HS256"
MOST_SEEN = 10_000
"""Verified tokens that are remembered, so that each is verified once."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads the tokens of one secret; ``clock`` decides what has expired."""

    secret: str = field(repr=False)
    clock: Clock
    lifetime: timedelta
    seen: dict[str, tuple[str, int]] = field(default_factory=dict, repr=False)

    def issue(self, person: str) -> tuple[str, datetime]:
        """A token for a person, and when it expires (aware UTC)."""
        now = self.clock.now()
        expires = now + self.lifetime
        claims = {"iss": ISSUER, "sub": person, "iat": int(now.timestamp()), "exp": int(expires.timestamp())}
        return jwt.encode(claims, self.secret, ALGORITHM), expires

    def read(self, token: str) -> str:
        """The person a token was issued to. Raises Problem 401: bad or expired."""
        person, expires = self.seen.get(token) or self.verified(token)
        if expires <= self.clock.now().timestamp():
            self.seen.pop(token, None)
            raise unauthenticated("expired-token")
        return person

    def verified(self, token: str) -> tuple[str, int]:
        """The person and the end (seconds since 1970) that a token's signature vouches for; remembered."""
        try:
            claims = jwt.decode(
                token,
                self.secret,
                [ALGORITHM],
                issuer=ISSUER,
                options={"verify_exp": False, "verify_iat": False, "require": ["exp", "sub"]},
            )
        except jwt.InvalidTokenError:
            raise unauthenticated("bad-token") from None
        if not isinstance(claims["exp"], int):
            raise unauthenticated("bad-token")
        if len(self.seen) >= MOST_SEEN:
            self.seen.clear()
        self.seen[token] = claims["sub"], claims["exp"]
        return self.seen[token]


def unauthenticated(code: str) -> Problem:
    """401 with the challenge that RFC 6750 asks for."""
    challenge = "Bearer" if code == "login-required" else f'Bearer error="invalid_token", error_description="{code}"'
    return Problem(401, f"problem.{code}", headers={"www-authenticate": challenge})
