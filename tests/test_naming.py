"""Which papers a name in a question means."""

from dataclasses import replace

import pytest

from indexer.paper import OriginText
from search_api.answers.naming import called, meant_by_name
from search_api.answers.question import Question


@pytest.fixture(scope="module")
def papers(example_search):
    catalogue = example_search._catalogue
    return [catalogue.paper(paper_id) for paper_id in catalogue.paper_ids()]


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("How fast does MAXQ-Q converge?", {"Hierarchical Reinforcement Learning"}),
        ("What does RoIAlign keep?", {"Mask R-CNN"}),
        ("LoRA 减少了多少参数？", {"LoRA"}),  # many papers may speak of it, one brings it
        ("Which ImageNet accuracy?", set()),
        ("How fast is it?", set()),
    ],
)
def test_the_papers_that_a_name_means(papers, question, titles):
    meant = meant_by_name(Question(question), papers)
    found = [paper.title for paper in papers if paper.paper_id in meant]
    assert len(found) == len(titles)
    assert all(any(title.startswith(each) for title in found) for each in titles)


def test_a_title_stands_behind_the_name_that_it_lacks(papers):
    paper = next(each for each in papers if each.title.startswith("Mask R-CNN"))
    assert called(Question("How fast is it?"), paper) == paper.title
    assert called(Question("How fast is Mask R-CNN?"), paper) == paper.title
    brings = replace(
        paper, texts=(OriginText("abstract", "en", "We present RoIAlign, a layer.", (0,)),)
    )
    assert called(Question("What does RoIAlign keep?"), brings) == f"RoIAlign: {paper.title}"
