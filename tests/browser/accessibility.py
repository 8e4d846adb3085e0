"""``make accessibility``: what axe-core and the keyboard find on every page of the site, and whose it is.

Each page is opened as a reader sees it: light and dark, wide and on a telephone. axe-core checks the rules of WCAG,
levels A and AA, in the page and in the frame of each live view. A violation is *ours* in everything that this
repository draws, which includes the charts and tables inside TFMA's frames, and *theirs* in what the packages of
Facets, TFMA, Fairness Indicators and the What-If Tool draw.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import report, results
from tests.browser import harness
from utils import paths, side_environments
from utils.environments.decisions import SetupError

PART = "accessibility"
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""The rules of axe-core that are checked: WCAG 2.0, 2.1 and 2.2, levels A and AA."""

LOOKS = (("light", 1440), ("dark", 1440), ("light", 375))
"""Colour scheme, and width in pixels. The first has all live views open, the others show their tables. The second is
for the colours, which do not change with the width, and the third for everything else."""

_RUN = """async ([levels, frame, rest, colours]) => {
  // What is asked of a whole document, the page around a frame has answered already.
  const whole = frame ? ["document-title", "html-has-lang", "bypass", "meta-viewport"] : [];
  const rules = Object.fromEntries([...whole, "color-contrast"].map(name => [name, {enabled: false}]));
  const options = {iframes: false, preload: false};
  const found = [];
  if (rest) found.push(await axe.run(document, {...options, runOnly: {type: "tag", values: levels}, rules}));
  // A page has thousands of words of code and cells of tables, and measuring each would take minutes: of all texts with
  // the same colour, ground, opacity, size and weight the first is enough. Frames are small, and measured whole.
  const grounds = new Map([[null, ["", 1]]]);
  const ground = element => {
    if (!grounds.has(element)) {
      const [behind, above] = ground(element.parentElement);
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(element);
      const clear = /, 0\\)$/.test(backgroundColor) && backgroundImage === "none";
      grounds.set(element, [clear ? behind : backgroundColor + backgroundImage, above * opacity]);
    }
    return grounds.get(element);
  };
  const kinds = new Set();
  const told = element => element.matches("input, select, textarea")
    || [...element.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  for (const element of colours && !frame ? document.body.querySelectorAll("*") : []) {
    if (!element.getClientRects().length || !told(element)) continue;
    const {color, fill, fontSize, fontWeight} = getComputedStyle(element);
    const kind = [color, fill, fontSize, fontWeight, ...ground(element)].join("|");
    if (!kinds.has(kind)) element.dataset.workbookFirst = "";
    kinds.add(kind);
  }
  const context = frame || !kinds.size ? document : {include: [["[data-workbook-first]"]]};
  if (colours) found.push(await axe.run(context, {...options, runOnly: {type: "rule", values: ["color-contrast"]}}));
  const node = path => path.flat().reduce(
    (inside, selector) => (inside.shadowRoot ?? inside).querySelector(selector), document);
  const ours = path => {
    for (let one = node(path); one; one = one.parentElement ?? one.getRootNode().host) {
      if (/^(tfma|fairness|facets|wit|paper)-/.test(one.localName)) return false;
      if (one.localName === "google-chart" || one.matches(".google-visualization-table, .workbook-legend")) return true;
    }
    return false;
  };
  return {
    passed: found.flatMap(one => one.passes).map(rule => rule.id),
    violated: found.flatMap(one => one.violations).flatMap(rule => rule.nodes.map(one => ({
      rule: rule.id, target: one.target.flat().join(" "), ours: frame ? ours(one.target) : true,
      said: (one.failureSummary ?? "").split("\\n").slice(1, 2).join("").trim(),
    }))),
  };
}"""
"""Runs axe-core in one document; of a frame it says which violations lie in what this repository draws there."""

_REACH = """() => {
  const seen = element => element.getClientRects().length && getComputedStyle(element).visibility !== "hidden";
  const reachable = 'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^="-"])';
  const every = [...document.querySelectorAll(reachable)].filter(one => seen(one) && !one.disabled);
  const shows = ["outline", "boxShadow", "border", "backgroundColor", "textDecoration"];
  const look = element => shows.map(name => getComputedStyle(element)[name]).join();
  const unseen = [];
  for (const element of every) {
    document.activeElement?.blur();
    const card = element.closest(".workbook-card");
    const before = look(element) + (card ? look(card) : "");
    element.focus({preventScroll: true});
    if (document.activeElement !== element) continue;
    if (before === look(element) + (card ? look(card) : "")) {
      unseen.push(`${element.localName}.${[...element.classList].join(".")}`);
    }
  }
  document.activeElement?.blur();
  return {reached: every.length, unseen, forced: every.filter(one => one.tabIndex > 0).length};
}"""
"""Focuses each thing of the page that the keyboard reaches: how many, and which do not show it."""


@dataclass(frozen=True)
class Violation:
    """An element that breaks a rule.

    Attributes:
        rule: The rule's name in axe-core, such as ``"color-contrast"``.
        target: The element's selector.
        owner: Empty if it is the workbook's own, else the interface that it belongs to.
        said: What axe-core says of it.
    """

    rule: str
    target: str
    owner: str
    said: str = field(default="", compare=False)


@dataclass
class Audit:
    """What was found on a page.

    Attributes:
        page: The page's name, without its ending.
        passed: Rules that everything of the workbook's own keeps.
        violated: Elements that break one, each once, however often it was looked at.
        reached: How many things of the page the keyboard reaches, without those inside live views.
        unseen: Those that do not show that they are reached, or that come out of their turn.
        trapped: Live views that the keyboard gets into and not out of.
    """

    page: str
    passed: set[str] = field(default_factory=set)
    violated: set[Violation] = field(default_factory=set)
    reached: int = 0
    unseen: list[str] = field(default_factory=list)
    trapped: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """Return what is kept of it."""
        ours = sorted((one.rule, one.target) for one in self.violated if not one.owner)
        theirs = Counter((one.owner, one.rule) for one in self.violated if one.owner)
        return {
            "page": self.page,
            "rules_passed": len(self.passed - {rule for rule, _ in ours}),
            "violations_ours": len(ours),
            "violations_theirs": sum(theirs.values()),
            "ours": [f"{rule}: {target}" for rule, target in ours],
            "theirs": [[owner, rule, count] for (owner, rule), count in sorted(theirs.items())],
            "keyboard_reached": self.reached,
            "keyboard_unseen": sorted(set(self.unseen)),
            "keyboard_trapped": self.trapped,
        }


def axe() -> str:
    """Return axe-core's script, from a side environment whose packages are locked with their hashes.

    Raises:
        utils.environments.decisions.SetupError: If it cannot be installed, as without a network the first time.
    """
    folder = side_environments.ensure(PART)
    (script,) = folder.glob("lib/python*/site-packages/axe_playwright_python/axe.min.js")
    return script.read_text("utf-8")


def owner(title: str) -> str:
    """Return the interface that a frame shows.

    Args:
        title: The frame's title.
    """
    known = {"Facets": "Facets", "Fairness": "Fairness Indicators", "What-If": "What-If Tool"}
    return next((name for start, name in known.items() if title.startswith(start)), "TFMA")


def show_all(tab: Any) -> int:
    """Scroll through a page until each live view in it is interactive.

    Args:
        tab: Playwright's page.

    Returns:
        How many there are.
    """
    frames = tab.locator(".workbook-frame")
    for frame in frames.all():

        def interactive(frame: Any = frame) -> bool:
            frame.evaluate("element => element.scrollIntoView({block: 'start'})")
            return bool(frame.locator("iframe").count()) and bool(
                frame.locator("> details:not([open])").count()
            )

        harness.wait_for(interactive, what="a live view")
    tab.evaluate("scrollTo(0, 0)")
    return frames.count()


def documents(tab: Any) -> Iterator[tuple[Any, str]]:
    """Yield the documents of a page, each with its owner: empty for the page and for the frames that seal a view.

    Args:
        tab: Playwright's page.

    Yields:
        Playwright's frame, and whose document it holds.
    """
    yield tab.main_frame, ""
    for outer in tab.main_frame.child_frames:
        yield outer, ""
        for inner in outer.child_frames:
            yield inner, owner(inner.title())


def look(tab: Any, page: Path, script: str, audit: Audit, scheme: str, width: int) -> None:
    """Open a page in one way and add what axe-core finds.

    Args:
        tab: Playwright's page.
        page: The page's file.
        script: axe-core.
        audit: What was found so far; is added to.
        scheme: ``light`` or ``dark``.
        width: Pixels.
    """
    tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(page.resolve().as_uri(), wait_until="load")
    first = (scheme, width) == LOOKS[0]
    if first:
        show_all(tab)
    # The interfaces look the same in both themes and scroll where there is no room, so one look is enough.
    for frame, whose in documents(tab) if first else [(tab.main_frame, "")]:
        frame.evaluate(script)
        nested = frame is not tab.main_frame
        asked = [list(LEVELS), nested, scheme == LOOKS[0][0], width == LOOKS[0][1]]
        found = frame.evaluate(_RUN, asked)
        if not whose:
            audit.passed |= set(found["passed"])
        if not nested and tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
            said = f"the page is wider than its window of {width} pixels"
            audit.violated.add(Violation("reflow", "html", "", said))
        for one in found["violated"]:
            mine = one["ours"] or not whose
            audit.violated.add(
                Violation(one["rule"], one["target"], "" if mine else whose, one["said"])
            )


def keyboard(tab: Any, audit: Audit) -> None:
    """Reach everything by the keyboard, and leave each live view by it again.

    Args:
        tab: Playwright's page, with a page open.
        audit: What was found so far; is added to.
    """
    tab.keyboard.press("Tab")  # from here on the browser shows the focus
    found = tab.evaluate(_REACH)
    audit.reached = found["reached"]
    audit.unseen += found["unseen"] + ["out of turn"] * found["forced"]
    for frame in tab.locator(".workbook-frame").all():
        summary = frame.locator("> details > summary")
        summary.focus()  # it stands behind the frame
        tab.keyboard.press("Shift+Tab")
        inside = frame.evaluate(
            "element => element.querySelector('iframe') === document.activeElement"
        )
        for _ in range(3):
            tab.keyboard.press("Tab")
            if summary.evaluate("element => element === document.activeElement"):
                break
        else:
            if inside:
                audit.trapped.append(summary.inner_text())


def check(tab: Any, page: Path, script: str) -> Audit:
    """Check a page.

    Args:
        tab: Playwright's page.
        page: The page's file.
        script: axe-core.

    Returns:
        What was found.
    """
    audit = Audit(page.stem)
    for scheme, width in LOOKS:
        look(tab, page, script, audit, scheme, width)
        if (scheme, width) == LOOKS[0]:
            keyboard(tab, audit)
    return audit


def pages(site: Path) -> list[Path]:
    """Return the pages of a site: the cover, the index of views, the data card, and the chapters.

    Args:
        site: The site's folder.
    """
    aside = {"genindex.html", "search.html"}
    found = sorted(page for page in site.glob("*.html") if page.name not in aside)
    return sorted(found, key=lambda page: page.stem not in ("index", "views", "data"))


def table(found: Sequence[Audit]) -> str:
    """Return what was found as text, with each of our own violations.

    Args:
        found: The pages' audits.
    """
    lines = []
    for audit in found:
        one = audit.record()
        lines.append(
            f"{audit.page}: {one['rules_passed']} rules kept, {one['violations_ours']} violations of ours, "
            f"{one['violations_theirs']} in third-party views; {audit.reached} things by keyboard"
        )
        lines += [
            f"    {violation.rule}: {violation.target}\n        {violation.said}"
            for violation in sorted(audit.violated, key=lambda one: (one.rule, one.target))
            if not violation.owner
        ]
        lines += [f"    focus not seen: {name}" for name in sorted(set(audit.unseen))]
        lines += [f"    keyboard trapped in: {name}" for name in audit.trapped]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: Its arguments; None for the process's.

    Returns:
        0; 1 if something of ours breaks a rule, or the check could not be made.
    """
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(
        prog="make accessibility", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--site", type=Path, default=paths.build() / "site", help="the site")
    parser.add_argument("--page", default="", help="only pages that begin so")
    asked = parser.parse_args(argv)
    chosen = [page for page in pages(asked.site) if page.name.startswith(asked.page)]
    chromium = harness.chromium()
    if not chosen or chromium is None:
        print(
            "There is no Chromium: install it, or name one in WORKBOOK_CHROMIUM."
            if chosen
            else f"There is no site in {asked.site}: call `make site` first.",
            file=sys.stderr,
        )
        return 1
    try:
        script = axe()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    speed = results.loop()
    records = []
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, headless=True, args=list(harness.CHROMIUM_FLAGS)
        )
        for page in chosen:
            tab = context.new_page()
            found = check(tab, page, script)
            tab.close()
            print(table([found]), flush=True)
            records.append(found.record())
            results.write(PART, speed, records[-1:], by=("page",))
        context.close()
    report.write()
    bad = any(one["violations_ours"] or one["keyboard_unseen"] for one in records)
    return 1 if bad or any(one["keyboard_trapped"] for one in records) else 0


if __name__ == "__main__":
    sys.exit(main())
