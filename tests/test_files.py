"""From paths to text: what is read, what is refused and why, and what a name tells."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.errors import UnreadableFile
from indexer.files import SourceFile, decode, discover, read_bytes, sha256
from tests.conftest import NO_RIGHTS

CHINESE = (
    "## 大语言模型的推理\n\nsummary:本文研究让模型一步一步推理的方法，并在多个数据集上评测。\n" * 20
)


def text_of(tmp_path, data):
    return decode(tmp_path / "page.md", data).text


# Which files


def names(*paths):
    return [file.name for file in discover(paths)]


@pytest.fixture
def folder(tmp_path):
    for name in ("b.md", "a.txt", "sub/c.HTML", "sub/deep/d.json", "第一页.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    for name in ("image.png", "a.py", ".hidden.md", ".git/e.md", "sub/no-suffix"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.md").mkdir()
    return tmp_path


def test_a_folder_gives_its_pages_in_a_fixed_order_and_nothing_hidden(folder):
    assert names(folder) == ["a.txt", "b.md", "sub/c.HTML", "sub/deep/d.json", "第一页.md"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(folder):
    assert names(folder / "a.py", folder / ".hidden.md") == ["a.py", ".hidden.md"]


def test_a_file_given_twice_is_read_once(folder):
    assert names(folder / "b.md", folder, folder / "sub" / ".." / "b.md").count("b.md") == 1


def test_a_hidden_folder_can_be_given(folder):
    assert names(folder / ".git") == ["e.md"]


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(UnreadableFile, match="nothing: no such file or folder"):
        list(discover([tmp_path / "nothing"]))


def test_a_broken_link_in_a_folder_is_no_page(folder):
    (folder / "broken.md").symlink_to(folder / "gone.md")
    assert "broken.md" not in names(folder)


def test_what_links_lead_to_is_read_once_and_under_its_own_name_first(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "x.md").write_text("x")
    (other / "back").symlink_to(folder)
    (folder / "a-link").symlink_to(folder / "sub")
    (folder / "linked").symlink_to(other)
    (folder / "sub" / "loop").symlink_to("..")
    (folder / ".hidden-link").symlink_to(other)
    own = ["a.txt", "b.md", "linked/x.md", "sub/c.HTML", "sub/deep/d.json", "第一页.md"]
    assert names(folder) == own


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100])
def test_a_folder_that_cannot_be_looked_into_is_told(folder, mode):
    (folder / "sub").chmod(mode)
    code = (
        "import sys; from pathlib import Path; from indexer.files import *\n"
        "print([file.name for file in discover([Path(sys.argv[1])], print)])"
    )
    run = [*NO_RIGHTS, sys.executable, "-c", code, folder]
    try:
        said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        refused = subprocess.run(
            [*run[:-1], folder / "sub" / "deep"], capture_output=True, text=True
        )
    finally:
        (folder / "sub").chmod(0o700)
    if mode == 0o400:  # its files are seen, and cannot be read
        assert f"{folder}/sub/deep: cannot be looked into (Permission denied)" in said
        assert "sub/c.HTML" in said
    else:
        assert f"{folder}/sub: cannot be looked into (Permission denied)" in said
    if mode != 0o100:
        assert "deep: cannot be looked at (Permission denied)" in refused.stderr


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    code = (
        "import sys; from pathlib import Path; from indexer.files import *\n"
        "[read_bytes(file.path) for file in discover([Path(sys.argv[1])])]"
    )
    run = [sys.executable, "-c", code, tmp_path / "pipe.md"]
    try:
        done = subprocess.run(run, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        pytest.fail("it waits for the pipe")
    assert "UnreadableFile" in done.stderr


# What is in them


def test_content_is_what_was_written(tmp_path):
    path = tmp_path / "页.md"
    path.write_bytes(b"abc")
    assert read_bytes(path) == b"abc"
    assert sha256(b"abc").startswith("ba7816bf")


def test_a_huge_file_is_refused_without_being_read(tmp_path):
    huge = tmp_path / "huge.md"
    with huge.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(UnreadableFile, match=r"huge\.md: is 200 MB.*limit of 64 MB.*MAX_FILE_MB"):
        read_bytes(huge)


def test_the_limit_is_inclusive(tmp_path):
    path = tmp_path / "page.md"
    path.write_bytes(b"x" * 100)
    assert len(read_bytes(path, 100)) == 100
    with pytest.raises(UnreadableFile):
        read_bytes(path, 99)


def test_a_file_that_vanished_or_is_a_folder(tmp_path):
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_bytes(tmp_path / "gone.md")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_bytes(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_that_are_recognised(tmp_path, encoding):
    assert text_of(tmp_path, CHINESE.encode(encoding)) == CHINESE


def test_big5(tmp_path):
    traditional = "這篇論文研究語言模型的推理能力，並且在許多資料集上進行評測。\n" * 20
    assert text_of(tmp_path, traditional.encode("big5")) == traditional


def test_newlines_become_line_feeds(tmp_path):
    assert text_of(tmp_path, b"a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n"])
def test_nothing_is_empty(tmp_path, data):
    with pytest.raises(UnreadableFile, match="is empty"):
        text_of(tmp_path, data)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"%PDF-1.7\n\0\xff" * 50])
def test_binary_is_named(tmp_path, data):
    with pytest.raises(UnreadableFile, match="binary"):
        text_of(tmp_path, data)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_page_cut_within_a_character_is_read_up_to_there(tmp_path, cut):
    # Any single-byte encoding would "fit", and turn every Chinese character into rubbish.
    whole = CHINESE.rstrip("\n。")
    page = decode(tmp_path / "page.md", whole.encode()[:-cut])
    assert page.text.rstrip("\ufffd") == whole[:-1]
    assert page.broken == {len(page.lines)}


def test_one_broken_byte_spoils_its_line_alone(tmp_path):
    data = bytearray(CHINESE.encode())
    data[len(data) // 2] = 0xFF
    page = decode(tmp_path / "page.md", bytes(data))
    different = [
        number
        for number, (line, own) in enumerate(zip(page.lines, CHINESE.split("\n"), strict=True), 1)
        if line != own
    ]
    assert list(page.broken) == different
    assert len(different) == 1
    assert "\ufffd" in page.lines[different[0] - 1]


def test_a_page_that_prints_a_replacement_character_is_whole(tmp_path):
    assert decode(tmp_path / "page.md", "好\ufffd的".encode()).broken == frozenset()


def test_text_in_no_encoding_is_refused(tmp_path):
    data = CHINESE.encode().replace("语".encode(), b"\xff").replace("言".encode(), b"\x81")
    with pytest.raises(UnreadableFile, match=r"no known text encoding \(byte \d+ is not UTF-8\)"):
        text_of(tmp_path, data.replace("模".encode(), b"\xfe\xff").replace("型".encode(), b"\xff"))


@pytest.mark.parametrize(
    "chinese", ["我们提出一个方法。", "方法", "Ω 方法", "runs fast (视频生成)."]
)
def test_a_short_page_in_gbk(tmp_path, chinese):
    text = f"# Papers\n\nWe propose a thing for long videos that works well. {chinese}\n"
    assert text_of(tmp_path, text.encode("gbk")) == text


@pytest.mark.parametrize("words", ["it’s good – “very” good", "naïve Poincaré", "Müller, café"])
def test_a_short_page_in_windows_encoding(tmp_path, words):
    text = (
        f"# Papers\n\nWe propose a thing for long videos that works well: {words} and so on.\n" * 5
    )
    assert text_of(tmp_path, text.encode("cp1252")) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data):
    try:
        page = decode(Path("page.md"), data)
    except UnreadableFile:
        return
    assert "\r" not in page.text


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\0" not in text))
def test_any_utf8_text_is_kept(text):
    data = text.encode()
    if data.strip() and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        kept = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        assert decode(Path("page.md"), data).text == kept


# What a name tells


@pytest.mark.parametrize(
    ("path", "source", "date"),
    [
        ("x/topic-tables_2025-09-29.md", "topic-tables", "2025-09-29"),
        ("x/arxiv-by-category_undated.md", "arxiv-by-category", None),
        ("my-digest/2025-09-29.md", "my-digest", "2025-09-29"),
        ("my-digest/README.md", "my-digest", None),
        ("my-digest/20250929.txt", "my-digest", "2025-09-29"),
        ("x/论文日报_2025.09.29.md", "论文日报", "2025-09-29"),
        ("x/daily_2025_09_29_v2.md", None, "2025-09-29"),
        ("my-digest/2025-9-3.md", "my-digest", "2025-09-03"),
        ("my-digest/2025年9月29日.md", "my-digest", "2025-09-29"),
        ("my-digest/2025/09/29.md", "my-digest", "2025-09-29"),
        ("my-digest/2025/0929.md", "my-digest", "2025-09-29"),
        ("my-digest/2025-09/29.md", "my-digest", "2025-09-29"),
        ("my-digest/2025-09/2025-09-29.md", "my-digest", "2025-09-29"),
        ("my-digest/2025-09-29/README.md", "my-digest", "2025-09-29"),
        ("my-digest/2025-09-29/cs.CV.md", "cs.CV", "2025-09-29"),
        ("my-digest/2025/topic-tables.md", "topic-tables", None),
        ("backup-2025-09-29/notes.md", "notes", None),
        ("my-digest/2010.1012.md", "my-digest", None),
        ("my-digest/2012.01234v2.md", "2012.01234v2", None),
        ("my-digest/2025-09-29.md.gz", "my-digest", "2025-09-29"),
        ("x/build-20251399.md", "build-20251399", None),
        ("x/page-2025-02-30.md", None, None),
        ("x/id-120250929123.md", "id-120250929123", None),
    ],
)
def test_source_and_date(tmp_path, path, source, date):
    file = SourceFile(tmp_path / path, "name")
    assert file.date() == date
    if source is not None:
        assert file.source() == source


def test_a_name_that_says_nothing_anywhere_still_has_a_source():
    assert SourceFile(Path("/2025-09-29.md"), "2025-09-29.md").source() == "2025-09-29"
