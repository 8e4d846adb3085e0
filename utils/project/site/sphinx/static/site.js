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
    addEventListener("resize", name);
    document.addEventListener("toggle", name, true);
    new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
