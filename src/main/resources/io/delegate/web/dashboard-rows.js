import { drawStrip, pieceAt, placeOf } from './dashboard-draw.js';
import { NAMES, child, count, number, piece, running, time } from './dashboard-words.js';

/** Between two fast items a child is not idle: it would flicker. */
const BREATH = 500;

const CELLS = ['slot', 'pid', 'state', 'item', 'running', 'strip'];

/** The table of children: a row for each slot, with its strip. */
export class Rows {
  constructor(view) {
    this.view = view;
    this.rows = new Map();
    this.seen = new IntersectionObserver(entries => {
      for (const entry of entries) {
        const row = this.rows.get(Number(entry.target.dataset.slot));
        if (row) {
          row.visible = entry.isIntersecting;
        }
      }
    }, { rootMargin: '200px' });
    this.body = document.getElementById('rows');
    this.tip = document.getElementById('tip');
    this.body.addEventListener('keydown', event => this.key(event));
    this.body.addEventListener('focusin', event => this.rove(event.target));
    this.body.addEventListener('focusout', () => this.unpick());
  }

  clear() {
    this.seen.disconnect();
    this.rows.clear();
    this.body.replaceChildren();
    this.unpick();
  }

  update(lanes) {
    for (const lane of lanes) {
      if (!this.rows.has(lane.slot)) {
        this.add(lane.slot);
      }
    }
    document.getElementById('no-children').hidden = this.rows.size > 0;
    this.filter();
  }

  add(slot) {
    const tr = document.createElement('tr');
    tr.setAttribute('role', 'row');
    tr.dataset.slot = slot;
    const row = { tr, visible: true, cells: {} };
    for (const name of CELLS) {
      const td = document.createElement('td');
      td.setAttribute('role', 'cell');
      td.className = name;
      row.cells[name] = td;
      tr.append(td);
    }
    row.cells.slot.textContent = String(slot + 1);
    const dot = document.createElement('span');
    dot.className = 'dot';
    dot.setAttribute('aria-hidden', 'true');
    row.state = document.createTextNode('');
    row.cells.state.append(dot, row.state);
    row.canvas = document.createElement('canvas');
    row.canvas.setAttribute('role', 'img');
    row.canvas.tabIndex = this.rows.size === 0 ? 0 : -1;
    row.canvas.addEventListener('pointermove', event => this.hover(slot, event));
    row.canvas.addEventListener('pointerleave', () => this.unpick());
    row.cells.strip.append(row.canvas);
    this.rows.set(slot, row);
    this.body.append(tr);
    this.seen.observe(tr);
  }

  paint() {
    for (const [slot, row] of this.rows) {
      if (row.visible && !row.tr.hidden) {
        const lane = this.view.state.lanes.get(slot);
        this.write(row, lane);
        drawStrip(row.canvas, lane, this.view);
      }
    }
  }

  write(row, lane) {
    const { now, state } = this.view;
    const fresh = lane.state === 'idle' && lane.items > 0 && now - lane.since < BREATH;
    const is = fresh ? 'running' : lane.state;
    const runs = lane.state === 'running' || lane.state === 'slow';
    const took = runs ? now - lane.since : null;
    const near = took !== null && state.limit !== null && took > state.limit * .8;
    put(row.tr, 'className', (is === 'running' ? 'running-now' : is) + (near ? ' near' : ''));
    put(row.cells.pid, 'textContent', lane.state === 'gone' ? '' : child(lane.pid));
    put(row.state, 'data', is === 'gone' ? 'free' : is);
    const rest = lane.state === 'gone' ? lane.end : fresh ? '' : `${count(lane.items, 'item')} so far`;
    const text = !runs ? rest : lane.progress ? `${lane.item} · ${lane.progress}` : lane.item;
    put(row.cells.item, 'textContent', text);
    put(row.cells.item, 'title', text);
    put(row.cells.item, 'className', runs ? 'item' : 'item none');
    const limit = state.limit === null ? '' : ` of ${time(state.limit)}`;
    put(row.cells.running, 'textContent', took === null ? '' : running(took) + limit);
    if (now - (row.labelled ?? -1e9) > 5e3) {
      row.labelled = now;
      row.canvas.setAttribute('aria-label', this.label(lane));
    }
  }

  label(lane) {
    const sums = [0, 0, 0, 0];
    for (const s of lane.strip) {
      if (s.to >= this.view.now - this.view.span) {
        s.counts.forEach((n, i) => { sums[i] += n; });
      }
    }
    const parts = ['success', 'failure', 'aborted', 'timedOut'].map((kind, i) => `${number(sums[i])} ${NAMES[kind]}`);
    return `Timeline of slot ${lane.slot + 1}: ${parts.join(', ')} in the last ${time(this.view.span)}`;
  }

  filter() {
    const from = this.view.now - this.view.span;
    for (const [slot, row] of this.rows) {
      row.tr.hidden = this.view.filter.text !== ''
        && !this.view.filter.lane(this.view.state.lanes.get(slot), from);
    }
    this.note();
    const places = [...this.rows.values()].filter(row => !row.tr.hidden);
    if (places.length > 0 && !places.some(row => row.canvas.tabIndex === 0)) {
      this.rove(places[0].canvas);
    }
  }

  note() {
    const all = this.rows.size;
    const shown = [...this.rows.values()].filter(row => !row.tr.hidden).length;
    const text = shown < all ? `${number(shown)} of ${count(all, 'slot')}` : all > 0 ? count(all, 'slot') : '';
    put(document.getElementById('children-note'), 'textContent', text);
  }

  hover(slot, event) {
    const row = this.rows.get(slot);
    const s = pieceAt(row.canvas, this.view.state.lanes.get(slot), this.view, event.offsetX);
    if (s) {
      this.show(row, s, event.clientX);
    } else {
      this.unpick();
    }
  }

  show(row, s, x) {
    this.view.picked = s.id;
    this.tip.hidden = false;
    put(this.tip, 'textContent', piece(s).join('\n'));
    const place = row.canvas.getBoundingClientRect();
    const left = Math.min(Math.max(4, x - this.tip.offsetWidth / 2), innerWidth - this.tip.offsetWidth - 4);
    const above = place.top - this.tip.offsetHeight - 6;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${above > 0 ? above : place.bottom + 6}px`;
  }

  unpick() {
    this.view.picked = null;
    this.tip.hidden = true;
  }

  /** One stop of the tab key for all strips; arrows go on from there. */
  rove(canvas) {
    if (canvas.tagName === 'CANVAS') {
      for (const row of this.rows.values()) {
        row.canvas.tabIndex = row.canvas === canvas ? 0 : -1;
      }
    }
  }

  key(event) {
    const tr = event.target.closest('tr');
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === 'Escape') {
      this.unpick();
    } else if (step && tr) {
      event.preventDefault();
      if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
        this.go(tr, step);
      } else {
        this.pick(Number(tr.dataset.slot), step);
      }
    }
  }

  go(tr, step) {
    let next = tr;
    do {
      next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
    } while (next && next.hidden);
    next?.querySelector('canvas').focus();
  }

  pick(slot, step) {
    const row = this.rows.get(slot);
    const from = this.view.now - this.view.span;
    const strip = this.view.state.lanes.get(slot).strip
      .filter(s => s.to >= from && this.view.filter.segment(s));
    const at = strip.findIndex(s => s.id === this.view.picked);
    const next = at < 0 ? strip.length - 1 : Math.min(strip.length - 1, Math.max(0, at + step));
    if (strip.length > 0) {
      const s = strip[next];
      this.show(row, s, row.canvas.getBoundingClientRect().left + placeOf(row.canvas, s, this.view));
      document.getElementById('picked').textContent = piece(s).join(', ');
      drawStrip(row.canvas, this.view.state.lanes.get(slot), this.view);
    }
  }
}

/** Only what has changed: the rest of the page is left in peace. */
function put(where, property, text) {
  if (where[property] !== text) {
    where[property] = text;
  }
}
