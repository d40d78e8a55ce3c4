"""Full texts out of real PDFs and HTML pages: pages, sections, words, and what is refused."""

import shutil

import pytest

from embeddings.errors import InputError
from indexer.fulltexts.extract import extract, is_of
from indexer.identity import ArxivId
from tests.printed import Print, document

TITLE = "A Made-Up Study of Tides"
FILLER = (
    "Station {n} measured the level of the water every {n} minutes with a well-known float, and "
    "its characteristics were recalibrated after each thunderstorm of the season. The "
    "standardisation of the {n} instruments took longer than anybody had anticipated."
)


def study(columns=2, **given):
    printed = Print(TITLE, columns=columns, head="Proceedings of Made-Up Seas, 2024", **given)
    printed.heading("Abstract").text("We measure tides with an efﬁcient ﬂoat. They rise and fall.")
    printed.heading("1 Introduction")
    for n in range(2, 40):
        printed.text(FILLER.format(n=n))
    printed.heading("2 Results").text(
        "The highest tide of the year reached 7.42 metres in Nowhere."
    )
    printed.heading("References").text("[1] A. Nobody. The lowest tide is 3 metres. 2001.")
    printed.heading("A Further measurements").text("The buoys were painted in a dark green colour.")
    return printed


def text_of(extracted):
    return "\n".join(block.text for block in extracted.blocks)


@pytest.mark.parametrize("columns", [1, 2])
def test_every_sentence_is_whole_and_on_the_page_where_it_begins(columns):
    printed = study(columns)
    found = extract(bytes(printed))
    assert found.pages == max(printed.pages.values()) > 2
    said = {s: page for s, page in printed.pages.items() if page and "[1]" not in s}
    cited = {"Nobody.", "The lowest tide is 3 metres.", "2001.", "[1] A."}
    missing = {
        sentence: page
        for sentence, page in said.items()
        if not any(b.page == page and sentence in b.text for b in found.blocks)
    }
    assert len(said) > 70
    assert set(missing) <= cited


def test_sections_are_found_and_references_left_out():
    found = extract(bytes(study()))
    sections = list(dict.fromkeys(block.section for block in found.blocks))
    assert sections == ["", "Abstract", "1 Introduction", "2 Results", "A Further measurements"]
    assert found.references
    assert "lowest tide" not in text_of(found)
    assert "dark green" in text_of(found)


def labelled(label, size=7, **given):
    """A paper with a word in a picture, and what stands after it."""
    printed = Print(TITLE).heading("1 Introduction")
    for n in range(2, 8):
        printed.text(FILLER.format(n=n))
    printed.heading(label, size, **given)
    printed.text("Figure 1: Outputs beside the reference, in 2019 and later (Nobody, 2020).", 7)
    for n in range(8, 20):
        printed.text(FILLER.format(n=n))
    return printed.heading("2 Why It Works").text("The key finding stands here.")


@pytest.mark.parametrize("label", ["Reference", "References", "Model", "Results", "METHOD"])
def test_a_word_in_a_picture_is_no_heading(label):
    found = extract(bytes(labelled(label, 6, bold=False)))
    assert list(dict.fromkeys(b.section for b in found.blocks)) == [
        "", "1 Introduction", "2 Why It Works"
    ]  # fmt: skip
    assert not found.references
    assert "Station 12 measured" in text_of(found)
    assert "The key finding" in text_of(found)


def test_a_list_of_references_needs_entries_however_its_heading_is_printed():
    found = extract(bytes(labelled("Reference", 12)))
    assert not found.references
    assert "Station 12 measured" in text_of(found)


@pytest.mark.parametrize(("size", "bold"), [(9, False), (9, True), (12, False), (7, True)])
def test_a_known_name_that_is_printed_as_a_heading_is_one(size, bold):
    found = extract(bytes(labelled("Results", size, bold=bold)))
    assert "Results" in {block.section for block in found.blocks}


ENTRIES = {
    "marks": "[1] A cited title of somebody. 2 pages.",
    "letters": "[NS20] A cited title of somebody. 2 pages.",
    "numbers": "1. A cited title of somebody. 2 pages.",
    "raised": "1Nobody, A cited title of somebody. 2 pages.",
    "names": "Nobody, A. and Somebody, B. A cited title.",
    "initials": "A. Nobody and B. Somebody. A cited title.",
    "years": "Ann Nobody and Bob Somebody. 2019. A cited title. Cat Nobody. A cited one. 2020.",
    "many": "Ann Nobody, Bob Somebody, Cat Anybody, Dan Body, Eve Other. A cited title, in full.",
}


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("size", [8, 12])
def test_lists_of_references_are_left_out_in_all_manners(name, size):
    printed = Print(TITLE).heading("1 Introduction").text(FILLER.format(n=1))
    printed.text(FILLER.format(n=2)).heading("References", size, bold=size > 9)
    found = extract(bytes(printed.text(ENTRIES[name])))
    assert found.references
    assert "cited" not in text_of(found)


def test_divided_words_and_ligatures_are_whole_and_running_heads_gone():
    printed = study()
    raw = bytes(printed)
    assert raw.count(b"-) Tj") > 10, "words are divided at ends of lines"
    assert raw.count(b"Proceedings of Made-Up Seas") > 1
    text = text_of(extract(raw))
    assert "efficient float" in text
    assert text.count("recalibrated after each thunderstorm") == 38
    assert text.count("well-known float") == 38
    assert "Proceedings" not in text
    assert not any(line.strip().isdigit() for line in text.splitlines())


def test_a_document_without_references_says_so():
    printed = Print(TITLE).heading("1 Introduction").text(FILLER.format(n=1))
    assert not extract(bytes(printed)).references


def test_chinese_lines_are_joined_without_spaces():
    printed = Print("潮汐的一项虚构研究", chinese=True)
    printed.heading("摘要").text("我们用浮标测量潮汐。")
    printed.heading("1 引言").text("每个站点每隔三分钟测量一次水位，并在每次雷雨之后重新校准。" * 9)
    found = extract(bytes(printed))
    assert [block.section for block in found.blocks] == ["", "摘要", "1 引言"]
    assert found.blocks[2].text == "每个站点每隔三分钟测量一次水位，并在每次雷雨之后重新校准。" * 9


def test_lines_of_nothing_but_wide_spaces_are_no_lines():
    printed = (
        Print("潮汐的一项虚构研究", chinese=True).heading("摘要").text("我们用浮标测量潮汐。" * 9)
    )
    printed._put("\u3000\u3000", 9, "C")
    found = extract(bytes(printed.text("每个站点每隔三分钟测量一次水位。" * 9)))
    assert "每个站点每隔三分钟测量一次水位。" * 9 in found.blocks[-1].text


def test_arxivs_stamp_is_read_and_no_text():
    found = extract(bytes(study(stamp="arXiv:2401.00001v3 [cs.CL] 2 Aug 2024")))
    assert found.stamp == ArxivId("2401.00001", 3)
    assert "2 Aug 2024" not in text_of(found)


def test_a_paper_is_told_by_its_stamp_else_by_its_title():
    plain, stamped = (
        extract(bytes(study())),
        extract(bytes(study(stamp="arXiv:2401.00001v3 [cs.CL] 2 Aug 2024"))),
    )
    assert is_of(plain, ["A made-up study of tides"], "2401.00001")
    assert is_of(plain, ["潮汐", TITLE], None)
    assert not is_of(plain, ["Attention Is All You Need"], "2401.00001")
    assert is_of(stamped, ["潮汐"], "2401.00001")
    assert not is_of(stamped, [TITLE], "2401.00002")


LATEXML = """<!DOCTYPE html><html lang="en"><head><title>T</title><style>p{{}}</style></head><body>
<nav class="ltx_page_navbar"><p>Back to the table of contents</p></nav>
<div id="watermark-tr">arXiv:2401.00001v2 [cs.CL] 30 Jan 2024</div>
<article class="ltx_document"><h1 class="ltx_title ltx_title_document">A Made-Up Study of Tides</h1>
<div class="ltx_abstract"><h6 class="ltx_title">Abstract</h6><p>We measure tides.</p></div>
<section class="ltx_section"><h2 class="ltx_title"><span class="ltx_tag">1 </span>Introduction</h2>
<p class="ltx_p">The level is <math alttext="h=\\frac{{a}}{{2}}"><mi>h</mi><annotation
encoding="application/x-tex">h=a</annotation></math> and the buoy<span class="ltx_note"><sup
class="ltx_note_mark">1</sup><span class="ltx_note_outer"><span class="ltx_note_content">It is
green.</span></span></span> floats.</p>{filler}
<section><h3>1.1 Method</h3><figure><figcaption>Figure 1: A buoy.</figcaption></figure>
<table><tr><th>Station</th><th>Level</th></tr><tr><td>North</td><td>7.42</td></tr></table>
</section></section>
<section class="ltx_bibliography"><h2>References</h2><ul><li>Nobody. A cited claim.</li></ul>
</section></article><script>let secret = "code"</script></body></html>"""


def latexml(filler=20):
    paragraphs = "".join(f"<p>{FILLER.format(n=n)}</p>" for n in range(filler))
    return LATEXML.format(filler=paragraphs).encode()


def test_html_has_sections_formulas_and_notes_but_no_pages():
    found = extract(latexml())
    assert (found.format, found.pages, found.references) == ("html", None, True)
    sections = {block.section: block.text for block in found.blocks}
    assert list(sections) == ["", "Abstract", "1 Introduction", "1.1 Method"]
    assert (
        "The level is $h=\\frac{a}{2}$ and the buoy floats.\nIt is green.\n"
        in (sections["1 Introduction"])
    )
    assert sections["1.1 Method"] == "Figure 1: A buoy.\nStation Level\nNorth 7.42"
    for absent in ("cited claim", "secret", "Back to"):
        assert absent not in text_of(found)
    assert found.stamp == ArxivId("2401.00001", 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_html_in_other_encodings(encoding):
    page = latexml().decode().replace("buoy<span", "büoy<span")
    page = page.replace("<head>", f'<head><meta charset="{encoding}">')
    assert "the büoy floats" in text_of(extract(page.encode(encoding)))


@pytest.mark.parametrize(
    ("declared", "encoding", "said"),
    [
        ("gb2312", "gbk", "感谢朱镕基的浮标"),  # 镕 is in GBK alone
        ("iso-8859-1", "cp1252", "the “blue” buoy"),
    ],
)
def test_html_declared_as_less_than_it_is(declared, encoding, said):
    page = latexml().decode("utf-8").replace("buoy<span", f"{said}<span")
    page = page.replace("<head>", f'<head><meta charset="{declared}">')
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'
    data = (declaration + page).encode(encoding, "ignore")
    assert said in text_of(extract(data))
    assert "Station 7 measured" in text_of(extract(data))


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("gbk", "每个站点每隔三分钟测量一次水位。"), ("cp1252", "Déjà été où l’eau est élevée. ")],
)
def test_html_that_names_no_encoding(encoding, said):
    page = latexml().decode().replace("buoy<span", f"{said * 40}<span")
    assert said * 40 in text_of(extract(page.encode(encoding)))


def test_a_bad_byte_spoils_no_page():
    page = latexml().replace(b"buoy<span", "浮标<span".encode() + b"\xff", 1)
    assert "浮标" in text_of(extract(page))


@pytest.mark.parametrize("heading", ["References<br>", "<div>References</div>", "Refer&shy;ences"])
def test_a_heading_is_one_whatever_is_in_it(heading):
    listed = f"<h2>{heading}</h2><p>[1] A. Nobody. A cited claim. 2001.</p>"
    page = latexml().replace(b"</article>", f"<section>{listed}</section></article>".encode())
    found = extract(page.replace(b'"ltx_bibliography"', b'"of-somebody-else"'))
    assert found.references
    assert "A cited claim" not in text_of(found)


def test_a_hyphen_that_is_not_seen_divides_no_word():
    page = latexml().replace(b"We measure tides.", "We meas&shy;ure ti\u200bdes.".encode())
    assert "We measure tides." in text_of(extract(page))


NOTE = """<span class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">1</sup><span
class="ltx_note_outer"><span class="ltx_note_content"><sup class="ltx_note_mark">1</sup>
<span class="ltx_tag ltx_tag_note">1</span>
We do <em class="ltx_emph">not</em> use <math alttext="x=3"><mi>x</mi></math>, as in <cite
class="ltx_cite">[<a href="#bib.bib4">4</a>]</cite>.</span></span></span>"""


def test_a_footnote_is_whole_and_without_its_number():
    page = latexml().replace(b"We measure tides.", f"We measure{NOTE} tides.".encode())
    said = {block.section: block.text for block in extract(page).blocks}["Abstract"]
    assert said == "We measure tides.\nWe do not use $x=3$, as in [4]."


def test_what_follows_the_bibliography_of_html_stays_whatever_it_is_called():
    titles = ["-A Mapping from roles to messages", "Impact Statement", "Checklist"]
    after = "".join(f"<section><h2>{t}</h2><p>It stands below {t}.</p></section>" for t in titles)
    page = latexml().replace(b"</article>", f"{after}</article>".encode())
    plain = page.replace(b'"ltx_bibliography"', b'"of-somebody-else"')
    for data in (page, plain):
        found = extract(data)
        assert [block.section for block in found.blocks][-3:] == titles
        assert "It stands below Impact Statement." in text_of(found)
        assert "cited claim" not in text_of(found)
        assert found.references


@pytest.mark.parametrize("depth", [400, 2000])
def test_tags_that_nobody_closed_do_no_harm(depth):
    assert "Station 7 measured" in text_of(extract(latexml().replace(b"<nav", b"<font>" * depth)))


def test_html_that_is_too_deep_to_be_read_whole_is_refused():
    with pytest.raises(InputError, match="nested too deeply"):
        extract(latexml().replace(b"<nav", b"<font>" * 3000 + b"<nav"))


def test_the_stamp_of_html_is_found_below_a_long_table_of_contents():
    entry = '<li><a href="https://arxiv.org/html/2401.00001v2#S{n}">{n} A Section</a></li>'
    contents = "".join(entry.format(n=n) for n in range(900))
    page = latexml().replace(b"<p>Back", f"<ol>{contents}</ol><p>Back".encode())
    assert page.index(b"2 [cs.CL]") > 50_000
    assert extract(page).stamp == ArxivId("2401.00001", 2)


def test_a_stamp_that_is_cited_is_not_the_pages_own():
    page = latexml().replace(b"arXiv:2401.00001v2 [cs.CL] 30 Jan 2024", b"")
    page = page.replace(b"ltx_bibliography", b"list").replace(
        b"<li>", b"<li>arXiv:2301.00002v1 [cs.CL]</li><li>"
    )
    assert extract(page).stamp is None


def body(inner):
    """A page of LaTeXML with this in its first section, and the lines that come of it."""
    page = latexml().replace(b"<figure>", f"{inner}<figure>".encode(), 1)
    sections = {block.section: block.text for block in extract(page).blocks}
    return sections["1.1 Method"].split("\n")[:-3]


def test_no_two_words_of_different_blocks_are_one():
    tags = ("center", "address", "summary", "fieldset", "legend", "caption", "dialog", "hgroup")
    inner = "".join(f"<{tag}>{tag}</{tag}>and" for tag in tags)
    assert body(f"<div>{inner}</div>") == [each for tag in tags for each in (tag, "and")]


def rows(*lines):
    cell = '<span class="ltx_td">{}</span>'
    made = (f'<span class="ltx_tr">{"".join(map(cell.format, line))}</span>' for line in lines)
    return f'<span class="ltx_tabular"><span class="ltx_tbody">{"".join(made)}</span></span>'


def test_tables_of_spans_have_rows_and_cells():
    inner = rows((rows(("Our",), ("model",)), "12.3", "45.6"), ("F1", "<p>7</p>", "8"))
    assert body(f"<p>It gives{inner}</p>") == ["It gives", "Our model 12.3 45.6", "F1 7 8"]


def test_a_page_within_a_cell_or_a_form_is_read():
    page = latexml().replace(b"<article", b"<form><table><tr><td><article")
    page = page.replace(b"</article>", b"</article></td></tr></table></form>")
    page = page.replace(b"<h3>", b"<input value='x'><select><option>Choose</select><h3>")
    assert extract(page).blocks == extract(latexml()).blocks


@pytest.mark.parametrize(
    "listed",
    [
        "<h2>References</h2><h3>Sources</h3><p>[1] A cited claim.</p><h3>More</h3><p>One more.</p>",
        '<h2>References<span class="mw-editsection">[edit]</span></h2><p>A cited claim.</p>',
    ],
)
def test_a_list_of_references_ends_where_its_section_does(listed):
    after = "<h3>Appendix</h3><p>It stays.</p><h2>Thanks</h2><p>It stays, too.</p>"
    page = latexml().replace(b"</article>", f"{listed}{after}</article>".encode())
    found = extract(page.replace(b'"ltx_bibliography"', b'"of-somebody-else"'))
    assert [block.section for block in found.blocks][-2:] == ["Appendix", "Thanks"]
    assert "cited claim" not in text_of(found)
    assert "One more" not in text_of(found)


REFUSED = {
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "text": (b"Just words.", "neither a PDF nor an HTML page"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(900), "neither a PDF nor an HTML page"),
    "cut": (bytes(study())[:-2000], "cut short"),
    "broken": (b"%PDF-1.4\nnothing of it is true\n%%EOF\n", "is no PDF that can be read"),
    "scanned": (bytes(Print("").picture().new_page().picture()), "no text layer"),
    "error page": (
        b"<!DOCTYPE html><html><body><h1>No HTML for 2401.00001</h1><p>Sorry.</p></body></html>",
        "hardly any text",
    ),
    "references alone": (
        bytes(Print("").heading("References").text("[1] A. Nobody. A cited title. " * 20)),
        "beside headings and references",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_full_text_is_refused_and_says_why(name):
    data, reason = REFUSED[name]
    with pytest.raises(InputError, match=reason):
        extract(data)


def test_an_encrypted_pdf_is_refused():
    # An encrypted one says so in its trailer; nobody needs the key to be told.
    raw = document(["BT /R 9 Tf 54 700 Td (secret) Tj ET"])
    locked = raw.replace(
        b"/Root 1 0 R >>",
        b"/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 "
        b"/O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >> >>",
    )
    assert locked != raw
    with pytest.raises(InputError, match="encrypted"):
        extract(locked)


def test_control_characters_do_not_get_into_the_text():
    page = latexml().replace(b"It is\ngreen.", b"It is\x1b[31m \x07green&#27;.")
    assert b"\x1b" in page
    assert not {"\x1b", "\x07"} & set(text_of(extract(page)))


def test_what_a_browser_prints_is_read_in_the_order_of_its_columns(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium here")
    words = [" ".join(FILLER.split()[n % 9 :][:: 1 + n % 3]) for n in range(60)]
    said = [f"Post {n} tells: {each.format(n=n)}" for n, each in enumerate(words)]
    style = "body{columns:2;font:11pt serif;text-align:justify;hyphens:auto} h1{column-span:all}"
    body = "".join(f"<p>{each}</p>" for each in said[:50])
    page = f"<!doctype html><html lang=en><style>{style}</style><h1>{TITLE}</h1>"
    page += f"<h2>1 Introduction</h2>{body}"
    page += "<h2>2 Results</h2><p>The highest tide reached 7.42 metres.</p>"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        sheet = browser.new_page()
        sheet.set_content(page)
        data = sheet.pdf(format="A4")
        browser.close()
    found = extract(data)
    text = " ".join(text_of(found).split())
    assert [each for each in said[:50] if each not in text] == []
    places = [text.find(each) for each in said[:50]]
    assert places == sorted(places)
    assert found.pages == max(block.page for block in found.blocks) > 1
    assert found.blocks[-1].section == "2 Results"
