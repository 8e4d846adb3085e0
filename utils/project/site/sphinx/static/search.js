// Shows, under each page that the search has found, the sections that hold the words, with an excerpt and a link.
(() => {
  "use strict";
  const MOST = 4;
  const AROUND = 90;
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const words = query.toLowerCase().split(/\s+/).filter((word) => word.length > 1);
  if (!words.length) return;
  const found = (text) => words.filter((word) => text.toLowerCase().includes(word)).length;

  const excerpt = (text) => {
    const paragraph = document.createElement("p");
    const low = text.toLowerCase();
    const at = Math.min(...words.map((word) => low.indexOf(word)).filter((place) => place >= 0));
    if (!Number.isFinite(at)) return paragraph;
    const start = at > AROUND ? text.indexOf(" ", at - AROUND) + 1 : 0;
    const part = text.slice(start, at + 2 * AROUND);
    const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pieces = part.split(new RegExp(`(${escaped.join("|")})`, "gi"));
    if (start > 0) paragraph.append("… ");
    pieces.forEach((piece, place) => {
      if (place % 2 === 0) return paragraph.append(piece);
      const mark = document.createElement("mark");
      mark.textContent = piece;
      paragraph.append(mark);
    });
    paragraph.append(" …");
    return paragraph;
  };

  const extend = (item) => {
    const link = item.querySelector("a[href]");
    if (!link || item.querySelector(".workbook-sections")) return;
    const page = new URL(link.href).pathname.split("/").pop().replace(/\.html$/, "");
    const list = document.createElement("ul");
    list.className = "workbook-sections";
    (window.workbookSections ?? [])
      .filter((section) => section.page === page)
      .map((section) => ({ section, rank: 3 * found(section.title) + found(section.text) }))
      .filter(({ rank }) => rank > 0)
      .sort((one, other) => other.rank - one.rank)
      .slice(0, MOST)
      .forEach(({ section }) => {
        const entry = document.createElement("li");
        const anchor = document.createElement("a");
        anchor.href = `${page}.html#${section.id}`;
        anchor.textContent = section.title;
        entry.append(anchor, excerpt(section.text));
        list.append(entry);
      });
    if (list.children.length) item.append(list);
  };

  const start = () => {
    const results = document.getElementById("search-results");
    if (!results) return;
    const all = () => results.querySelectorAll("ul.search > li").forEach(extend);
    new MutationObserver(all).observe(results, { childList: true, subtree: true });
    all();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
