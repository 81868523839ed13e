"""Buildings for the tests of this room."""

from tests.support.fixtures import building, house

__all__ = ["building", "house"]
