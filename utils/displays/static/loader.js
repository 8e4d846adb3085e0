(() => {
  "use strict";
  const host = document.currentScript && document.currentScript.closest(".workbook-frame");
  if (!host) return;
  const part = (name) => host.querySelector(`script[data-workbook-part="${name}"]`).textContent;
  const note = host.querySelector(".workbook-note");
  const details = host.querySelector("details");
  const say = (message) => {
    note.textContent = message;
    note.hidden = !message;
  };
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%/()*+-;,=.?@^_`{|}~";
  const VALUES = Object.fromEntries([...ALPHABET].map((digit, value) => [digit.charCodeAt(0), value]));
  const unpack = async (text) => {
    const digits = text.trim();
    const bytes = new Uint8Array(Math.ceil(digits.length / 5) * 4);
    for (let at = 0; at < digits.length; at += 5) {
      let number = 0;
      for (let place = at; place < at + 5; place++) number = number * 85 + (VALUES[digits.charCodeAt(place)] ?? 84);
      for (let byte = 3; byte >= 0; byte--, number = Math.floor(number / 256)) bytes[(at / 5) * 4 + byte] = number % 256;
    }
    const length = Math.floor((digits.length * 4) / 5);
    const stream = new Blob([bytes.subarray(0, length)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };
  const shelf = (window.workbookLibraries = window.workbookLibraries || { found: {}, waiting: {} });
  const offer = (element) => {
    const name = element.dataset.workbookLibrary;
    if (!shelf.found[name]) shelf.found[name] = unpack(element.textContent);
    for (const wake of shelf.waiting[name] || []) wake(shelf.found[name]);
    delete shelf.waiting[name];
  };
  const own = host.querySelector("script[data-workbook-library]");
  if (own && window.DecompressionStream) offer(own);

  const library = (name) => {
    const elsewhere = document.querySelector(`script[data-workbook-library="${name}"]`);
    if (!shelf.found[name] && elsewhere) offer(elsewhere);
    if (shelf.found[name]) return shelf.found[name];
    const slow = setTimeout(() => say(
      "The interactive view waits for another output that carries its code. If that output was deleted or " +
      "cleared, run this cell again. The table below holds the same facts."), 3000);
    return new Promise((wake) => {
      (shelf.waiting[name] = shelf.waiting[name] || []).push((found) => {
        clearTimeout(slow);
        say("");
        wake(found);
      });
    });
  };

__SEALED__
  const inner = `(() => {
    const send = (message) => parent.parent.postMessage(Object.assign({ workbook: 1 }, message), "*");
    const root = document.getElementById("workbook-root");
    const fit = () => send({ height: Math.ceil(root.getBoundingClientRect().height +
      (document.body.scrollWidth > innerWidth ? 18 : 0)) });
    addEventListener("error", (event) => send({ error: String(event.message) }));
    addEventListener("unhandledrejection", (event) => send({ error: String(event.reason) }));
    new ResizeObserver(fit).observe(root);
    const frame = { fit, emit: (name, detail) => send({ name, detail: JSON.parse(JSON.stringify(detail ?? null)) }) };
    const data = JSON.parse(document.getElementById("workbook-data").textContent);
    window.workbookStart(data, frame);
    requestAnimationFrame(() => { fit(); send({ ready: true }); });
  })();`;
  const style = `<style>:root{color-scheme:light}html,body{margin:0;background:#fff;color:#202124;font-family:Roboto,Arial,Helvetica,sans-serif}
body{overflow-x:auto;overflow-y:hidden}#workbook-root{display:flow-root;padding:8px}</style>`;
  const body = (settings, data) => `<div id="workbook-root">${settings.body}</div>
<script type="application/json" id="workbook-data">${data}</script>
<script>window.workbookStart = (data, frame) => {${settings.start}};</script><script>${inner}</script>`;

  const mount = async () => {
    try {
      const settings = JSON.parse(part("settings"));
      const head = await library(settings.library);
      const data = settings.packed ? await unpack(part("data")) : part("data");
      const iframe = document.createElement("iframe");
      iframe.style.height = `${settings.height}px`;
      addEventListener("message", (event) => {
        if (event.source !== inside(iframe) || !event.data || event.data.workbook !== 1) return;
        const { height, error, ready, name, detail } = event.data;
        if (height) iframe.style.height = `${Math.max(settings.minHeight, Math.min(height + 2, 20000))}px`;
        if (error) say(`The interactive view failed: ${error}. The table below holds the same facts.`);
        if (error) details.open = true;
        if (ready && note.hidden) details.open = false;
        if (name) {
          host.dispatchEvent(new CustomEvent("workbook-event", {
            bubbles: true, detail: { key: host.dataset.workbookKey, name, detail } }));
        }
      });
      seal(iframe, settings.title, style + head, body(settings, data));
      host.insertBefore(iframe, details);
    } catch (error) {
      say(`The interactive view could not start: ${error}. The table below holds the same facts.`);
    }
  };
  if (!window.DecompressionStream) {
    say("This browser is too old for the interactive view. The table below holds the same facts.");
    return;
  }
  host.style.minHeight = `${JSON.parse(part("settings")).height}px`;
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      watcher.disconnect();
      mount();
    }
  }, { rootMargin: "800px" });
  watcher.observe(host);
})();
