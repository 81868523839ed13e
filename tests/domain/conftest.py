"""What every department's stories share: readable differences when a story ends otherwise."""

import pytest

pytest.register_assert_rewrite("tests.domain.story")
