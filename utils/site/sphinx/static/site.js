// Small things that the theme and the notebooks' own views do not know of each other.
(() => {
  "use strict";
  // The views ask which theme is on in the words of JupyterLab.
  const tell = () => {
    document.body.dataset.jpThemeLight = String(document.documentElement.dataset.theme !== "dark");
  };
  // Buttons whose label says something else than what stands in them cannot be called by voice: their words are enough.
  const name = () => {
    for (const button of document.querySelectorAll(".search-button-field[aria-label], details.hide > summary[aria-label]")) {
      button.removeAttribute("aria-label");
    }
  };
  const start = () => {
    tell();
    name();
    new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
