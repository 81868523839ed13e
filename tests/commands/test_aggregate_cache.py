"""The cache: the folders used last, never an older one in the place of a newer."""

from uuid import UUID

from shared.commands.aggregate_cache import AggregateCache, FolderSnapshot

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def test_the_folder_not_used_for_longest_goes_first() -> None:
    cache = AggregateCache(2)
    cache.put(ONE, FolderSnapshot("one", 1))
    cache.put(TWO, FolderSnapshot("two", 1))
    assert cache.get(ONE) == FolderSnapshot("one", 1)
    cache.put(THREE, FolderSnapshot("three", 1))
    assert [cache.get(case) for case in (ONE, TWO, THREE)] == [
        FolderSnapshot("one", 1),
        None,
        FolderSnapshot("three", 1),
    ]


def test_an_older_folder_does_not_take_the_place_of_a_newer() -> None:
    cache = AggregateCache(2)
    cache.put(ONE, FolderSnapshot("new", 2))
    cache.put(ONE, FolderSnapshot("old", 1))
    assert cache.get(ONE) == FolderSnapshot("new", 2)
