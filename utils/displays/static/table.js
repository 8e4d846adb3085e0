// The table of the Google Charts interface that TensorFlow Model Analysis asks for. It stands after charts.js.
(() => {
  "use strict";
  const { events, workbook: { html, compare, clamp, FONT } } = google.visualization;
  const LONGEST = 400;
  const GENUINE = /^<(tfma-[a-z0-9-]+)((?: [a-z-]+=(?:"[^"<>]*"|[^\s"'<>=]+))*) ?><\/\1>$/;
  const content = (shown, value) => {
    const match = shown === value ? null : GENUINE.exec(shown);
    if (!match) return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
    const element = document.createElement(match[1]);
    for (const [, name, quoted, bare] of match[2].matchAll(/ ([a-z-]+)=(?:"([^"]*)"|(\S+))/g)) {
      element.setAttribute(name, new DOMParser().parseFromString(quoted ?? bare, "text/html").documentElement.textContent);
    }
    return element;
  };
  const PREFIX = "google-visualization-table";
  const CSS = `
    .${PREFIX}{overflow-x:auto;max-width:100%}
    .${PREFIX}-table{border-collapse:collapse;width:100%;background:#fff}
    .${PREFIX}-table th{white-space:nowrap}
    .${PREFIX}-table td:not(:has(*)){overflow-wrap:break-word;max-width:320px}
    .${PREFIX}-table th button{all:unset;cursor:pointer;color:#5f6368;font-weight:500}
    .${PREFIX} :focus-visible,.${PREFIX}:focus-visible{outline:2px solid #1a73e8;outline-offset:-2px}
    .${PREFIX}-table tbody tr{cursor:pointer}
    .${PREFIX} .${PREFIX}-table tr.${PREFIX}-tr-sel td{background-color:#fff3c4}
    .${PREFIX}-div-page{${FONT}padding:6px;display:flex;gap:4px;align-items:center;flex-wrap:wrap;color:#3c4043}
    .${PREFIX}-div-page button{font:inherit;color:#3c4043;background:#fff;border:1px solid #80868b;border-radius:3px;padding:2px 8px;cursor:pointer}
    .${PREFIX}-div-page button[aria-current]{font-weight:700;background:#e8eaed}`;

  class Table {
    constructor(container) { this.container = container; this.selection = []; this.page = 0; this.order = null; this.key = null; }
    getSelection() { return this.selection; }
    setSelection(selection) { this.selection = selection || []; this.reveal(); this.paint(); }
    draw(data, options) {
      this.data = data;
      this.options = options || {};
      this.order = Array.from({ length: data.getNumberOfRows() }, (_, row) => row);
      this.key = this.key && this.key.column < data.getNumberOfColumns() ? this.key : null;
      if (this.key) this.arrange();
      this.size = this.options.page === "enable" ? this.options.pageSize || 10 : Math.max(1, this.order.length);
      this.page = clamp(this.page, 0, Math.max(0, Math.ceil(this.order.length / this.size) - 1));
      this.render();
      events.trigger(this, "ready");
    }
    arrange() {
      const { column, ascending } = this.key;
      this.order.sort((a, b) => compare(this.data.getValue(a, column), this.data.getValue(b, column)) * (ascending ? 1 : -1) || a - b);
    }
    sortBy(column) {
      this.key = { column, ascending: !(this.key && this.key.column === column && this.key.ascending) };
      this.arrange();
      this.page = 0;
      this.render();
      events.trigger(this, "sort", { column, ascending: this.key.ascending, sortedIndexes: [...this.order] });
      this.container.querySelectorAll("th button")[column].focus();
    }
    turn(page) {
      this.page = page;
      this.render();
      events.trigger(this, "page", { page });
    }
    reveal() {
      if (!this.selection.length || !this.order) return;
      const page = Math.floor(Math.max(0, this.order.indexOf(this.selection[0].row)) / this.size);
      if (page !== this.page) this.turn(page);
    }
    choose(row) {
      this.selection = this.selection.some((item) => item.row === row) ? [] : [{ row, column: null }];
      this.paint();
      events.trigger(this, "select");
    }
    render() {
      const { container, data } = this;
      container.textContent = "";
      container.append(html("style", {}, CSS));
      const columns = data.getNumberOfColumns();
      if (!columns) return;
      const head = html("tr", { class: `${PREFIX}-tr-head` });
      for (let column = 0; column < columns; column++) {
        const sorted = this.key && this.key.column === column ? (this.key.ascending ? "ascending" : "descending") : null;
        const button = html("button", { type: "button" }, data.getColumnLabel(column));
        button.addEventListener("click", () => this.sortBy(column));
        head.append(html("th", { scope: "col", class: `${PREFIX}-th${sorted ? ` sort-${sorted}` : ""}`, "aria-sort": sorted || "none" },
          button, html("span", { class: `${PREFIX}-sortind`, "aria-hidden": "true" })));
      }
      const body = html("tbody", {});
      this.lines = this.order.slice(this.page * this.size, (this.page + 1) * this.size).map((row, at) => {
        const line = html("tr", { class: `${PREFIX}-tr-${at % 2 ? "odd" : "even"}`, tabindex: 0 });
        for (let column = 0; column < columns; column++) {
          const shown = data.getFormattedValue(row, column);
          line.append(html("td", { class: `${PREFIX}-td`, dir: "auto" }, column && this.options.allowHtml ? content(shown, data.getValue(row, column)) : content(shown, shown)));
        }
        line.addEventListener("click", () => this.choose(row));
        line.addEventListener("keydown", (event) => { if (event.target === line && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); this.choose(row); } });
        line.addEventListener("mouseenter", () => line.classList.add(`${PREFIX}-tr-over`));
        line.addEventListener("mouseleave", () => line.classList.remove(`${PREFIX}-tr-over`));
        body.append(line);
        return { row, line };
      });
      const box = html("div", { class: PREFIX, tabindex: 0, role: "region", "aria-label": "Table" },
        html("table", { class: `${PREFIX}-table` }, html("thead", {}, head), body));
      container.append(box);
      const pages = Math.ceil(this.order.length / this.size);
      if (pages > 1) box.append(this.pager(pages));
      this.paint();
    }
    pager(pages) {
      const pager = html("div", { class: `${PREFIX}-div-page`, role: "group", "aria-label": "Pages" });
      const button = (name, page, current) => {
        const element = html("button", { type: "button", "aria-label": `${name}`, ...(current ? { "aria-current": "page" } : {}) }, name);
        element.disabled = page < 0 || page >= pages;
        element.addEventListener("click", () => this.turn(page));
        pager.append(element);
      };
      button("Previous", this.page - 1);
      const first = clamp(this.page - 4, 0, Math.max(0, pages - 9));
      for (let page = first; page < Math.min(pages, first + 9); page++) button(String(page + 1), page, page === this.page);
      button("Next", this.page + 1);
      pager.append(`of ${pages}`);
      return pager;
    }
    paint() {
      for (const { row, line } of this.lines || []) {
        const chosen = this.selection.some((item) => item.row === row);
        line.classList.toggle(`${PREFIX}-tr-sel`, chosen);
        line.setAttribute("aria-selected", String(chosen));
      }
    }
  }

  google.visualization.Table = Table;
})();
