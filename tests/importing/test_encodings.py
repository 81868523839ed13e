"""An encoding is named or proved, never guessed: who must choose is shown how the cells would read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.importing.encodings import UnknownEncoding, encoding_of, proves_itself


def read(path: Path, raw: bytes, named: str | None = None) -> str:
    path.write_bytes(raw)
    return raw.decode(encoding_of(path, named))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", ["外壳生锈,甲公司\n", "plain\n"])
def test_a_file_that_proves_its_encoding(tmp_path: Path, encoding: str, text: str) -> None:
    assert read(tmp_path / "sheet.csv", text.encode(encoding)) == text


def test_utf_16_of_the_other_order_with_its_mark(tmp_path: Path) -> None:
    assert read(tmp_path / "sheet.csv", b"\xfe\xff" + "外壳".encode("utf-16-be")) == "外壳"


@pytest.mark.parametrize("text", ["café", "Müller,Köln", "25 °C", "Иванов", "上海 ±5", "naïve,±5,重"])
def test_utf_8_without_a_mark(tmp_path: Path, text: str) -> None:
    assert read(tmp_path / "sheet.csv", text.encode()) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gbk", "外壳生锈,甲公司"),
        ("gb18030", "外壳生锈"),
        ("cp950", "台灣電子股份有限公司,許功蓋"),
        ("big5", "外殼生鏽"),
        ("cp932", "ネジが緩む,表面の傷"),
        ("cp949", "나사가 풀림"),
        ("cp1252", "café,Müller"),
        ("gbk", "1,台\n2,台"),
        ("gbk", "煤"),
        ("utf-16-le", "id,name\n1,Wang\n"),
    ],
)
def test_no_encoding_is_guessed_and_the_right_one_is_shown(tmp_path: Path, encoding: str, text: str) -> None:
    with pytest.raises(UnknownEncoding) as refused:
        read(tmp_path / "sheet.csv", text.encode(encoding))
    cells = text.replace("\n", ",").split(",")
    assert any(cell in str(refused.value) for cell in cells if not cell.isascii() or encoding == "utf-16-le")
    assert read(tmp_path / "sheet.csv", text.encode(encoding), encoding) == text


def test_what_a_file_of_taiwan_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownEncoding) as refused:
        read(tmp_path / "sheet.csv", "ref,customer\n1,台灣電子\n2,許功蓋\n3,螺絲\n4,鬆脫\n".encode("cp950"))
    assert str(refused.value).splitlines()[:2] == [
        "the file does not say in which encoding it is written, and nothing is guessed. Name it in the mapping "
        "(format: {encoding: …}) or by --encoding. It would read:",
        "  cp950: 台灣電子 | 許功蓋 | 螺絲",
    ]


@pytest.mark.parametrize("name", ["rot13", "base64", "zip", "idna", "punycode", "unicode_escape", "utf-7", "ANSI", ""])
def test_only_encodings_of_text_files_can_be_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownEncoding, match="is no encoding of text files"):
        read(tmp_path / "sheet.csv", b"a,b\n", name)


@pytest.mark.parametrize(
    ("mark", "named"), [(b"\xef\xbb\xbf", "cp950"), (b"\xff\xfe", "utf-8"), (b"\xff\xfe", "gb18030")]
)
def test_a_mark_and_a_name_that_differ(tmp_path: Path, mark: bytes, named: str) -> None:
    with pytest.raises(UnknownEncoding, match="the file says itself that it is written in utf-"):
        read(tmp_path / "sheet.csv", mark + b"a\0", named)


@pytest.mark.parametrize(
    ("raw", "named"), [(b"\xef\xbb\xbfa", "utf-8"), ("a".encode("utf-16"), "utf-16-le"), (b"a", "utf-8")]
)
def test_a_mark_that_is_also_named_is_no_letter(tmp_path: Path, raw: bytes, named: str) -> None:
    assert read(tmp_path / "sheet.csv", raw, named) == "a"


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1))
def test_chinese_in_utf_8_proves_itself(text: str) -> None:
    assert proves_itself(text.encode())
