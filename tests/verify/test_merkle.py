"""The Merkle tree is that of RFC 9162, and its proofs prove."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit.merkle import Tree, root_of

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The vectors that certificate transparency is tested with: the roots of the first 0 to 8 leaves."""

leaves = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_that_of_certificate_transparency(size: int) -> None:
    assert Tree(LEAVES[:size]).root.hex() == ROOTS[size]


@given(leaves, st.data())
def test_every_leaf_is_proved_by_its_path(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = Tree(leaves)

    assert root_of(leaves[index], index, len(leaves), tree.path(index)) == tree.root


@given(leaves, st.data())
def test_another_leaf_is_not_proved(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = Tree(leaves)

    assert root_of(leaves[index] + b"\x00", index, len(leaves), tree.path(index)) != tree.root


@given(st.integers(2, 70), st.data())
def test_a_leaf_is_not_proved_in_another_place(size: int, data: st.DataObject) -> None:
    tree = Tree(str(number).encode() for number in range(size))
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))

    assert not proves(tree, index, other)


def proves(tree: Tree, index: int, other: int) -> bool:
    """Whether a leaf passes for the one in another place."""
    try:
        return root_of(str(index).encode(), other, tree.size, tree.path(index)) == tree.root
    except ValueError:
        return False


@given(leaves, st.data())
def test_any_change_of_the_leaves_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.binary(max_size=4), max_size=70))

    assert (Tree(others).root == Tree(leaves).root) == (others == leaves)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_of_a_leaf_that_is_none(index: int) -> None:
    tree = Tree([b"a", b"b", b"c"])

    with pytest.raises(IndexError):
        tree.path(index)
    with pytest.raises(ValueError, match=f"leaf {index} of 3"):
        root_of(b"a", index, 3, tree.path(0))


def test_a_path_is_as_long_as_the_way() -> None:
    tree = Tree([b"a", b"b", b"c"])

    with pytest.raises(ValueError, match="too short"):
        root_of(b"a", 0, 3, tree.path(0)[:1])
    with pytest.raises(ValueError, match="too long"):
        root_of(b"c", 2, 3, tree.path(0))
