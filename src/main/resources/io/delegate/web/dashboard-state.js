import { KINDS, child } from './dashboard-words.js';

/** What the page knows, in bounded room: a snapshot, and the news since. */
export class State {
  constructor() {
    this.title = 'delegate';
    this.known = false;
    this.reset({});
  }

  reset(frame) {
    this.title = frame.title ?? this.title;
    this.wall = frame.wall ?? Date.now();
    this.history = frame.history ?? 300e3;
    this.limit = frame.limit ?? null;
    this.evidence = frame.evidence ?? true;
    this.maxDeaths = frame.maxDeaths ?? 200;
    this.maxSegments = frame.maxSegments ?? 512;
    this.lanes = new Map();
    this.seconds = new Map();
    this.deaths = new Map();
    this.counts = [0, 0, 0, 0];
    this.load = null;
    this.nodes = [];
    this.skew = 0;
  }

  /** Takes it in; gives the ids of deaths that are new or have changed. */
  apply(frame, isSnapshot) {
    if (isSnapshot) {
      this.reset(frame);
      this.known = true;
    }
    this.skew = frame.now - performance.now();
    this.children = frame.children;
    this.started = frame.started;
    this.lost = frame.lost;
    this.leftOut = frame.leftOut;
    this.counts = frame.counts;
    this.load = frame.load ?? this.load;
    this.nodes = frame.nodes;
    for (const lane of frame.lanes) {
      const strip = this.lanes.get(lane.slot)?.strip ?? [];
      this.lanes.set(lane.slot, { ...lane, strip });
    }
    for (const values of frame.segments) {
      this.addSegment(values);
    }
    for (const [at, s, f, a, t, timed, p50, p95, longest] of frame.seconds) {
      this.seconds.set(at, { at, counts: [s, f, a, t], timed, p50: p50 / 1e3, p95: p95 / 1e3, longest: longest / 1e3 });
    }
    for (const death of frame.deaths) {
      this.deaths.set(death.id, death);
    }
    this.forget();
    return frame.deaths.map(death => death.id);
  }

  addSegment([id, slot, pid, from, to, took, s, f, a, t, item, why]) {
    const counts = [s, f, a, t];
    const segment = { id, slot, pid, from, to, took: took / 1e3, counts, item, why, kind: worst(counts) };
    const strip = this.lanes.get(slot).strip;
    if (strip.length > 0 && strip[strip.length - 1].id === id) {
      strip[strip.length - 1] = segment;
    } else {
      strip.push(segment);
    }
  }

  forget() {
    const oldest = this.now() - this.history;
    for (const lane of this.lanes.values()) {
      let gone = Math.max(0, lane.strip.length - this.maxSegments);
      while (gone < lane.strip.length && lane.strip[gone].to < oldest) {
        gone++;
      }
      if (gone > 0) {
        lane.strip.splice(0, gone);
      }
    }
    for (const at of this.seconds.keys()) {
      if (at * 1e3 < oldest - 2e3) {
        this.seconds.delete(at);
      }
    }
    for (const id of this.deaths.keys()) {
      if (this.deaths.size <= this.maxDeaths) {
        break;
      }
      this.deaths.delete(id);
    }
  }

  /** On the server's clock, in ms since it began. */
  now() {
    return performance.now() + this.skew;
  }

  /** Of the last whole seconds. */
  recent(seconds) {
    const now = Math.floor(this.now() / 1e3);
    let items = 0;
    let p50 = 0;
    let p95 = 0;
    let timed = 0;
    for (let at = now - seconds; at < now; at++) {
      const second = this.seconds.get(at);
      if (second) {
        items += second.counts.reduce((a, b) => a + b, 0);
        timed += second.timed;
        p50 += second.p50 * second.timed;
        p95 = Math.max(p95, second.p95);
      }
    }
    const span = Math.max(1, Math.min(seconds, now));
    return { rate: items / span, p50: timed ? p50 / timed : null, p95: timed ? p95 : null };
  }
}

/** The one that is to be seen. */
function worst(counts) {
  for (let i = KINDS.length - 1; i >= 0; i--) {
    if (counts[i] > 0) {
      return KINDS[i];
    }
  }
  return 'exit';
}

/** What the filters let through. */
export class Filter {
  constructor() {
    this.text = '';
    this.shown = new Set(KINDS);
  }

  kind(kind) {
    return !KINDS.includes(kind) || this.shown.has(kind);
  }

  matches(pid, ...texts) {
    return this.text === ''
      || child(pid) === this.text
      || texts.some(text => text && text.toLowerCase().includes(this.text));
  }

  segment(s) {
    const kinds = KINDS.some((kind, i) => s.counts[i] > 0 && this.shown.has(kind));
    return (kinds || s.kind === 'exit') && this.matches(s.pid, s.item, s.why);
  }

  lane(lane, from) {
    return this.matches(lane.pid, lane.item)
      || lane.strip.some(s => s.to >= from && this.matches(s.pid, s.item, s.why));
  }

  death(death) {
    return this.kind(death.kind) && this.matches(death.pid, death.item, death.what, death.stderr);
  }
}
