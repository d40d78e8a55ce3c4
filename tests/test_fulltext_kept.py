"""Which text of a paper is kept, as which version, and what is said where it is not the one."""

from pathlib import Path

import pytest

from embeddings.errors import InputError
from search_api.fulltexts.meant import of_file
from tests.test_fulltext import PAPER


@pytest.fixture
def archive(example, copy_of, open_archive):
    return open_archive(copy_of(example))


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
