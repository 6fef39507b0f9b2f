import { Filter, State } from './dashboard-state.js';
import { drawAxis, drawRate, drawTime, readColours } from './dashboard-draw.js';
import { KINDS, count, number, rate, time } from './dashboard-words.js';
import { Rows } from './dashboard-rows.js';
import { Deaths } from './dashboard-deaths.js';

/** Puts it all together: the stream of events, the numbers, the filters, the clock. */

const byId = id => document.getElementById(id);
const state = new State();
const filter = new Filter();
const view = { state, filter, span: 300e3, now: 0, picked: null };
const rows = new Rows(view);
const deaths = new Deaths(view);
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Sparse: what is said is at most one sentence in ten seconds. */
const SILENCE = 10_000;
let spokeAt = -SILENCE;
let unsaid = 0;

function say(text) {
  spokeAt = performance.now();
  byId('spoken').textContent = text;
}

function put(id, text) {
  const element = byId(id);
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function connection(is, text) {
  if (byId('link').dataset.state !== is) {
    if (is === 'lost' || byId('link').dataset.state === 'lost') {
      say(is === 'lost' ? 'The connection is lost.' : 'Connected again.');
    }
    byId('link').dataset.state = is;
    put('link-text', text);
  }
}

/** Something comes every five seconds at least; a connection that is silent for longer is dead. */
const DEAD = 15_000;
let events = null;
let heardAt = 0;

/** The browser comes back by itself when a connection breaks, but not when it was refused. */
function connect() {
  events?.close();
  heardAt = performance.now();
  events = new EventSource('events');
  const mine = events;
  const take = isSnapshot => message => {
    heardAt = performance.now();
    const frame = JSON.parse(message.data);
    const before = state.lost ?? 0;
    const changed = state.apply(frame, isSnapshot);
    if (isSnapshot) {
      begin();
    } else {
      unsaid += state.lost - before;
    }
    deaths.update(changed, isSnapshot);
    rows.update(frame.lanes);
    connection('live', 'live');
    tell();
    if (isSnapshot) {
      paint();
    }
  };
  events.addEventListener('snapshot', take(true));
  events.addEventListener('news', take(false));
  events.onerror = () => {
    connection('lost', 'connection lost, trying again');
    if (mine.readyState === EventSource.CLOSED) {
      setTimeout(() => mine === events && connect(), 2_000);
    }
  };
}

function begin() {
  put('title', state.title);
  document.title = state.title;
  rows.clear();
  const select = byId('window');
  const chosen = Number(select.value) || Math.min(state.history, 60e3);
  const spans = [15e3, 60e3, 300e3, 900e3, 3600e3].filter(span => span < state.history);
  select.replaceChildren(...[...spans, state.history].map(span => {
    const text = `last ${time(span)}`;
    return new Option(text, String(span), false, span === chosen);
  }));
  view.span = Number(select.value);
}

function tell() {
  const all = state.counts.reduce((a, b) => a + b, 0);
  KINDS.forEach((kind, i) => {
    put('count-' + kind, number(state.counts[i]));
    put('share-' + kind, all > 0 ? share(state.counts[i], all) : '');
  });
  const load = state.load;
  const up = [...state.lanes.values()].filter(lane => lane.state !== 'gone').length;
  put('fact-up', `${number(Math.max(up, load ? load.idle + load.busy : 0))} of ${number(state.children)}`);
  put('fact-busy', load ? number(load.busy) : '–');
  put('fact-idle', load ? number(load.idle) : '–');
  put('fact-starting', load ? number(load.starting) : '–');
  put('fact-started', number(state.started));
  put('fact-waiting', load ? number(load.waiting) : '–');
  byId('nodes').hidden = state.nodes.length === 0;
  put('fact-nodes', state.nodes.map(node => `${node.name} @${node.number}: ${node.children || 'gone'}`).join(', '));
  byId('left-out').hidden = state.leftOut === 0;
  put('left-out', `${count(state.leftOut, 'event')} came faster than they could be told: as many are missing below.`);
}

function share(part, all) {
  const percent = part / all * 100;
  if (part === 0 || percent >= 99.95) {
    return Math.round(percent) + ' %';
  }
  return percent < .1 ? '< 0.1 %' : Math.min(99.9, percent).toFixed(1) + ' %';
}

function readings() {
  const { rate: perSecond, p50, p95 } = state.recent(5);
  put('rate-now', rate(perSecond));
  put('p50-now', p50 === null ? '–' : time(p50));
  put('p95-now', p95 === null ? '–' : time(p95));
}

let labelled = -SILENCE;

function paint() {
  if (document.hidden || !state.known) {
    return;
  }
  view.now = state.now();
  state.forget();
  readings();
  drawRate(byId('rate'), state);
  drawTime(byId('time'), state);
  drawAxis(byId('axis'), view.span);
  rows.paint();
  const now = performance.now();
  if (now - labelled >= SILENCE) {
    labelled = now;
    byId('rate').setAttribute('aria-label', `Items per second: ${byId('rate-now').textContent} now`);
    byId('time').setAttribute('aria-label',
      `How long items run: half within ${byId('p50-now').textContent}, 95 percent within ${byId('p95-now').textContent}`);
  }
  if (unsaid > 0 && now - spokeAt >= SILENCE) {
    say(count(unsaid, 'new death') + '.');
    unsaid = 0;
  }
}

setInterval(() => {
  if (performance.now() - heardAt > DEAD) {
    connection('lost', 'connection lost, trying again');
    connect();
  }
}, 1_000);

let painted = -Infinity;

/** Four times a second; where motion is not wanted, every two seconds. */
setInterval(() => {
  if (!still.matches || performance.now() - painted >= 2_000) {
    painted = performance.now();
    paint();
  }
}, 250);

function filtered() {
  rows.filter();
  deaths.filter();
  paint();
}

byId('filter').addEventListener('input', event => {
  filter.text = event.target.value.trim().toLowerCase();
  filtered();
});
byId('filter').addEventListener('keydown', event => {
  if (event.key === 'Escape' && filter.text !== '') {
    event.target.value = '';
    filter.text = '';
    filtered();
  }
});
byId('window').addEventListener('change', event => {
  view.span = Number(event.target.value);
  filtered();
});
for (const tile of document.querySelectorAll('.tile')) {
  tile.addEventListener('click', () => {
    const kind = tile.dataset.kind;
    if (!filter.shown.delete(kind)) {
      filter.shown.add(kind);
    }
    tile.setAttribute('aria-pressed', String(filter.shown.has(kind)));
    filtered();
  });
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  readColours();
  paint();
});
window.addEventListener('resize', paint);
document.addEventListener('visibilitychange', paint);

readColours();
connect();
