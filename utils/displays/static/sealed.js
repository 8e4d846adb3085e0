  // A page in a frame within a frame. Neither can fetch, open or submit anything. A page's own policy does not bind
  // where it navigates itself, but that of the frame around it does, and the outer frame holds nothing but the inner.
  const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; " +
    "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'";
  const SANDBOX = "allow-scripts";
  const quoted = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
  const opening = (title) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>${quoted(title)}</title>`;
  const seal = (frame, title, head, body) => {
    const page = `${opening(title)}${head}</head><body>${body}</body></html>`;
    frame.title = title;
    frame.setAttribute("sandbox", SANDBOX);
    frame.srcdoc = `${opening(title)}<style>:root{color-scheme:light}html,body{height:100%;margin:0;overflow:hidden}
iframe{display:block;border:0;width:100%;height:100%}</style></head><body>
<iframe title="${quoted(title)}" sandbox="${SANDBOX}" srcdoc="${quoted(page)}"></iframe></body></html>`;
  };
  // Of another origin's window only the number of its frames may be asked for until there is one.
  const inside = (frame) => (frame.contentWindow?.length ? frame.contentWindow[0] : undefined);
