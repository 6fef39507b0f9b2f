import { KINDS, brief, running, time } from './dashboard-words.js';

/** Curves and strips, in the colours of the style sheet. */

let colours = {};

export function readColours() {
  const style = getComputedStyle(document.documentElement);
  colours = {};
  for (const name of ['text', 'dim', 'line', 'faint', 'band', 'accent', 'card', 'running', 'exit', ...KINDS]) {
    colours[name] = style.getPropertyValue('--' + name).trim();
  }
}

/** A clean sheet of the canvas's size. */
function sheet(canvas) {
  const dense = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const w = Math.round(width * dense);
  const h = Math.round(height * dense);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = '11px system-ui, "DejaVu Sans", sans-serif';
  return { pen, width, height };
}

/** Room for a mark at the end of the newest piece. */
const MARGIN = 7;

function scale(width, now, span) {
  const per = (width - MARGIN) / span;
  return at => (at - (now - span)) * per;
}

export function drawStrip(canvas, lane, view) {
  const { pen, width, height } = sheet(canvas);
  const x = scale(width, view.now, view.span);
  const middle = height / 2;
  const begin = Math.max(0, x(lane.up));
  const end = lane.state === 'gone' ? x(lane.since) : width - MARGIN;
  if (lane.pid && end > begin) {
    pen.fillStyle = colours.band;
    pen.fillRect(begin, middle - 9, end - begin, 18);
  }
  pen.fillStyle = colours.line;
  pen.fillRect(0, middle - .5, width - MARGIN, 1);
  const seen = lane.strip.filter(s => s.to >= view.now - view.span);
  for (const s of seen) {
    drawPiece(pen, s, x, middle, view);
  }
  for (const s of seen.filter(piece => piece.kind !== 'success')) { // upon what comes after it, too
    pen.globalAlpha = view.filter.segment(s) ? 1 : .15;
    drawShape(pen, s.kind, Math.max(x(s.from) + 2, x(s.to)), middle);
  }
  pen.globalAlpha = 1;
  if (lane.state === 'running' || lane.state === 'slow') {
    const from = Math.max(0, x(lane.since));
    const wide = Math.max(2, width - MARGIN - from);
    pen.globalAlpha = view.filter.matches(lane.pid, lane.item) ? 1 : .2;
    pen.fillStyle = colours.card;
    pen.fillRect(from, middle - 6, wide, 12);
    pen.strokeStyle = lane.state === 'slow' ? colours.failure : colours.running;
    pen.lineWidth = 1.5;
    pen.strokeRect(from + .75, middle - 5.25, Math.max(.5, wide - 1.5), 10.5);
    pen.globalAlpha = 1;
  }
}

function drawPiece(pen, s, x, middle, view) {
  const from = Math.max(0, x(s.from));
  const wide = Math.max(2, x(s.to) - from);
  const tall = s.kind === 'success' ? 10 : 14;
  pen.globalAlpha = view.filter.segment(s) ? 1 : .15;
  pen.fillStyle = colours[s.kind];
  pen.fillRect(from, middle - tall / 2, wide > 4 ? wide - .5 : wide, tall);
  if (view.picked === s.id) {
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.text;
    pen.lineWidth = 2;
    pen.strokeRect(from - 1, middle - 9.5, wide + 2, 19);
  }
  pen.globalAlpha = 1;
}

const SHAPES = {
  failure: [[0, -5.5], [6, 5], [-6, 5]],
  timedOut: [[0, -6.5], [6.5, 0], [0, 6.5], [-6.5, 0]],
};

/** With a rim, so that it stands out of what is behind it. */
function drawShape(pen, kind, x, y) {
  pen.fillStyle = colours[kind];
  pen.strokeStyle = colours.card;
  pen.lineJoin = 'round';
  pen.beginPath();
  if (kind === 'aborted') {
    pen.lineCap = 'round';
    for (const [style, wide] of [[colours.card, 5.5], [colours.aborted, 2.6]]) {
      pen.strokeStyle = style;
      pen.lineWidth = wide;
      pen.beginPath();
      pen.moveTo(x - 4.2, y - 4.2);
      pen.lineTo(x + 4.2, y + 4.2);
      pen.moveTo(x + 4.2, y - 4.2);
      pen.lineTo(x - 4.2, y + 4.2);
      pen.stroke();
    }
    return;
  }
  if (SHAPES[kind]) {
    SHAPES[kind].forEach(([dx, dy]) => pen.lineTo(x + dx, y + dy));
    pen.closePath();
  } else {
    pen.arc(x, y, 4.5, 0, 7);
  }
  pen.lineWidth = 2.5;
  pen.stroke();
  pen.fill();
  if (kind === 'exit') {
    pen.fillStyle = colours.card;
    pen.beginPath();
    pen.arc(x, y, 2, 0, 7);
    pen.fill();
  }
}

/** The piece at that place, the newest first. */
export function pieceAt(canvas, lane, view, offset) {
  const x = scale(canvas.clientWidth, view.now, view.span);
  for (let i = lane.strip.length - 1; i >= 0; i--) {
    const s = lane.strip[i];
    if (offset >= x(s.from) - 2 && offset <= Math.max(x(s.to), x(s.from) + 2) + (s.kind === 'success' ? 1 : 6)) {
      return s;
    }
  }
  return null;
}

export function placeOf(canvas, s, view) {
  return Math.max(0, scale(canvas.clientWidth, view.now, view.span)(s.to));
}

export function drawAxis(canvas, span) {
  const { pen, width } = sheet(canvas);
  pen.fillStyle = colours.dim;
  pen.textBaseline = 'middle';
  const marks = width > 300 ? 4 : 2;
  for (let i = 0; i <= marks; i++) {
    const at = (width - MARGIN) * i / marks;
    const text = i === marks ? 'now' : '−' + short(span * (1 - i / marks));
    pen.textAlign = i === 0 ? 'left' : i === marks ? 'right' : 'center';
    pen.fillText(text, at, 8);
  }
}

function short(ms) {
  return ms < 60e3 || ms % 60e3 ? running(ms).replace('.0 s', ' s') : ms / 60e3 + ' min';
}

const LEFT = 46;
const BOTTOM = 15;

function frame(canvas, span) {
  const { pen, width, height } = sheet(canvas);
  pen.fillStyle = colours.dim;
  pen.textBaseline = 'alphabetic';
  for (const [part, align] of [[0, 'left'], [.5, 'center'], [1, 'right']]) {
    pen.textAlign = align;
    pen.fillText(part === 1 ? 'now' : '−' + short(span * (1 - part)), LEFT + (width - LEFT) * part, height - 2);
  }
  return { pen, width: width - LEFT, height: height - BOTTOM };
}

function grid(pen, y, width, label) {
  pen.fillStyle = colours.line;
  pen.fillRect(LEFT, Math.round(y), width, 1);
  pen.fillStyle = colours.dim;
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  pen.fillText(label, LEFT - 5, Math.max(6, y));
}

function nice(n) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  return [1, 2, 4, 5, 10].map(f => f * power).find(top => top >= n);
}

/** Items per second, one outcome upon the other. */
export function drawRate(canvas, state) {
  const span = state.history;
  const { pen, width, height } = frame(canvas, span);
  const now = Math.floor(state.now() / 1e3);
  const count = Math.round(span / 1e3);
  // a column has two pixels at least: of the seconds in it, the mean
  const per = Math.max(1, Math.ceil(count * 2 / width));
  const columns = new Map();
  for (const second of state.seconds.values()) {
    const place = Math.floor((second.at - (now - count)) / per);
    if (second.at >= now - count && second.at < now) {
      const sums = columns.get(place) ?? [0, 0, 0, 0];
      columns.set(place, sums.map((sum, i) => sum + second.counts[i] / per));
    }
  }
  const top = nice(Math.max(1, ...[...columns.values()].map(sums => sums.reduce((a, b) => a + b, 0))));
  grid(pen, 4, width, brief(top));
  grid(pen, 4 + (height - 4) / 2, width, brief(top / 2));
  grid(pen, height, width, '0');
  const wide = width * per / count;
  for (const [place, sums] of columns) {
    const left = Math.round(place * wide);
    const right = Math.round((place + 1) * wide);
    let y = height;
    sums.forEach((sum, i) => {
      const high = sum > 0 ? Math.max(i > 0 ? 2 : .5, sum / top * (height - 4)) : 0;
      y -= high;
      pen.fillStyle = colours[KINDS[i]];
      pen.fillRect(LEFT + left, y, right - left - (wide > 4 ? 1 : 0), high);
    });
  }
}

/** How long half of the items ran at most, and 95 of 100; each line on the axis is ten times the one below. */
export function drawTime(canvas, state) {
  const span = state.history;
  const { pen, width, height } = frame(canvas, span);
  const now = Math.floor(state.now() / 1e3);
  const count = Math.round(span / 1e3);
  const seconds = [...state.seconds.values()].filter(s => s.timed > 0 && s.at >= now - count && s.at < now)
    .sort((a, b) => a.at - b.at);
  const least = Math.min(...seconds.map(s => s.p50), 1e9);
  const most = Math.max(...seconds.map(s => s.p95), 1e-3);
  const low = seconds.length ? Math.floor(Math.log10(Math.max(1e-3, least))) : 0;
  const high = seconds.length ? Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9)) : 2;
  const y = ms => height - (Math.log10(Math.max(1e-3, ms)) - low) / (high - low) * (height - 4);
  const step = high - low > 4 ? 2 : 1;
  for (let power = low; power <= high; power += step) {
    grid(pen, y(10 ** power), width, time(10 ** power));
  }
  const x = at => LEFT + (at + .5 - (now - count)) * width / count;
  for (const [key, colour, dashes] of [['p95', colours.failure, [5, 3]], ['p50', colours.accent, []]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.6;
    pen.lineJoin = 'round';
    pen.setLineDash(dashes);
    pen.beginPath();
    let last = -1e9;
    for (const s of seconds) {
      if (s.at - last > 3) {
        pen.moveTo(x(s.at) - 1, y(s[key])); // a gap, and a dot where one stands alone
      }
      pen.lineTo(x(s.at), y(s[key]));
      last = s.at;
    }
    pen.stroke();
  }
  pen.setLineDash([]);
}
