// The part of the Google Charts interface that TFMA asks for, drawn locally as SVG and HTML.
// It stands before the TFMA bundle, which then fetches nothing from the web.
(() => {
  "use strict";
  const PALETTE = ["#3366cc", "#c5310e", "#9a5b00", "#0e7a12", "#990099", "#0b6f86"];
  const INK = "#3c4043";
  const FONT = "font:11px Roboto,Arial,Helvetica,sans-serif;";
  const GRID = "#dadce0";
  const finite = (value) => typeof value === "number" && Number.isFinite(value);
  const upTo = (count) => Array.from({ length: count }, (_, at) => at);
  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

  // Events.
  const listeners = new WeakMap();
  const listen = (source, name, call, once) => {
    const handle = { source, name, call, once };
    if (!listeners.has(source)) listeners.set(source, []);
    listeners.get(source).push(handle);
    return handle;
  };
  const events = {
    addListener: (source, name, call) => listen(source, name, call, false),
    addOneTimeListener: (source, name, call) => listen(source, name, call, true),
    removeListener: (handle) => {
      const known = (handle && listeners.get(handle.source)) || [];
      if (known.includes(handle)) known.splice(known.indexOf(handle), 1);
    },
    trigger: (source, name, detail) => {
      for (const handle of [...(listeners.get(source) || [])]) {
        if (handle.name !== name) continue;
        if (handle.once) events.removeListener(handle);
        handle.call(detail);
      }
    },
  };

  // Data.
  const isCell = (cell) => cell !== null && typeof cell === "object" && !Array.isArray(cell) && "v" in cell;
  const toCell = (cell) => (isCell(cell) ? cell : { v: cell });
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b || Number.isNaN(b) - Number.isNaN(a);
    return String(a ?? "").localeCompare(String(b ?? ""));
  };

  class DataTable {
    constructor(source) {
      this.cols = ((source && source.cols) || []).map((column) => ({ type: "string", ...column }));
      this.cells = ((source && source.rows) || []).map((row) => (row.c || row).map(toCell));
    }
    addRows(rows) { rows.forEach((row) => this.cells.push(row.map(toCell))); }
    getNumberOfRows() { return this.cells.length; }
    getNumberOfColumns() { return this.cols.length; }
    getColumnLabel(column) { return this.cols[column].label || ""; }
    getColumnType(column) { return this.cols[column].type; }
    getColumnRole(column) { return this.cols[column].role || ""; }
    getValue(row, column) { const cell = this.cells[row][column]; return cell ? cell.v ?? null : null; }
    getFormattedValue(row, column) {
      const cell = this.cells[row][column];
      return !cell || cell.v == null ? (cell && cell.f) || "" : String(cell.f ?? text(cell.v));
    }
    sort(keys) {
      const wanted = (Array.isArray(keys) ? keys : [keys]).map((key) => (typeof key === "number" ? { column: key } : key));
      this.cells.sort((a, b) => {
        for (const key of wanted) {
          const order = compare((a[key.column] || {}).v, (b[key.column] || {}).v);
          if (order) return key.desc ? -order : order;
        }
        return 0;
      });
    }
  }

  class DataView extends DataTable {
    constructor(table) { super({ cols: table.cols, rows: table.cells }); this.table = table; }
    setRows(rows) { this.cells = rows.map((row) => this.cells[row]); }
    setColumns(columns) {
      const { cols, cells } = this.table;
      const sources = columns.map((column) => column.sourceColumn ?? column);
      this.cols = columns.map((column, at) => ({ ...cols[sources[at]], ...(typeof column === "object" ? column : {}) }));
      this.cells = cells.map((_, row) => columns.map((column, at) =>
        (column.calc === "stringify" ? { v: this.table.getFormattedValue(row, sources[at]) } : cells[row][sources[at]])));
    }
  }

  const arrayToDataTable = (rows) => {
    const [head, ...body] = rows;
    const table = new DataTable({});
    head.forEach((column, index) => {
      const described = typeof column === "object" && column !== null ? column : { label: String(column) };
      const sample = body.map((row) => toCell(row[index]).v).find((value) => value != null);
      table.cols.push({ ...described, type: described.type || (typeof sample === "number" ? "number" : "string") });
    });
    table.addRows(body);
    return table;
  };

  // Small tools.
  const text = (value) => {
    if (typeof value !== "number") return String(value ?? "");
    if (!Number.isFinite(value)) return String(value);
    if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9)) return value.toExponential(2);
    return value.toLocaleString("en-US", { maximumFractionDigits: 5 });
  };
  const filled = (element, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const html = (name, attributes, ...children) => filled(document.createElement(name), attributes, children);
  const svg = (name, attributes, ...children) => filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  const label = (x, y, content, attributes, room) => {
    const characters = room ? Math.max(3, Math.floor(room / 6)) : Infinity;
    const shown = content.length > characters ? `${content.slice(0, characters - 1)}…` : content;
    const element = svg("text", { x, y, fill: INK, style: FONT, ...attributes });
    element.textContent = shown;
    if (shown !== content) element.append(svg("title", {}, content.slice(0, 2000)));
    return element;
  };
  const steps = (low, high, count) => {
    const raw = (high - low) / Math.max(1, count);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
    const ticks = [];
    for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step) {
      ticks.push(Math.abs(tick) < step * 1e-9 ? 0 : tick);
    }
    const digits = clamp(Math.ceil(-Math.log10(step) + 0.3), 0, 8);
    return ticks.map((v) => ({ v, f: Math.abs(v) >= 1e6 ? v.toExponential(1)
      : v.toLocaleString("en-US", { maximumFractionDigits: digits }) }));
  };
  const blend = (low, high, share) => {
    const part = (color, at) => parseInt(color.slice(at, at + 2), 16);
    const mixed = [1, 3, 5].map((at) => Math.round(part(low, at) + (part(high, at) - part(low, at)) * share));
    return `rgb(${mixed.join(",")})`;
  };

  // The charts.
  let unique = 0;

  class Chart {
    constructor(container) { this.container = container; this.selection = []; this.zoom = null; }
    getSelection() { return this.selection; }
    setSelection(selection) {
      this.selection = selection || [];
      if (this.frame) this.markSelection();
    }
    draw(data, options) {
      if (this.data && data.getNumberOfRows() !== this.data.getNumberOfRows()) this.zoom = null;
      this.data = data;
      this.options = options || {};
      this.render();
      events.trigger(this, "ready");
    }

    kind() { return "line"; }

    series() {
      const found = [];
      this.domainNote = null;
      for (let column = 1; column < this.data.getNumberOfColumns(); column++) {
        const role = this.data.getColumnRole(column);
        const last = found[found.length - 1];
        if (role === "tooltip" && last) last.tooltip = column;
        else if (role === "annotation" && last) last.annotation = column;
        else if (role === "annotation") this.domainNote = column;
        else if (!role) {
          const own = (this.options.series || {})[found.length] || {};
          found.push({ column, index: found.length, label: this.data.getColumnLabel(column), axis: own.targetAxisIndex || 0,
            type: own.type || this.kind(), color: own.color || PALETTE[found.length % PALETTE.length],
            dash: own.lineDashStyle, diamond: own.pointShape === "diamond", inLegend: own.visibleInLegend !== false });
        }
      }
      return found;
    }

    render() {
      const { container, options, data } = this;
      container.textContent = "";
      const width = Math.max(200, options.width || container.clientWidth || 400);
      const height = Math.max(140, options.height || container.clientHeight || 200);
      const series = (this.drawn = this.series());
      const frame = (this.frame = html("div", { style: `position:relative;width:${width}px;height:${height}px;overflow:hidden` }));
      container.append(frame);
      const position = (options.legend || {}).position || "top";
      const legend = position === "none" ? null : this.legend(series);
      if (legend) frame.append(legend);
      this.picture(frame, series, width, height - (legend ? legend.offsetHeight : 0));
      if (legend && position === "bottom") frame.append(legend);
      this.tip = html("div", { role: "tooltip", style: `${FONT}color:#202124;background:#fff;position:absolute;display:none;pointer-events:none;` +
        "border:1px solid #5f6368;border-radius:3px;padding:4px 6px;white-space:pre-line;max-width:70%;overflow:hidden;overflow-wrap:anywhere" });
      frame.append(this.tip);
      this.markSelection();
      if (options.enableInteractivity !== false) this.interact();
    }

    legend(series) {
      const shown = series.filter((one) => one.inLegend && one.label);
      if (!shown.length) return null;
      const box = html("div", { class: "workbook-legend", style: `${FONT}color:${INK};display:flex;flex-wrap:wrap;justify-content:center;gap:2px 14px;padding:2px 4px` });
      for (const one of shown) {
        const mark = svg("svg", { width: 16, height: 10, "aria-hidden": "true", style: "flex:none;margin-right:4px" },
          one.type === "line" ? svg("line", { x1: 0, x2: 16, y1: 5, y2: 5, stroke: one.color, "stroke-width": 2, "stroke-dasharray": one.dash && one.dash.join(" ") })
            : one.type === "bars" ? svg("rect", { width: 16, height: 10, fill: one.color }) : this.shape(one, 8, 5));
        box.append(html("span", { style: "display:inline-flex;align-items:center;max-width:100%;overflow-wrap:anywhere" }, mark, one.label.slice(0, 200)));
      }
      return box;
    }
    shape(one, x, y, radius = 4) {
      if (one.diamond) return svg("path", { d: `M${x} ${y - radius - 1}l${radius + 1} ${radius + 1}l${-radius - 1} ${radius + 1}l${-radius - 1} ${-radius - 1}z`, fill: one.color });
      return svg("circle", { cx: x, cy: y, r: radius, fill: one.color });
    }

    domain() {
      const rows = this.data.getNumberOfRows();
      const discrete = !rows || this.data.getColumnType(0) !== "number";
      return { discrete, values: upTo(rows).map((row) => (discrete ? row : this.data.getValue(row, 0))) };
    }

    extent(values, axis, padded) {
      const { min, max } = axis.viewWindow || {};
      const usable = [...values, axis.minValue, axis.maxValue].filter((value) => finite(value) && (!axis.logScale || value > 0));
      let low = min ?? usable.reduce((a, b) => Math.min(a, b), Infinity);
      let high = max ?? usable.reduce((a, b) => Math.max(a, b), -Infinity);
      if (!finite(low) || !finite(high)) [low, high] = axis.logScale ? [0.1, 1] : [0, 1];
      if (low >= high) [low, high] = axis.logScale ? [low / 2, low * 2] : [low - (Math.abs(low) / 10 || 0.5), low + (Math.abs(low) / 10 || 0.5)];
      if (padded && min === undefined && !axis.logScale) {
        const [first, second] = steps(low, high, 5);
        const step = second ? second.v - first.v : high - low;
        low = Math.floor(low / step + 1e-9) * step;
        high = Math.ceil(high / step - 1e-9) * step;
      }
      return [low, high];
    }

    scale([low, high], from, to, log) {
      const turn = log ? (value) => Math.log10(Math.max(value, 1e-12)) : (value) => value;
      const [a, b] = [turn(low), turn(high)];
      const place = (value) => from + ((turn(value) - a) / (b - a)) * (to - from);
      place.back = (pixel) => { const at = a + ((pixel - from) / (to - from)) * (b - a); return log ? 10 ** at : at; };
      return place;
    }

    ticks(axis, range, room, each) {
      if (axis.ticks) return axis.ticks.map((tick) => (isCell(tick) ? { v: tick.v, f: tick.f ?? text(tick.v) } : { v: tick, f: text(tick) }));
      if (axis.logScale) {
        const found = [];
        for (let power = Math.ceil(Math.log10(range[0]) - 1e-9); 10 ** power <= range[1] * 1.0001; power++) found.push({ v: 10 ** power, f: text(10 ** power) });
        if (found.length > 1) return found;
      }
      return steps(range[0], range[1], clamp(Math.floor(room / each), 2, 8));
    }

    picture(frame, series, width, height) {
      const { options, data } = this;
      const rows = data.getNumberOfRows();
      const horizontal = options.hAxis || {};
      const axis = (index) => ({ ...options.vAxis, ...(options.vAxes || {})[index] });
      const axes = [...new Set(series.map((one) => one.axis))].sort().slice(0, 2);
      const { discrete, values } = this.domain();
      const bars = series.filter((one) => one.type === "bars");
      const size = options.title ? 20 : 6;
      const label0 = this.domainNote !== null && this.domainNote !== undefined;
      const area = { top: size + (series.some((one) => one.annotation) ? 14 : 4), bottom: height - (horizontal.title ? 40 : (horizontal.ticks && !horizontal.ticks.length && !label0) ? 10 : 26) };
      const ranges = axes.map((index) => {
        const own = series.filter((one) => one.axis === index);
        const all = own.flatMap((one) => upTo(rows).map((row) => data.getValue(row, one.column)));
        if (own.some((one) => one.type === "bars")) all.push(0);
        return (this.zoom && this.zoom.y && index === axes[0]) ? this.zoom.y : this.extent(all, axis(index), true);
      });
      const rulers = axes.map((index, at) => this.ticks(axis(index), ranges[at], area.bottom - area.top, 34));
      const wide = rulers.map((ruler) => Math.max(8, ...ruler.map((tick) => tick.f.length * 6.2 + 8)));
      area.left = (wide[0] || 8) + (axes.length && axis(axes[0]).title ? 18 : 4);
      area.right = width - (axes.length > 1 ? wide[1] + (axis(axes[1]).title ? 18 : 4) : 14);
      const step = discrete ? 1 : values.slice(1).reduce((least, value, at) => Math.min(least, Math.abs(value - values[at]) || least), Infinity);
      const half = bars.length ? (finite(step) ? step / 2 : 0.5) : discrete ? 0.5 : 0;
      const plain = this.extent(values, discrete ? {} : horizontal, false);
      const across = (this.zoom && this.zoom.x) || (discrete ? [-0.5, Math.max(rows, 1) - 0.5] : half
        ? [Math.min(...values) - half, Math.max(...values) + half] : plain);
      const x = this.scale(across, area.left, area.right, !discrete && horizontal.logScale);
      const ys = axes.map((index, at) => this.scale(ranges[at], area.bottom, area.top, axis(index).logScale));
      const y = (one) => ys[axes.indexOf(one.axis)];
      const name = [options.title || series.map((one) => one.label).filter(Boolean).join(", "),
        horizontal.title ? `by ${horizontal.title}` : "", `${rows} points`].filter(Boolean).join(", ");
      const root = svg("svg", { width, height, role: "img", "aria-label": name.slice(0, 300), style: "display:block" });
      if (options.title) root.append(label(area.left, 14, options.title, { "font-weight": 500 }, width - area.left));
      const clip = `clip-${++unique}`;
      root.append(svg("defs", {}, svg("clipPath", { id: clip }, svg("rect", { x: area.left - 1, y: area.top - 6, width: Math.max(1, area.right - area.left + 2), height: Math.max(1, area.bottom - area.top + 7) }))));
      const grid = svg("g", {});
      const marks = svg("g", {});
      const plot = svg("g", { "clip-path": `url(#${clip})` }, grid, marks);
      const lines = svg("g", {}, svg("line", { x1: area.left, x2: area.right, y1: area.bottom, y2: area.bottom, stroke: "#5f6368" }));
      const rules = svg("g", {});
      const notes = svg("g", {});
      root.append(plot, lines, rules, notes);
      rulers.forEach((ruler, at) => ruler.forEach((tick) => {
        const where = ys[at](tick.v);
        if (where < area.top - 1 || where > area.bottom + 1) return;
        if (!at) grid.append(svg("line", { x1: area.left, x2: area.right, y1: where, y2: where, stroke: GRID }));
        rules.append(label(at ? area.right + 6 : area.left - 6, where + 4, tick.f, { "text-anchor": at ? "start" : "end" }));
      }));
      axes.forEach((index, at) => {
        const title = axis(index).title;
        const where = at ? width - 5 : 12;
        const middle = (area.top + area.bottom) / 2;
        if (title) rules.append(label(where, middle, title, { "text-anchor": "middle", transform: `rotate(-90 ${where} ${middle})`, "font-style": "italic" }, area.bottom - area.top));
      });
      if (horizontal.title) rules.append(label((area.left + area.right) / 2, height - 5, horizontal.title, { "text-anchor": "middle", "font-style": "italic" }, area.right - area.left));
      let ruler = discrete && !horizontal.ticks ? values.map((row) => ({ v: row, f: data.getFormattedValue(row, 0) })) : this.ticks(horizontal, across, area.right - area.left, 70);
      if (label0) ruler = values.map((v, row) => ({ v, f: String(data.getValue(row, this.domainNote) ?? "") }));
      const room = (area.right - area.left) / Math.max(1, ruler.length);
      const skip = Math.max(1, Math.ceil((Math.max(0, ...ruler.map((tick) => Math.min(tick.f.length, 14))) * 6.2 + 6) / room));
      ruler.forEach((tick, at) => {
        const where = x(tick.v);
        if (at % skip || where < area.left - 1 || where > area.right + 1) return;
        const anchor = where - area.left < 16 && !discrete ? "start" : area.right - where < 16 && !discrete ? "end" : "middle";
        rules.append(label(anchor === "start" ? area.left - 4 : where, area.bottom + 15, tick.f, { "text-anchor": anchor }, Math.max(room * skip, 60)));
      });
      this.points = [];
      const group = options.bar && parseFloat(options.bar.groupWidth) ? parseFloat(options.bar.groupWidth) / 100 : 0.7;
      for (const one of series) {
        const at = (row) => [x(values[row]), y(one)(data.getValue(row, one.column))];
        if (one.type === "bars") {
          const slot = (Math.abs(x(half * 2) - x(0)) * group) / bars.length;
          const zero = clamp(y(one)(0), area.top, area.bottom);
          for (let row = 0; row < rows; row++) {
            const value = data.getValue(row, one.column);
            const top = finite(value) ? y(one)(value) : zero;
            const from = x(values[row]) - (slot * bars.length) / 2 + slot * bars.indexOf(one);
            const mark = svg("rect", { x: from, y: Math.min(top, zero), width: Math.max(0.5, slot - (group > 0.95 ? 1 : 0)), height: Math.abs(zero - top), fill: one.color });
            marks.append(mark);
            if (one.annotation !== undefined) {
              notes.append(svg("g", {}, label(from + slot / 2, Math.max(area.top + 4, top - 4), data.getFormattedValue(row, one.annotation), { "text-anchor": "middle" }, Math.max(slot + 8, 24))));
            }
            this.points.push({ row, one, x: from + slot / 2, y: top, mark, box: [from, from + slot, Math.min(top, zero) - 3, Math.max(top, zero) + 3] });
          }
          continue;
        }
        let path = "";
        for (let row = 0, open = false; row < rows; row++) {
          const [px, py] = at(row);
          const usable = finite(px) && finite(py) && data.getValue(row, one.column) !== null;
          if (usable) {
            path += `${open ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`;
            const mark = one.type === "scatter" ? marks.appendChild(this.shape(one, px, py)) : null;
            this.points.push({ row, one, x: px, y: py, mark });
          }
          open = usable;
        }
        if (one.type === "line") {
          marks.append(svg("path", { d: path || "M0 0", fill: "none", stroke: one.color, "stroke-width": 2, "stroke-dasharray": one.dash && one.dash.join(" ") }));
          if (rows <= 40 && !one.dash) this.points.filter((point) => point.one === one).forEach((point) => marks.append(this.shape(one, point.x, point.y, 2.5)));
        }
      }
      this.halo = svg("g", { "clip-path": `url(#${clip})`, "pointer-events": "none" });
      root.append(this.halo);
      frame.append(root);
      Object.assign(this, { root, scales: { x, y: ys[0] } });
    }

    tooltip(point) {
      const { data } = this;
      if (point.text) return point.text;
      if (point.one.tooltip !== undefined) return data.getFormattedValue(point.row, point.one.tooltip) || `${point.one.label}: ${data.getFormattedValue(point.row, point.one.column)}`;
      return `${data.getFormattedValue(point.row, 0)}\n${point.one.label}: ${data.getFormattedValue(point.row, point.one.column)}`;
    }

    markSelection() {
      if (!this.halo) return;
      this.halo.textContent = "";
      for (const point of this.points || []) {
        const chosen = this.selection.some((item) => item.row === point.row && (item.column == null || !point.one || item.column === point.one.column));
        if (!chosen) continue;
        if (point.box) this.halo.append(svg("rect", { x: point.box[0] - 1, y: point.box[2] + 2, width: point.box[1] - point.box[0] + 2, height: point.box[3] - point.box[2] - 4, fill: "none", stroke: "#202124", "stroke-width": 2 }));
        else this.halo.append(svg("circle", { cx: point.x, cy: point.y, r: (point.radius || 4) + 3, fill: "none", stroke: "#202124", "stroke-width": 2 }));
      }
    }

    nearest(px, py) {
      let best = null;
      let least = 24 ** 2;
      for (const point of this.points || []) {
        const inside = point.box && px >= point.box[0] && px <= point.box[1] && py >= point.box[2] && py <= point.box[3];
        const distance = inside ? 0 : point.box ? Infinity : (point.x - px) ** 2 + (point.y - py) ** 2;
        if (distance < least || (distance === least && inside)) [best, least] = [point, distance];
      }
      return best;
    }

    interact() {
      const { root, frame, tip } = this;
      const place = (event) => { const box = root.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
      let over = null;
      let start = null;
      let band = null;
      const show = (point) => {
        if (point === over) return;
        if (over) events.trigger(this, "onmouseout", { row: over.row, column: over.one ? over.one.column : null });
        over = point;
        tip.style.display = point ? "block" : "none";
        if (!point) return;
        tip.textContent = this.tooltip(point).slice(0, 500);
        const left = point.x + root.offsetLeft || point.x;
        tip.style.left = `${clamp(left + 10, 0, Math.max(0, frame.clientWidth - tip.offsetWidth))}px`;
        tip.style.top = `${clamp(point.y - tip.offsetHeight - 8 < 0 ? point.y + 12 : point.y - tip.offsetHeight - 8, 0, Math.max(0, frame.clientHeight - tip.offsetHeight))}px`;
        events.trigger(this, "onmouseover", { row: point.row, column: point.one ? point.one.column : null });
      };
      root.addEventListener("mousemove", (event) => { if (!band) show(this.nearest(...place(event))); });
      root.addEventListener("mouseleave", () => show(null));
      const drag = (event) => {
        const [px, py] = place(event);
        if (!band) root.append((band = svg("rect", { fill: "#3366cc", "fill-opacity": 0.15, stroke: "#3366cc" })));
        filled(band, { x: Math.min(px, start[0]), y: Math.min(py, start[1]), width: Math.abs(px - start[0]), height: Math.abs(py - start[1]) }, []);
        show(null);
      };
      const drop = (event) => {
        window.removeEventListener("mousemove", drag);
        const end = place(event);
        if (band) band.remove();
        band = null;
        if (Math.abs(end[0] - start[0]) < 8 || Math.abs(end[1] - start[1]) < 8) return;
        const { x, y } = this.scales;
        const span = (place, side) => [place.back(start[side]), place.back(end[side])].sort((a, b) => a - b);
        this.zoom = { x: span(x, 0), y: span(y, 1) };
        this.render();
      };
      if (((this.options.explorer || {}).actions || []).includes("dragToZoom")) {
        root.addEventListener("mousedown", (event) => {
          if (event.button !== 0) return;
          event.preventDefault();
          start = place(event);
          window.addEventListener("mousemove", drag);
          window.addEventListener("mouseup", drop, { once: true });
        });
        root.addEventListener("contextmenu", (event) => { if (this.zoom) { event.preventDefault(); this.zoom = null; this.render(); } });
      }
      const choose = (point) => {
        const same = this.selection.some((item) => item.row === point.row && item.column === point.one.column);
        this.setSelection(same ? [] : [{ row: point.row, column: point.one.column }]);
        events.trigger(this, "select");
      };
      root.addEventListener("click", (event) => {
        const point = this.nearest(...place(event));
        if (point && point.one) choose(point);
      });
      const bars = (this.points || []).filter((point) => point.box);
      if (bars.length && bars.length <= 200) {
        root.setAttribute("role", "group");
        bars.forEach((point) => {
          point.mark.setAttribute("tabindex", "0");
          point.mark.setAttribute("role", "button");
          point.mark.setAttribute("aria-label", this.tooltip(point).slice(0, 200));
          point.mark.addEventListener("focus", () => show(point));
          point.mark.addEventListener("blur", () => show(null));
          point.mark.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(point); } });
        });
      }
    }
  }

  class LineChart extends Chart {}
  class ScatterChart extends Chart { kind() { return "scatter"; } }
  class ColumnChart extends Chart { kind() { return "bars"; } }
  class ComboChart extends Chart {}

  class BubbleChart extends Chart {
    series() { return this.data.getNumberOfColumns() > 2 ? [{ column: 2, index: 0, label: "", axis: 0, type: "none", color: PALETTE[0], inLegend: false }] : []; }
    domain() { return { discrete: false, values: upTo(this.data.getNumberOfRows()).map((row) => this.data.getValue(row, 1)) }; }
    legend() {
      if (this.data.getNumberOfColumns() < 4) return null;
      const { colors, minValue, maxValue } = this.colors();
      const sizes = this.data.getNumberOfColumns() > 4 ? `, ${this.data.getColumnLabel(4)}` : "";
      return html("div", { class: "workbook-legend", style: `${FONT}color:${INK};display:flex;justify-content:center;gap:6px;align-items:center;padding:2px` },
        `${this.data.getColumnLabel(3)}, ${text(minValue)}`, html("span", { style: `width:90px;height:10px;border:1px solid #80868b;background:linear-gradient(to right,${colors[0]},${colors[1]})` }), `${text(maxValue)}${sizes}`);
    }
    colors() {
      const axis = this.options.colorAxis || {};
      const hex = (color) => (/^#[0-9a-f]{6}$/i.test(color) ? color : "#0A47A4");
      return { colors: (axis.colors || ["#F0F0F0", "#0A47A4"]).map(hex), minValue: axis.minValue ?? 0, maxValue: axis.maxValue ?? 1 };
    }
    picture(frame, series, width, height) {
      super.picture(frame, series, width, height);
      const { data, options } = this;
      const marks = this.root.querySelector("g[clip-path]").children[1];
      marks.textContent = "";
      this.points = [];
      const { colors, minValue, maxValue } = this.colors();
      const size = { minValue: 0, maxValue: 1, minSize: 5, maxSize: 12, ...options.sizeAxis };
      const share = (value, low, high) => clamp(((value ?? low) - low) / (high - low || 1), 0, 1);
      for (let row = 0; row < data.getNumberOfRows(); row++) {
        const [px, py] = [this.scales.x(data.getValue(row, 1)), this.scales.y(data.getValue(row, 2))];
        if (!finite(px) || !finite(py)) continue;
        const radius = size.minSize + (size.maxSize - size.minSize) * share(data.getValue(row, 4), size.minValue, size.maxValue);
        marks.append(svg("circle", { cx: px, cy: py, r: radius, fill: blend(colors[0], colors[1], share(data.getValue(row, 3), minValue, maxValue)), stroke: "#5f6368", "stroke-width": 0.7, "fill-opacity": 0.85 }));
        const lines = [1, 2, 3, 4].filter((column) => column < data.getNumberOfColumns()).map((column) => `${data.getColumnLabel(column)}: ${data.getFormattedValue(row, column)}`);
        this.points.push({ row, x: px, y: py, radius, text: [data.getFormattedValue(row, 0), ...lines].filter(Boolean).join("\n") });
      }
    }
  }

  // The wrapper, and the names under which TFMA looks for all this.
    class ChartWrapper {
    constructor(settings) { this.container = settings.container; this.options = {}; this.setChartType(settings.chartType); }
    setChartType(type) {
      if (type === this.type) return;
      this.type = type;
      this.chart = null;
    }
    getChart() { return this.chart; }
    setDataTable(data) { this.data = data; }
    setOptions(options) { this.options = options; }
    draw() {
      if (!this.chart) {
        const Chosen = google.visualization[this.type];
        if (!Chosen) throw new Error(`No local chart: ${this.type}.`);
        this.chart = new Chosen(this.container);
        for (const name of ["ready", "select"]) events.addListener(this.chart, name, (detail) => events.trigger(this, name, detail));
      }
      this.chart.draw(this.data, this.options);
    }
  }

  window.polymerSkipLoadingFontRoboto = true;
  window.google = { charts: { load: () => Promise.resolve(), setOnLoadCallback: (call) => Promise.resolve().then(call) },
    visualization: { events, DataTable, DataView, arrayToDataTable, ChartWrapper,
      LineChart, ScatterChart, ColumnChart, ComboChart, BubbleChart, workbook: { html, compare, clamp, FONT } } };
})();
