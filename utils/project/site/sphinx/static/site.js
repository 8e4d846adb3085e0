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
  const start = () => {
    tell();
    name();
    addEventListener("resize", name);
    document.addEventListener("toggle", name, true);
    new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
