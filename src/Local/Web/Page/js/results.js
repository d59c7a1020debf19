// The list of lines. Rows are added, never redrawn; one of them is the current one and takes the keyboard's focus.
import { h } from './dom.js';
import { nodes } from './text.js';
import { fullTime, rowTime } from './time.js';

export const keyOf = record => `${record.index}/${record.id}`;

export function sourceOf(record) {
  if (record.pod) {
    return [record.namespace ? h('span', { class: 'ns' }, record.namespace + '/') : null, h('span', null, record.pod), record.container ? h('span', { class: 'ns' }, '/' + record.container) : null];
  }
  if (record.container) {
    return [h('span', null, record.container)];
  }
  const at = (record.file ?? '').lastIndexOf('/');
  return [h('span', { class: 'ns' }, (record.file ?? '').slice(0, at + 1)), h('span', null, (record.file ?? '').slice(at + 1))];
}

function sourceText(record) {
  return record.pod ? [record.namespace, record.pod, record.container].filter(Boolean).join('/') : record.container ?? record.file ?? '';
}

// A level's cell; without one the cell is empty.
export function levelOf(record) {
  return h('span', { class: 'c-level', role: 'gridcell' }, record.level ?? '');
}

// The text of a record: its first line, and a button for the others.
export function bodyOf(record, words) {
  const cell = h('span', { class: 'c-body', role: 'gridcell' });
  const body = record.body.replace(/\n+$/, '');
  const end = body.indexOf('\n');
  const cut = record.bodyLength > record.body.length;
  const text = h('span', { class: 'text' });
  if (end < 0 && !cut) {
    text.append(...nodes(body, words));
    cell.append(text);
    return cell;
  }
  const first = end < 0 ? body : body.slice(0, end);
  const hidden = body.split('\n').length - 1;
  const fold = h('button', { type: 'button', class: 'fold', 'aria-expanded': 'false', tabindex: '-1' });
  const draw = open => {
    fold.setAttribute('aria-expanded', String(open));
    fold.textContent = open ? '− fold' : hidden > 0 ? `+${hidden} ${hidden === 1 ? 'line' : 'lines'}` : '+ more';
    cell.classList.toggle('open', open);
    text.replaceChildren(...nodes(open ? body : first, words));
    if (open && cut) {
      text.append(h('em', { class: 'cut' }, ` … ${(record.bodyLength - record.body.length).toLocaleString('en')} more characters: open the line`));
    }
  };
  fold.addEventListener('click', event => {
    event.stopPropagation();
    draw(fold.getAttribute('aria-expanded') === 'false');
  });
  draw(false);
  cell.append(text, fold);
  return cell;
}

export class Results {
  constructor(root, onOpen) {
    this.root = root;
    this.onOpen = onOpen;
    this.rows = [];
    this.keys = new Set();
    this.current = -1;
    this.words = null;
    root.addEventListener('click', event => {
      const row = event.target.closest('.row');
      if (row && getSelection().isCollapsed) {
        this.select(this.rows.findIndex(entry => entry.element === row));
        this.onOpen(this.record());
      }
    });
    root.addEventListener('focusin', event => {
      const row = event.target.closest('.row');
      if (row && this.rows[this.current]?.element !== row) {
        this.mark(this.rows.findIndex(entry => entry.element === row));
      }
    });
  }

  clear(words) {
    this.rows = [];
    this.keys.clear();
    this.current = -1;
    this.words = words;
    this.root.replaceChildren();
  }

  // At the end of the list. A record that is there already is left out.
  append(records) {
    const fresh = records.filter(record => this.add(record));
    const rows = fresh.map(record => ({ record, element: this.row(record) }));
    this.rows.push(...rows);
    this.root.append(...rows.map(row => row.element));
    this.reachable();
    return fresh.length;
  }

  // By its time, near the end of a list whose oldest is first. Returns how many were new; at most `limit` rows stay.
  insert(records, limit) {
    let added = 0;
    for (const record of records) {
      if (!this.add(record)) {
        continue;
      }
      added++;
      let at = this.rows.length;
      while (at > 0 && isBefore(record, this.rows[at - 1].record)) {
        at--;
      }
      const row = { record, element: this.row(record) };
      this.root.insertBefore(row.element, this.rows[at]?.element ?? null);
      this.rows.splice(at, 0, row);
      if (this.current >= at) {
        this.current++;
      }
    }
    const surplus = this.rows.length - limit;
    if (surplus > 0) {
      for (const { record, element } of this.rows.splice(0, surplus)) {
        this.keys.delete(keyOf(record));
        element.remove();
      }
      this.current = Math.max(-1, this.current - surplus);
    }
    this.reachable();
    return added;
  }

  add(record) {
    const key = keyOf(record);
    return !this.keys.has(key) && Boolean(this.keys.add(key));
  }

  row(record) {
    const { day, clock } = rowTime(record.time);
    return h('div', { class: 'row', role: 'row', tabindex: '-1', 'data-level': record.level ?? 'NONE', 'aria-selected': 'false' },
      h('span', { class: 'c-time', role: 'gridcell', title: fullTime(record.time) }, h('span', { class: 'day' }, day + ' '), clock),
      levelOf(record),
      h('span', { class: 'c-source', role: 'gridcell', title: `${sourceText(record)}${record.stream ? ' · ' + record.stream : ''}` }, sourceOf(record)),
      bodyOf(record, this.words));
  }

  // One row can be reached with Tab.
  reachable() {
    if (this.current < 0 && this.rows.length > 0) {
      this.rows[0].element.tabIndex = 0;
    }
  }

  record() {
    return this.rows[this.current]?.record ?? null;
  }

  mark(index) {
    const before = this.rows[this.current]?.element ?? this.rows[0]?.element;
    before?.setAttribute('aria-selected', 'false');
    before?.setAttribute('tabindex', '-1');
    this.current = index;
    const row = this.rows[index]?.element;
    row?.setAttribute('aria-selected', 'true');
    row?.setAttribute('tabindex', '0');
    return row;
  }

  select(index) {
    if (index < 0 || index >= this.rows.length) {
      return false;
    }
    const row = this.mark(index);
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    return true;
  }

  selectKey(key) {
    const index = this.rows.findIndex(({ record }) => keyOf(record) === key);
    if (index >= 0) {
      this.mark(index);
    }
  }

  step(by) {
    return this.select(this.current < 0 ? (by > 0 ? 0 : this.rows.length - 1) : this.current + by);
  }

  redraw() {
    for (const row of this.rows) {
      const fresh = this.row(row.record);
      row.element.replaceWith(fresh);
      row.element = fresh;
    }
    this.mark(this.current);
    this.reachable();
  }
}

function isBefore(record, other) {
  return record.time === other.time ? (record.sequence ?? '') < (other.sequence ?? '') : (record.time ?? '') < (other.time ?? '');
}
