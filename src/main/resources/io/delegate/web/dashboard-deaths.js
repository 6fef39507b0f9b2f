import { NAMES, bytes, child, clock, count, number, time } from './dashboard-words.js';

const SVG = 'http://www.w3.org/2000/svg';

/** The list of deaths, the newest first, each with its evidence on demand. */
export class Deaths {
  constructor(view) {
    this.view = view;
    this.items = new Map();
    this.list = document.getElementById('death-list');
    this.list.addEventListener('keydown', event => {
      const open = event.target.closest('details[open]');
      if (event.key === 'Escape' && open) {
        open.open = false;
        open.querySelector('summary').focus();
      }
    });
  }

  update(changed, isSnapshot) {
    const { deaths, wall } = this.view.state;
    const open = new Set();
    if (isSnapshot) {
      for (const [id, item] of this.items) {
        if (wall === this.wall && item.querySelector('details').open) {
          open.add(id); // it is the same run: the connection was lost for a moment
        }
      }
      this.wall = wall;
      this.items.clear();
      this.list.replaceChildren();
    }
    for (const id of changed) {
      const death = deaths.get(id);
      if (death) {
        this.set(death);
        if (open.has(id)) {
          this.items.get(id).querySelector('details').open = true;
        }
      }
    }
    for (const [id, item] of this.items) {
      if (!deaths.has(id)) {
        item.remove();
        this.items.delete(id);
      }
    }
    if (changed.length > 0 || isSnapshot) {
      this.filter();
    }
  }

  /** One that is open stays open when more gets known. */
  set(death) {
    const before = this.items.get(death.id);
    const item = this.item(death);
    if (before) {
      const was = before.querySelector('details');
      const focused = was.contains(document.activeElement);
      item.querySelector('details').open = was.open;
      before.replaceWith(item);
      if (focused) {
        item.querySelector('summary').focus();
      }
    } else {
      this.list.prepend(item);
    }
    this.items.set(death.id, item);
  }

  item(death) {
    const li = element('li', death.kind);
    const details = element('details');
    const summary = element('summary');
    const when = element('time', 'when', clock(this.view.state.wall + death.at));
    when.dateTime = new Date(this.view.state.wall + death.at).toISOString();
    const head = element('span', 'head', `${NAMES[death.kind]}: ${death.what}`);
    const which = element('span', 'which', [death.pid ? `pid ${child(death.pid)}` : '', death.item].filter(Boolean).join('  '));
    summary.append(shape(death.kind), head, when, which);
    details.append(summary);
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) {
        details.append(this.evidence(death));
      }
    });
    li.append(details);
    return li;
  }

  evidence(death) {
    const box = element('div', 'evidence');
    const facts = element('dl');
    const add = (name, text) => {
      if (text) {
        facts.append(element('dt', '', name), element('dd', '', text));
      }
    };
    add('item', death.item);
    add('pid', death.pid ? child(death.pid) : '');
    add('outcome', death.kind === 'exit' ? 'none: no item was charged' : NAMES[death.kind]);
    if (death.cause) {
      add('cause', death.cause + (death.signal ? ` ${death.signal}` : ''));
      add('exit code', String(death.exitCode));
      add('lived', death.age > 0 ? `${time(death.age)}, ${count(death.served, 'item')} done` : '');
      add('peak memory', death.peakMemory > 0 ? bytes(death.peakMemory) : '');
      add('report', death.report);
      add('not killed', death.escaped.map(number).join(', '));
    }
    box.append(facts);
    const texts = [['Crash', death.crash], ['What its threads did', death.dump], ['Last lines of stderr', death.stderr]];
    const told = texts.filter(([, text]) => text && text.trim());
    for (const [name, text] of told) {
      const pre = element('pre', '', text.replace(/\s+$/, ''));
      pre.tabIndex = 0;
      pre.setAttribute('role', 'group');
      pre.setAttribute('aria-label', name);
      box.append(element('h3', '', name), pre);
    }
    if (told.length === 0) {
      const why = this.view.state.evidence ? 'It left no other evidence.' : 'Evidence is not shown here.';
      box.append(element('h3', '', why));
    }
    return box;
  }

  filter() {
    const { state, filter } = this.view;
    let shown = 0;
    for (const [id, item] of this.items) {
      item.hidden = !filter.death(state.deaths.get(id));
      shown += item.hidden ? 0 : 1;
    }
    const kept = this.items.size;
    const all = state.lost > kept ? `the last ${number(kept)} of ${number(state.lost)}` : number(kept);
    const note = shown < kept ? `${number(shown)} of ${all}` : kept > 0 ? all : '';
    document.getElementById('deaths-note').textContent = note;
    document.getElementById('no-deaths').hidden = kept > 0;
  }
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text) {
    made.textContent = text;
  }
  return made;
}

function shape(kind) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'shape');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#shape-${kind === 'startFailed' ? 'exit' : kind}`);
  svg.append(use);
  return svg;
}
