"""A field that moves, in pages of our own words: what the tests of trends count.

Five weeks of 2024 with sixteen papers each. In the last, three in four turn to diffusion
models, in English and Chinese abstracts alike, and few still grow decision trees. A page in
another layout starts in that week and says everywhere that bread is baked. Three papers are
known to the month only, and one has no date at all.
"""

from datetime import date, timedelta

WEEKS = ("2024-W01", "2024-W02", "2024-W03", "2024-W04", "2024-W05")
_THINGS = ("doors", "rivers", "lungs", "chairs", "maps", "birds", "coins", "roofs")
_DINGE = ("房门", "河流", "肺部", "椅子", "地图", "鸟类", "硬币", "屋顶")
_TURNED = {
    "en": "Seen {} are drawn by diffusion models from a {} of {}.",
    "zh": "{}，本文以{}组{}为例。",
}
_SAID = ("改进扩散模型", "扩散模型的新做法", "训练扩散模型作画", "重新审视扩散模型")
_STAYED = {
    "en": "We grow decision trees that sort pictures of {} by a {} of {}.",
    "zh": "本文训练决策树，区分{}图片里第{}类{}。",
}


def write_pages(folder):
    """The pages, in a new folder."""
    folder.mkdir()
    rows = {"图像生成": [], "分类": []}
    for week in range(5):
        for n in range(16):
            turned = n % 8 not in (1, 6) if week == 4 else n == (2, 8)[week % 2]
            language = "en" if n // 2 % 2 else "zh"
            things = _THINGS if language == "en" else _DINGE
            first = _SAID[n // 4] if turned and language == "zh" else things[n % 8]
            text = (_TURNED if turned else _STAYED)[language].format(
                first, f"{n}{'abcde'[week]}", things[(n + week + 3) % 8]
            )
            day = date(2024, 1, 1) + timedelta(weeks=week, days=n % 7)
            title = f"Study {n} of week {week}"
            link = f"http://arxiv.org/abs/2401.{week}{n + 1:04}"
            rows["图像生成" if turned else "分类"].append(
                f"|**{day}**|[{title}]({link})|null|{text}|"
            )
    head = (
        "| Publish Date | Title | Code | Abstract |\n"
        "|:---------|:-----------------------|:------|:----|\n"
    )
    tables = "\n\n".join(f"## {topic}\n\n{head}" + "\n".join(own) for topic, own in rows.items())
    page = f"---\nlayout: default\n---\n\n## Updated on 2024.02.05\n\n{tables}\n"
    (folder / "tables_2024-02-05.md").write_text(page, encoding="utf-8")

    baked = "\n\n".join(
        f"title:[Bread {n}](https://arxiv.org/pdf/2402.{n + 1:05}\n"
        f"summary:This work says how {things} bake bread in an oven of clay."
        for n, things in enumerate(_THINGS)
    )
    (folder / "titles_2024-02-02.md").write_text(
        f"# Papers for 2024-02-02\n\n{baked}\n", encoding="utf-8"
    )

    old = [f"https://arxiv.org/abs/1503.0000{n}" for n in range(1, 4)]
    links = [*old, "https://example.org/reports/undated"]
    table = "\n".join(
        f"| 旧报告{n} | A. Writer | [PDF]({link}) | 一份关于木桥的旧报告，编号{n}。 |"
        for n, link in enumerate(links)
    )
    (folder / "reports.md").write_text(
        f"# arxiv\n\n| 标题 | 作者 | PDF链接 |  摘要 |\n|------|------|--------|------|\n{table}\n",
        encoding="utf-8",
    )
