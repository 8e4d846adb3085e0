// Small things that the theme and the notebooks' own views do not know of each other.
(() => {
  "use strict";
  // The views ask which theme is on in the words of JupyterLab.
  const tell = () => {
    document.body.dataset.jpThemeLight = String(document.documentElement.dataset.theme !== "dark");
  };
  // A control is called by the words that stand on it, so its label must be those words.
  const name = () => {
    for (const control of document.querySelectorAll(".search-button-field, details.hide > summary")) {
      control.setAttribute("aria-label", control.innerText.replace(/\s+/g, " ").replace(/ \+ /g, "+").trim() || "Search");
    }
  };
  // TFX's own picture of a component opens by a click alone: here by the keyboard too.
  const reach = (title) => {
    title.tabIndex = 0;
    title.setAttribute("role", "button");
    title.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      title.click();
    });
  };
  // A drawing that scrolls is scrolled by the keyboard too.
  const scroll = () => {
    for (const picture of document.querySelectorAll(".workbook-view-picture")) {
      const title = picture.parentElement.querySelector(".workbook-view-title")?.textContent ?? "Drawing";
      if (picture.scrollWidth > picture.clientWidth) {
        picture.tabIndex = 0;
        picture.setAttribute("role", "group");
        picture.setAttribute("aria-label", title);
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) picture.removeAttribute(name);
      }
    }
  };
  // A field above a list hides what does not hold all its words; without a script there is no field.
  const filter = (form) => {
    const field = form.querySelector("input");
    const said = form.querySelector("[role=status]");
    const entries = [...document.querySelectorAll(form.dataset.workbookFilter)];
    const look = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const text = (entry) => {
        const heading = entry.closest(".workbook-part")?.querySelector("h2, h3")?.textContent ?? "";
        return `${heading} ${entry.textContent} ${entry.dataset.words ?? ""}`.toLowerCase();
      };
      for (const entry of entries) entry.hidden = !words.every((word) => text(entry).includes(word));
      for (const part of document.querySelectorAll(".workbook-part")) {
        part.hidden = entries.every((entry) => entry.hidden || !part.contains(entry));
      }
      const left = entries.filter((entry) => !entry.hidden).length;
      said.textContent = words.length ? `${left} of ${entries.length}` : "";
    };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    field.addEventListener("input", look);
    look();
  };
  const start = () => {
    tell();
    name();
    document.querySelectorAll("[data-workbook-filter]").forEach(filter);
    document.querySelectorAll(".tfx-object > .title[onclick]").forEach(reach);
    addEventListener("resize", name);
    scroll();
    addEventListener("resize", scroll);
    document.addEventListener("toggle", name, true);
    new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
