/** Times and numbers as a person reads them, in the same words wherever they stand. */

export const KINDS = ['success', 'failure', 'aborted', 'timedOut'];

export const NAMES = {
  success: 'success', failure: 'failure', aborted: 'aborted', timedOut: 'timed out',
  exit: 'ended', startFailed: 'never came up',
};

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function number(n) {
  return whole.format(n);
}

/** Short enough for an axis. */
export function brief(n) {
  if (n >= 1e6) {
    return trim(n / 1e6) + 'M';
  }
  return n >= 1e3 ? trim(n / 1e3) + 'k' : trim(n);
}

function trim(n) {
  return n >= 100 || Number.isInteger(n) ? String(Math.round(n)) : String(Number(n.toPrecision(2)));
}

export function rate(n) {
  return n > 0 && n < 9.95 ? n.toFixed(1) : number(n);
}

/** What goes on, in tenths of a second. */
export function running(ms) {
  return ms < 60e3 ? (Math.max(0, ms) / 1e3).toFixed(1) + ' s' : coarse(ms);
}

export function time(ms) {
  if (ms < 1) {
    return Math.round(ms * 1e3) + ' µs';
  }
  if (ms < 1e3) {
    return (ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)) + ' ms';
  }
  return ms < 60e3 ? Number((ms / 1e3).toFixed(1)) + ' s' : coarse(ms);
}

function coarse(ms) {
  const s = Math.floor(ms / 1e3);
  if (s < 3600) {
    return pair(Math.floor(s / 60), 'min', s % 60, 's');
  }
  return s < 86400
    ? pair(Math.floor(s / 3600), 'h', Math.floor(s % 3600 / 60), 'min')
    : pair(Math.floor(s / 86400), 'd', Math.floor(s % 86400 / 3600), 'h');
}

function pair(large, unit, small, smaller) {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}

export function count(n, word) {
  return `${number(n)} ${word}${n === 1 ? '' : 's'}`;
}

export function bytes(n) {
  return n >= 2 ** 30 ? (n / 2 ** 30).toFixed(1) + ' GiB' : Math.round(n / 2 ** 20) + ' MiB';
}

export function clock(ms) {
  return new Date(ms).toLocaleTimeString('en-GB');
}

/** A process, with the number of its node where it is not of this machine. */
export function child(pid) {
  return pid < 2 ** 32 ? String(pid) : `${pid % 2 ** 32}@${Math.floor(pid / 2 ** 32)}`;
}

/** A piece of a strip, in lines. */
export function piece(s) {
  const lines = [];
  const all = s.counts.reduce((a, b) => a + b, 0);
  if (all > 1) {
    const parts = KINDS.map((kind, i) => [s.counts[i], kind]).filter(([n]) => n > 0);
    lines.push(parts.map(([n, kind]) => `${number(n)} ${NAMES[kind]}`).join(', '));
    lines.push(`${time(s.took / all)} each on average, the first: ${s.item}`);
  } else {
    lines.push(`${NAMES[s.kind]}, ${s.took > 0 || all === 1 ? time(s.took) : time(s.to - s.from)}`);
    lines.push(s.item);
  }
  if (s.why) {
    lines.push(s.why);
  }
  lines.push(`child ${child(s.pid)}`);
  return lines;
}
