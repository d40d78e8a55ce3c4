"""Which text of a paper is kept, as which version, and what is said where it is not the one."""

from pathlib import Path

import pytest

from embeddings.errors import InputError, UnreadableFile
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.fulltexts.adding import add
from search_api.fulltexts.listing import listing, remove
from search_api.fulltexts.meant import of_file
from tests.printed import Print
from tests.test_fulltext import PAPER, TITLE
from tests.test_fulltext_extract import FILLER, latexml

OTHER = "2010.11929"


@pytest.fixture
def archive(example, copy_of, open_archive):
    return open_archive(copy_of(example))


@pytest.fixture
def printed(tmp_path):
    """Makes a PDF of the paper under a name."""

    def make(name, fact="It is so.", **given):
        path = tmp_path / name
        made = Print(TITLE, **given).heading("1 Introduction").text(FILLER.format(n=2))
        path.write_bytes(bytes(made.text(FILLER.format(n=3)).text(fact)))
        return path

    return make


def added(archive, path, *given, **named):
    (one,) = add(archive, [path], *given, **named)
    return one


def counts(archive):
    """What is kept: by version, whether it counts."""
    return {each.source.version: each.used for each in listing(archive)}


@pytest.mark.parametrize(
    ("name", "version"),
    [(PAPER, None), (f"{PAPER}v5", 5), (f"{PAPER}V5", 5), (f"arXiv:{PAPER}v5", 5)],
)
def test_a_file_is_of_the_paper_that_its_name_is(archive, name, version):
    paper, found = of_file(archive, Path(f"{name}.pdf"), None)
    assert (paper.paper_id, found) == (PAPER, version)


@pytest.mark.parametrize("name", ["hep-th_9901001", "math.GT_0309136v2"])
def test_an_old_id_has_a_line_for_its_slash(archive, name):
    with pytest.raises(InputError, match=r"archive fetch --ids [a-z-]+/"):
        of_file(archive, Path(f"{name}.pdf"), None)


@pytest.mark.parametrize(
    "rest", ["_supplement", "_reviews", "#old", "?x", "v2_2301.00002v1", "v5_2", "_v5", " [cs.CL]"]
)
def test_a_name_that_says_more_than_an_id_is_none(archive, rest):
    with pytest.raises(InputError, match="no arXiv id; say which paper"):
        of_file(archive, Path(f"{PAPER}{rest}.pdf"), None)
    paper, version = of_file(archive, Path(f"{PAPER}{rest}.pdf"), f"{PAPER}v3")
    assert (paper.paper_id, version) == (PAPER, 3)


def test_what_replaces_a_kept_text_says_so(archive, printed):
    assert added(archive, printed("paper.pdf"), PAPER).warning is None
    other = added(archive, printed("supplement.pdf", "More."), PAPER)
    assert other.warning == "replaces the text of paper.pdf"
    assert added(archive, printed("supplement.pdf", "More."), PAPER).warning is None
    assert archive.paper(PAPER).fulltext.source.origin == "supplement.pdf"


def test_a_text_of_unknown_version_says_why_it_is_not_used(archive, printed, archive_command):
    added(archive, printed(f"{PAPER}v1.pdf"))
    later = printed("camera-ready.pdf", "The published version.")
    one = added(archive, later, PAPER)
    assert (one.passages, one.instead.version) == (0, 1)
    added(archive, printed(f"{PAPER}v3.pdf", "The third."))
    older = printed(f"{PAPER}v2.pdf", "The second.")
    archive.close()
    home = archive.home
    for _ in ("added", "here"):
        said = archive_command("fulltext", "add", later, "--paper", PAPER, home=home).stdout
        assert "not used: v3 is kept, and a file of unknown version counts as older" in said
        assert f"`archive fulltext remove {PAPER}v3`" in said
        assert f"--paper {PAPER}vN" in said
    said = archive_command("fulltext", "add", older, home=home).stdout
    assert "added, not used: v3 is kept, which is newer" in said


def test_a_kept_file_whose_version_is_named_later_is_kept_as_that_version(archive, printed):
    added(archive, printed(f"{PAPER}v1.pdf"))
    later = printed("camera-ready.pdf", "The published version.")
    assert added(archive, later, PAPER).passages == 0
    one = added(archive, later, f"{PAPER}v2")
    assert (one.known, one.source.version, one.passages > 0) == (False, 2, True)
    assert counts(archive) == {1: False, 2: True}
    assert added(archive, later, f"{PAPER}v2").known
    assert added(archive, later, PAPER).known
    remove(archive, [PAPER])
    assert counts(archive) == {}
    assert all(state.layout != "fulltext" for state in archive.catalogue.files())


def test_a_stamp_of_another_version_than_the_name_is_told(archive, printed):
    stamp = f"arXiv:{PAPER}v2 [cs.CL] 2 Aug 2024"
    one = added(archive, printed(f"{PAPER}v5.pdf", stamp=stamp))
    assert (one.source.version, one.warning) == (5, "is v2 by arXiv's stamp, kept as v5")
    assert added(archive, printed("paper.pdf", "Else.", stamp=stamp), PAPER).warning is None
    assert counts(archive) == {2: False, 5: True}


def test_the_text_of_a_paper_that_was_merged_goes_by_either_id(archive, printed):
    path = printed("paper.pdf")
    added(archive, path, OTHER, force=True)
    archive.merge([OTHER, PAPER], PAPER)
    assert archive.paper(OTHER).paper_id == PAPER
    assert [each.used for each in listing(archive)] == [True]
    again = added(archive, path, PAPER)
    assert again.known
    assert len(listing(archive)) == 1
    assert len(remove(archive, [PAPER]).files) == 1
    assert archive.paper(PAPER).fulltext is None
    added(archive, path, PAPER)
    assert len(remove(archive, [OTHER]).files) == 1


def test_a_text_that_is_too_large_to_be_read_again_leaves_nothing(example, copy_of, tmp_path):
    # Chinese takes three bytes a character where it is kept, and two in the page.
    page = latexml().replace(b"A Made-Up Study of Tides", TITLE.encode()).decode()
    page = page.replace("arXiv:2401.00001v2", "").replace("<head>", "<head><meta charset=gb18030>")
    page = page.replace("We measure tides.", "我们用浮标测量潮汐。" * 40_000)
    path = tmp_path / f"{PAPER}v1.html"
    path.write_bytes(page.encode("gb18030"))
    assert path.stat().st_size < 2**20
    home = copy_of(example)
    with Archive(Settings(home=home, max_file_mb=1)) as archive:
        before = archive.catalogue.files()
        with pytest.raises(UnreadableFile, match="raise ARCHIVE_MAX_FILE_MB"):
            added(archive, path)
        assert listing(archive) == []
        assert archive.catalogue.files() == before
        assert not list(home.glob("fulltext/*"))
