"""The listening page in a browser, opened from disk: what a listener can do, and by which means.

No test depends on the browser being quick: what an action brings about is waited for. The page's
policy forbids ``eval``, by which Playwright looks again at an expression that is given as text, but
not at a function: `wait_for_function` is given functions only.
"""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

from nottingham.formats import engraving, pianoroll, writers
from nottingham.listening import answers as results
from nottingham.listening.answers import Share
from nottingham.listening.page import write_page
from nottingham.listening.selection import draw
from nottingham.models.names import REAL
from tests.listening.conftest import hostile
from tests.test_hostile_names import TITLES

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
pytestmark = pytest.mark.skipif(not BROWSER, reason="there is no Chromium")

BITS = {name: [[1.25] * 12] * 8 for name in ("lstm", REAL)}
NARROW, WIDE = {"width": 400, "height": 740}, {"width": 1280, "height": 900}
PATIENCE = 60_000
"""Milliseconds until a wait fails: long, as other work may keep all cores busy."""


@pytest.fixture(scope="module")
def address(tmp_path_factory, data, listen, plain_tone):
    """A page of two beginnings, continued by two models, and of four pairs."""
    folder = tmp_path_factory.mktemp("page with a space")
    write_page(folder, draw(data.samples, ["mute", "lstm"], listen()), data)
    return (folder / "index.html").as_uri()


@pytest.fixture(scope="module")
def chromium():
    expect.set_options(timeout=PATIENCE)
    with playwright.sync_playwright() as started:
        quiet = ["--disable-gpu", "--mute-audio", "--disable-background-networking"]
        browser = started.chromium.launch(
            executable_path=BROWSER,
            args=[*quiet, "--autoplay-policy=no-user-gesture-required"],
            timeout=PATIENCE,
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium):
    """A browser that remembers nothing."""
    context = chromium.new_context(viewport=WIDE)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context, address):
    """The page, newly opened; it must not complain."""
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    page.on(
        "request",
        lambda request: complaints.extend(
            [] if request.url.startswith(("file:", "data:", "blob:")) else [request.url]
        ),
    )
    page.goto(address)
    yield page
    page.evaluate("() => 0")  # whatever was complained of before has been heard when this returns
    assert complaints == []


def expect_shown(page, count):
    expect(page.locator("article:visible")).to_have_count(count)


def titles(page):
    return [text.split(". ", 1)[1] for text in page.locator(".tune h3").all_text_contents()]


def play(player):
    """Play a sound over and over, so that it does not stop by itself."""
    player.evaluate("audio => { audio.loop = true; return audio.play(); }")


def test_audio_plays_one_at_a_time(page):
    """The first is started by the keyboard; the second stops when it is filtered away."""
    first, second = page.locator("article audio").all()[:2]
    first.evaluate("audio => { audio.loop = true; }")
    first.focus()
    page.keyboard.press("Space")
    page.wait_for_function("audio => audio.currentTime > 0.2", arg=first.element_handle())
    play(second)
    page.wait_for_function("audio => audio.currentTime > 0.2", arg=second.element_handle())
    assert 10 < second.evaluate("audio => audio.duration") < 60
    expect(first).to_have_js_property("paused", True)
    expect(second).to_have_js_property("paused", False)
    page.get_by_label("Written by").select_option("people")
    expect(second).to_have_js_property("paused", True)


def test_filters_filter(page):
    """The fixture's tunes are in 4/4 and 6/8 in turn."""
    expect_shown(page, 4)
    page.get_by_label("Written by").select_option("people")
    expect_shown(page, 2)
    expect(page.locator("article:visible h4")).to_have_text(["The tune itself"] * 2)
    page.get_by_label("Beginning").select_option(index=2)
    expect_shown(page, 1)
    expect(page.locator("#found")).to_have_text("1 tune shown")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#found")).to_have_text("4 tunes shown, 2 by baselines hidden")
    meters = page.locator(".tune .about").all_inner_texts()
    page.get_by_label("Meter").select_option("6/8")
    expect_shown(page, 2 * sum(", 6/8, " in text for text in meters))
    page.get_by_label("Meter").focus()
    page.keyboard.press("1")  # which means something within the blind test only
    expect(page.locator("input:checked")).to_have_count(0)


def test_baselines_are_hidden_until_they_are_asked_for(page):
    """By the keyboard; or by name."""
    baselines = page.get_by_role("checkbox", name="Show the baselines, too (mute)")
    expect(baselines).not_to_be_checked()
    expect(page.locator("article[data-model=mute]:visible")).to_have_count(0)
    baselines.focus()
    page.keyboard.press("Space")
    expect_shown(page, 6)
    expect(page.locator("#found")).to_have_text("6 tunes shown")
    page.get_by_role("button", name="Clear filters").press("Enter")
    expect_shown(page, 4)
    page.get_by_label("Written by").select_option("mute")
    expect(page.locator("article:visible h4")).to_have_text(["mute"] * 2)


def open_pictures(page, card):
    """Open score and piano roll of a card, and wait until both are loaded."""
    card.locator("summary").click()
    for picture in card.locator("img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function(
            "image => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
        )


def test_a_card_has_pictures_and_files_of_every_format(page):
    card = page.locator("article").nth(1)
    open_pictures(page, card)
    roll = card.get_by_role("img", name=re.compile(r"^Piano roll: lstm continues"))
    expect(roll).to_have_count(1)
    links = card.locator(".files a").all()
    assert [link.get_attribute("download") for link in links] == [
        f"lstm-1.{ending}" for ending in writers.FORMATS
    ]
    for link in links:
        file = Path(url2pathname(urlparse(link.evaluate("link => link.href")).path))
        assert file.stat().st_size


def test_surprise_is_told_in_words_too(page):
    """As in the fixture: eleven measures of 1.2 bits and one of 40."""
    bars = page.locator("article svg").first
    told = ", ".join(f"{i}: 1.2" for i in range(1, 12))
    named = f"Bits of surprise in each measure: {told}, 12: 40"
    expect(bars).to_have_attribute("aria-label", named)
    expect(bars.locator("rect.given")).to_have_count(4)
    expect(bars.locator("rect.given title").last).to_have_text("measure 4, given: 1.2 bits")
    caption = page.locator("article figcaption").first
    expect(caption).to_have_text("Surprise to lstm: 4.4 bits a measure, most in measure 12 (40.0)")


def pairs_of(page):
    return json.loads(page.locator("#data").text_content())["blind"]["pairs"]


def expect_heading(page, text):
    expect(page.locator("#test h3")).to_have_text(text)


def answer(page, number, first, second):
    """Answer both questions about a pair with the keys 1 and 2, and go on with Enter."""
    expect_heading(page, f"Pair {number} of 4")
    for name, key in (("person", first), ("play", second)):
        page.keyboard.press(key)
        value = {"1": "a", "2": "b"}[key]
        expect(page.locator(f"input[name={name}][value={value}]")).to_be_checked()
    expect(page.get_by_role("button", name=re.compile("Next|Finish"))).to_be_focused()
    page.keyboard.press("Enter")


def answer_all(page, first, second):
    page.locator("#test h3").focus()
    for number in range(1, 5):
        answer(page, number, first, second)
    expect_heading(page, "That was the last pair")


def save(page, folder):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").press("Enter")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_blind_test_by_keyboard_ends_with_a_file(page, tmp_path):
    """Always A for the person and B to play: A is the person in two of four pairs.

    What is saved stays as it is until it is forgotten.
    """
    answer_all(page, "1", "2")
    page.keyboard.press("1")  # which answers nothing any more
    expect(page.locator("table")).to_have_count(0)
    path = save(page, tmp_path)
    assert re.fullmatch(r"listening-\d{4}-\d\d-\d\d-[0-9a-f]{4}\.json", path.name)
    (answers,) = results.read([path])
    pairs = pairs_of(page)
    assert [(a.pair, a.model, a.tune) for a in answers.answers] == [
        (pair["pair"], pair["model"], pair["tune"]) for pair in pairs
    ]
    assert [a.person for a in answers.answers] == [pair["person"] == "a" for pair in pairs]
    assert [a.play for a in answers.answers] == [pair["person"] == "b" for pair in pairs]
    told = results.results([answers])
    assert [result.model for result in told] == ["lstm", "mute"]
    assert sum(result.recognised.count for result in told) == 2
    expect(page.locator("#test")).to_contain_text("You recognised the person in 2 of 4 pairs")
    expect(page.locator("tbody tr")).to_have_count(4)
    page.reload()
    expect_heading(page, "Who wrote what")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save again").click()
    assert results.read([download.value.path()]) == [answers]
    page.get_by_role("button", name="Forget my answers").click()
    expect_heading(page, "Pair 1 of 4")
    expect(page.locator("input:checked")).to_have_count(0)


def choose(page, person, play):
    page.locator(f"input[name=person][value={person}]").check()
    page.locator(f"input[name=play][value={play}]").check()


def test_the_blind_test_by_clicks_and_changed_answers(page, tmp_path):
    """Every person recognised, after a first answer that was wrong; nobody's tune preferred.

    Answers are kept in the browser.
    """
    follow = page.get_by_role("button", name=re.compile("Next|Finish"))
    pairs = pairs_of(page)
    model = {"a": "b", "b": "a"}
    follow.click()
    expect(page.locator("#said")).to_have_text("Please answer both questions: a guess will do.")
    choose(page, model[pairs[0]["person"]], "a")
    follow.click()
    expect_heading(page, "Pair 2 of 4")
    page.locator("input[name=person][value=a]").check()
    page.reload()
    expect_heading(page, "Pair 2 of 4")
    expect(page.locator("input[name=person][value=a]")).to_be_checked()
    page.get_by_role("button", name="Back").click()
    expect(page.locator("input[name=play][value=a]")).to_be_checked()
    for number, pair in enumerate(pairs, start=1):
        expect_heading(page, f"Pair {number} of 4")
        choose(page, pair["person"], model[pair["person"]])
        follow.click()
    told = results.results(results.read([save(page, tmp_path)]))
    assert [result.recognised for result in told] == [Share(2, 2), Share(2, 2)]
    assert [result.preferred for result in told] == [Share(0, 2), Share(0, 2)]


def test_a_browser_that_keeps_nothing(context, address):
    """As some do for files from disk."""
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    page = context.new_page()
    page.goto(address)
    page.locator("#test h3").focus()
    answer(page, 1, "1", "1")
    expect_heading(page, "Pair 2 of 4")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_no_page_is_wider_than_its_screen(page, size, tmp_path):
    page.set_viewport_size(size)
    page.wait_for_function("width => window.innerWidth === width", arg=size["width"])

    def widest():
        return page.evaluate("""() => Math.max(...Array.from(
            document.querySelectorAll("html, section, article, table, img"),
            (element) => Math.max(element.scrollWidth, element.getBoundingClientRect().right)))""")

    for card in page.locator("article:visible").all()[:2]:
        open_pictures(page, card)
    narrow = page.locator("article img").first.evaluate("image => image.currentSrc")
    assert narrow.endswith("-narrow.svg") == (size == NARROW)
    assert widest() <= size["width"]
    answer_all(page, "1", "1")
    save(page, tmp_path)
    expect_heading(page, "Who wrote what")
    assert widest() <= size["width"]
    assert len(page.screenshot()) > 20_000


USED = {"Audio", "button", "checkbox", "combobox", "image", "link", "progressbar", "radio"}


def test_everything_that_is_used_has_a_name_and_the_tunes_a_link(page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the tunes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#listen")).to_be_focused()
    open_pictures(page, page.locator("article").first)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    used = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree["nodes"]
        if not node["ignored"] and node["role"]["value"] in USED | {"slider"}
    ]
    assert {role for role, _ in used} >= USED
    assert [role for role, name in used if not name.strip()] == []


def test_a_page_without_pairs_has_no_test(context, tmp_path, data, listen, plain_tone):
    selection = draw(data.samples, ["lstm"], listen(tunes=1, pairs=0))
    write_page(tmp_path, selection, data)
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.locator("article")).to_have_count(3)
    expect(page.get_by_text("Blind test")).to_have_count(0)


def test_a_page_without_baselines_has_no_switch(context, tmp_path, data, listen, plain_tone):
    selection = draw(data.samples, ["lstm"], listen(tunes=1, pairs=0))
    write_page(tmp_path, selection, replace(data, baselines=[]))
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.locator("#found")).to_have_text("3 tunes shown")
    expect(page.get_by_role("checkbox")).to_have_count(0)


def test_no_title_does_more_than_be_read(context, tmp_path, data, listen, monkeypatch):
    """Titles as `corpus` lets none through; the page must do without that help."""
    # test_hostile_names.py has all formats
    monkeypatch.setattr(writers, "FORMATS", ("mid",))
    for pictures in (engraving, pianoroll):
        monkeypatch.setattr(pictures, "write", lambda tune, path, **marks: path.touch())
    ids, page = data.samples.ids, context.new_page()
    complaints = []
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for first in range(0, len(TITLES), len(ids)):
        named = dict(zip(ids, TITLES[first : first + len(ids)], strict=False))
        tunes = {id_: replace(t, title=named.get(id_, "")) for id_, t in data.tunes.items()}
        selection = draw(data.samples, ["lstm"], listen(tunes=8, pairs=0))
        write_page(tmp_path, selection, replace(data, tunes=tunes, bits=BITS))
        page.goto((tmp_path / "index.html").as_uri())
        expect(page.locator("article")).to_have_count(16)
        expect(page.locator("cite").first).to_have_text(hostile(9))
        assert titles(page) == [named.get(id_, "") for id_ in ids]
        markup = page.locator("#tunes script, #tunes img[src=x], #tunes svg[onload]")
        expect(markup).to_have_count(0)
    assert complaints == []
