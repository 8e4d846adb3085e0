const DASHBOARD = __DASHBOARD__;
__SEALED__
const PATIENCE = 10000;
const TITLE = "What-If Tool";

const INNER = `
dashboard.ready.then(() => {
  const send = (message) => parent.parent.postMessage({ whatif: 1, ...message }, "*");
  dashboard.listen((event, detail) => send({ event, detail: JSON.parse(JSON.stringify(detail ?? {})) }));
  addEventListener("message", (event) => {
    if (event.source !== parent.parent || !event.data || event.data.whatif !== 1) return;
    try {
      dashboard.apply(event.data.name, JSON.parse(event.data.value));
      send({ event: "applied", detail: { name: event.data.name } });
    } catch (error) {
      send({ event: "failed", detail: { message: String(error) } });
    }
  });
  send({ event: "ready", detail: {} });
});`;

const unpack = async (view) => {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
};

const body = (height) => `<wit-dashboard local id="wit" style="display:block;height:${height - 4}px"></wit-dashboard>
<script>${DASHBOARD}${INNER}</script>`;

function render({ model, el }) {
  const panel = model.get("panel");
  const view = Math.random().toString(36).slice(2);
  const shelf = (globalThis.workbookWhatIf ??= {});
  const status = document.createElement("p");
  const frame = document.createElement("iframe");
  const hiding = document.createElement("style");
  let library = null;

  const say = (text) => {
    status.textContent = text;
    status.hidden = !text;
  };
  const ask = (event, detail = {}) => {
    try {
      model.send({ event, detail, view });
    } catch {
      say(absent);
    }
  };
  const absent = "No kernel answers, so the live What-If Tool cannot start. Run this cell again to use it; " +
    "below it stand the same facts as a table.";
  const patience = setTimeout(() => say(absent), PATIENCE);

  const open = (text) => {
    seal(frame, TITLE, text, body(panel.height));
    if (!frame.isConnected) el.append(frame);
  };
  const hear = async (content, buffers) => {
    if (content.view !== view && content.view !== null) return;
    if (content.do === "library") {
      library(unpack(buffers[0]));
      return;
    }
    const value = await unpack(buffers[0]);
    inside(frame)?.postMessage({ whatif: 1, name: content.do, value }, "*");
  };
  const notice = (event) => {
    if (event.source !== inside(frame) || !event.data || event.data.whatif !== 1) return;
    const { event: name, detail } = event.data;
    if (name === "applied") {
      if (detail.name !== "start") return;
      clearTimeout(patience);
      say("");
      hiding.textContent = `[data-workbook-whatif="${CSS.escape(panel.key)}"] { display: none; }`;
    } else if (name === "failed") {
      say(`The What-If Tool could not show this: ${detail.message}`);
    } else {
      ask(name, detail);
    }
  };

  el.classList.add("workbook-whatif");
  status.className = "workbook-whatif-note";
  status.setAttribute("role", "status");
  frame.style.height = `${panel.height}px`;
  el.append(status);
  document.head.append(hiding);
  addEventListener("message", notice);
  model.on("msg:custom", hear);
  say("The What-If Tool is loading …");
  if (!globalThis.DecompressionStream) {
    say("This browser is too old for the live What-If Tool; below stand the same facts as a table.");
    clearTimeout(patience);
  } else if (shelf[panel.library]) {
    shelf[panel.library].then(open);
  } else {
    const arrival = new Promise((done) => {
      library = done;
    });
    arrival.then((text) => {
      shelf[panel.library] = Promise.resolve(text);
      open(text);
    });
    ask("library");
  }
  return () => {
    clearTimeout(patience);
    removeEventListener("message", notice);
    model.off("msg:custom", hear);
    hiding.remove();
  };
}

export default { render };
