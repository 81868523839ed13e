"""The files of the checkpoints, and the key: whoever tampers with them is found, too."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.audit.checkpoint_signing import CheckpointRefused
from shared.audit.checkpoints import read_history
from shared.audit.signing import NoKey, PublicKey, SigningKey, keyring
from tests.verify.conftest import Kept
from tests.verify.generating import case_of, chain

CASES = [case_of(number) for number in range(3)]


def add_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def turn_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def count_one_more(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"streams":3', b'"streams":4'))


@pytest.mark.parametrize(
    ("file", "harm", "trouble"),
    [
        ("000002.checkpoint", count_one_more, "checkpoint 2: its signature does not fit"),
        ("000002.checkpoint", add_byte, "checkpoint 2: its file is none of a checkpoint"),
        ("000002.checkpoint", Path.unlink, "checkpoint 2: .*000002.checkpoint is missing"),
        ("000001.checkpoint", Path.unlink, "checkpoint 1: .*000001.checkpoint is missing"),
        ("000002.heads", turn_bit, "checkpoint 2: its list of heads was changed"),
        ("000002.heads", Path.unlink, "checkpoint 2: .*000002.heads is missing"),
    ],
)
def test_a_checkpoint_that_was_tampered_with_is_named_and_nothing_is_signed_after_it(
    kept: Kept, file: str, harm: Callable[[Path], None], trouble: str
) -> None:
    kept.checkpoint()
    kept.record(chain(CASES[1], 7)[6])
    kept.checkpoint()
    kept.checkpoint()
    harm(kept.folder / file)

    history = kept.history()
    assert len(history.checkpoints) == int(trouble[11]) - 1
    assert re.match(trouble, history.trouble)
    with pytest.raises(CheckpointRefused, match=trouble):
        kept.checkpoint()


def test_a_checkpoint_of_another_time_does_not_follow(kept: Kept) -> None:
    kept.checkpoint()
    kept.checkpoint()
    for ending in ("checkpoint", "heads"):
        (kept.folder / f"000001.{ending}").replace(kept.folder / f"000002.{ending}")
        (kept.folder / f"000001.{ending}").write_bytes((kept.folder / f"000002.{ending}").read_bytes())

    assert kept.history().trouble == "checkpoint 2: it does not follow the one before it"


def test_checkpoints_made_anew_with_another_key_do_not_pass_for_the_ones_of_the_key_that_was_kept(
    kept: Kept, tmp_path: Path
) -> None:
    kept.checkpoint()
    mine = keyring(kept.folder.glob("*.pem"))
    for file in kept.folder.iterdir():
        file.unlink()
    kept.rewrite(CASES[0], 1)
    kept.key = SigningKey.of(tmp_path / "another.pem")
    kept.checkpoint()

    assert kept.verdict().sound
    other = kept.key.public.id
    assert read_history(kept.folder, mine).trouble == (
        f"checkpoint 1: signed with key {other}, which is not among those trusted"
    )


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = SigningKey.of(tmp_path / "in" / "key.pem")

    assert (tmp_path / "in" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert SigningKey.of(tmp_path / "in" / "key.pem").public.id == made.public.id
    assert PublicKey.read(made.public.write(tmp_path)).signed(b"text", made.sign(b"text"))


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")

    with pytest.raises(NoKey, match="holds no private key"):
        SigningKey.of(tmp_path / "key.pem")
    with pytest.raises(NoKey, match="holds no public key"):
        PublicKey.read(tmp_path / "key.pem")
