"""Lists of trials, start page, feeds, sitemaps; collections kept warm."""

import gzip
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from service import REFRESHER, TRIALS, environment, key, standin, until
from test_feed import changed

BASE = "https://trials.example.org/trials"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

COLLECTIONS = """
# What this site is about.
[als]
title     = Amyotrophic lateral sclerosis
condition = motor neuron disease | Amyotrophic lateral SCLEROSIS

[open-in-us]
status    = RECRUITING | AVAILABLE
country   = United States
ids       = nct99990012
"""


@pytest.fixture
def lists(service, tmp_path):
    (tmp_path / "collections").write_text(COLLECTIONS)

    def start(*options):
        return service.refresher("--base-url", BASE, "--poll", 1,
                                 "--collections", tmp_path / "collections",
                                 *options)
    service.lists = start
    return service


def imported(service, *options):
    done = subprocess.run(
        [str(TRIALS), "import", "--redis", service.redis.address,
         "--base-url", BASE, *options, str(standin.SAMPLES)],
        env=environment(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def wanted(service, name, state="present"):
    service.redis.want(name)
    service.redis.await_state(name, state, 60)
    return service.redis.document(name)


def trials_of(page):
    return re.findall(r'<li id="(NCT\d{8})"', page.decode())


def feed_of(document):
    """The entries of a feed that is as RFC 4287 wants it."""
    feed = ElementTree.fromstring(document["atom"])
    assert feed.tag == ATOM + "feed"
    entries = feed.findall(ATOM + "entry")
    assert len(feed.findall(ATOM + "author")) == 1
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        assert re.match(r"https?://|urn:", element.find(ATOM + "id").text)
        assert STAMP.fullmatch(element.find(ATOM + "updated").text)
        alternate = [link for link in element.findall(ATOM + "link")
                     if link.get("rel") == "alternate"]
        assert len(alternate) == 1 and alternate[0].get("href")
        assert element.find(ATOM + "title").text
    ids = [element.find(ATOM + "id").text for element in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    dates = [entry.find(ATOM + "updated").text for entry in entries]
    assert dates == sorted(dates, reverse=True)
    return entries


def test_lists_of_what_is_cached(lists):
    imported(lists)
    lists.lists()
    lists.redis.await_state("all", "present", 60)
    lists.redis.await_state("open-in-us", "present", 60)

    everything = lists.redis.document("all")["page"]
    ids = trials_of(everything)
    assert len(ids) == len(set(ids)) == 19 and b"19 trials" in everything

    # Those that take people come first, then the latest.
    assert ids[:3] == ["NCT99990006", "NCT99990004", "NCT99990007"]
    assert ids[-1] == "NCT99990012"
    assert trials_of(lists.redis.document("als")["page"]) == ["NCT99990001"]
    assert set(trials_of(lists.redis.document("open-in-us")["page"])) == {
        "NCT99990004", "NCT99990006", "NCT99990011", "NCT99990012",
        "NCT99990018"}

    # Each link of the start page and of a list leads to what it says.
    start = lists.redis.document("index")["page"].decode()
    assert start.index("Amyotrophic lateral sclerosis") \
        < start.index("by country")
    links = dict(re.findall(rf'href="{BASE}/(all/[^"]+)"[^>]*>.*?</a> '
                            r'<span class="count">\((\d+)\)', start))
    assert links["all/recruiting"] == "7" and links["all/in-norway"] == "1"
    for name in ("all/recruiting", "all/in-united-states", "all/stopped"):
        page = wanted(lists, name)["page"].decode()
        assert len(trials_of(page.encode())) == int(links[name])
        assert 'aria-current="true"' in page
    narrow = re.findall(rf'href="{BASE}/(all/recruiting/in-[^"]+)"',
                        wanted(lists, "all/recruiting")["page"].decode())
    page = wanted(lists, narrow[0])["page"]
    assert 0 < len(trials_of(page)) < 7

    # What a record holds stays text, also in a list.
    assert b"<img src=x" not in everything
    spanish = gzip.decompress(lists.redis.client.hget(key("all"), "page.es"))
    assert b'<html lang="es"' in spanish and b"19 ensayos" in spanish

    for name in ("nothing", "all/1", "all/2", "all/in-nowhere", "als/stopped",
                 "sitemap/2", "all/recruiting/all"):
        wanted(lists, name, "absent")
    sitemap_of(lists)


def sitemap_of(lists):
    """Is as sitemaps.org wants it, and names all there is."""
    index = ElementTree.fromstring(lists.redis.document("sitemap")["xml"])
    assert index.tag == SITEMAP + "sitemapindex"
    parts = [part.find(SITEMAP + "loc").text for part in index]
    assert parts == [f"{BASE}/sitemap/1.xml"]
    part = ElementTree.fromstring(wanted(lists, "sitemap/1")["xml"])
    assert part.tag == SITEMAP + "urlset"
    places = [url.find(SITEMAP + "loc").text for url in part]
    assert len(set(places)) == len(places)
    assert f"{BASE}/als" in places and f"{BASE}/" in places
    dates = {url.find(SITEMAP + "loc").text: url.find(SITEMAP + "lastmod")
             for url in part}
    assert dates[f"{BASE}/NCT99990001"].text == "2026-09-15"
    assert sum("/NCT" in place for place in places) == 19


def test_a_change_reaches_lists_and_feeds(lists):
    imported(lists)
    refresher = lists.lists()
    refresher.await_event("followed", 60)
    lists.redis.await_state("open-in-us", "present", 60)
    assert feed_of(lists.redis.document("feed")) == []
    before = lists.redis.document("open-in-us")
    page = wanted(lists, "all/completed")

    study = changed("NCT99990001", "A Title of Another Day")
    study["protocolSection"]["statusModule"]["overallStatus"] = "COMPLETED"
    lists.registry.put(study)
    until(lambda: b"A Title of Another Day" in
          lists.redis.document("als")["page"], 60)
    until(lambda: len(feed_of(lists.redis.document("feed"))) == 1, 60)
    entry, = feed_of(lists.redis.document("feed"))
    assert entry.find(ATOM + "updated").text == "2026-11-21T00:00:00Z"
    assert entry.find(ATOM + "link").get("href").startswith(
        f"{BASE}/NCT99990001")
    assert entry.find(ATOM + "content") is not None
    assert len(feed_of(lists.redis.document("als"))) == 1

    # Another page of the list is made again when somebody reads it, and what
    # nothing happened to is left alone.
    assert lists.redis.client.zscore("trials:fresh", "all/completed") == 0
    lists.redis.want("all/completed")
    until(lambda: lists.redis.document("all/completed") != page, 60)
    assert "NCT99990001" in trials_of(
        lists.redis.document("all/completed")["page"])
    assert lists.redis.document("open-in-us") == before


def test_collections_are_kept_warm(lists):
    refresher = lists.lists()
    for nct_id in ("NCT99990001", "NCT99990004", "NCT99990012"):
        lists.redis.await_state(nct_id, "present", 60)
    until(lambda: trials_of(lists.redis.document("als").get("page", b""))
          == ["NCT99990001"], 60)
    assert lists.redis.document("NCT99990014") == {}
    lists.registry.reset()
    assert refresher.stop() == 0


@pytest.mark.parametrize("text, says", [
    ("condition = x", "1: \"condition = x\": before the first"),
    ("[a b]", "1: \"a b\": not 1 to 24"), ("[index]", "a name of other pages"),
    ("[a]\n[a]", "2: \"a\": there twice"),
    ("[a]\nnonsense", "neither [collection] nor"),
    ("[a]\ncolour = red", "none of title, condition"),
    ("[a]\nstatus = OPEN", "not a status of the registry"),
    ("[a]\nids = 123", "not an id"), ("[a]\ntitle =", "has no value")])
def test_wrong_collections(tmp_path, text, says):
    (tmp_path / "collections").write_text(text)
    done = subprocess.run(
        [str(REFRESHER), "--check", "--collections",
         str(tmp_path / "collections")], env=environment(),
        capture_output=True, check=False)
    assert done.returncode == 2
    assert f"{tmp_path}/collections:" in done.stderr.decode()
    assert says in done.stderr.decode()
