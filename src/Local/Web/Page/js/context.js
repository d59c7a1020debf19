// The lines around one in its own sub-stream, in written order.
import { h } from './dom.js';
import { get } from './api.js';
import { bodyOf, keyOf } from './results.js';
import { fullTime, rowTime } from './time.js';

const first = 15;
const further = 50;

export class Context {
  constructor(root, record, words, onOpen) {
    this.root = root;
    this.record = record;
    this.words = words;
    this.onOpen = onOpen;
    this.records = [];
  }

  async load() {
    this.root.replaceChildren(h('p', { class: 'muted pad' }, 'Loading …'));
    const answer = await this.ask(this.record, first, first);
    if (answer) {
      this.records = [...answer.before, answer.record, ...answer.after];
      this.moreBefore = answer.moreBefore;
      this.moreAfter = answer.moreAfter;
      this.incomplete = answer.incomplete ?? '';
      this.draw();
      const target = this.root.querySelector('.target');
      target.scrollIntoView({ block: 'center' });
      target.focus({ preventScroll: true });
    }
  }

  async ask(record, before, after) {
    try {
      return await get('/api/context', new URLSearchParams({ index: record.index, id: record.id, before, after }));
    } catch (error) {
      this.root.replaceChildren(h('p', { class: 'problem', role: 'alert' }, error.message));
      return null;
    }
  }

  async extend(older) {
    const outermost = older ? this.records[0] : this.records.at(-1);
    const answer = await this.ask(outermost, older ? further : 0, older ? 0 : further);
    if (!answer) {
      return;
    }
    const box = this.root;
    this.incomplete = answer.incomplete ?? this.incomplete;
    const fromBottom = box.scrollHeight - box.scrollTop;
    const top = box.scrollTop;
    if (older) {
      this.records = [...answer.before, ...this.records];
      this.moreBefore = answer.moreBefore;
    } else {
      this.records = [...this.records, ...answer.after];
      this.moreAfter = answer.moreAfter;
    }
    this.draw();
    box.scrollTop = older ? box.scrollHeight - fromBottom : top;
  }

  draw() {
    const rows = [];
    let previous = null;
    for (const record of this.records) {
      const seam = previous && seamOf(previous, record);
      if (seam) {
        rows.push(h('div', { class: 'seam', role: 'separator' }, seam));
      }
      rows.push(this.row(record));
      previous = record;
    }
    const more = (older, there) => there
      ? h('button', { type: 'button', class: 'more-context', onclick: () => this.extend(older) }, older ? `↑ ${further} more before` : `↓ ${further} more after`)
      : h('div', { class: 'seam end' }, older ? 'the stream’s first stored line' : 'the newest stored line of this stream');
    const { stream, file } = this.record;
    this.root.replaceChildren(
      h('p', { class: 'muted pad' }, stream ? `Only ${stream}: the order between stdout and stderr is lost in the runtime. ` : '', h('code', null, file ?? '')),
      this.incomplete ? h('p', { class: 'flag', role: 'status' }, this.incomplete) : '',
      h('div', { class: 'context', role: 'list' }, more(true, this.moreBefore), rows, more(false, this.moreAfter)));
  }

  row(record) {
    const target = keyOf(record) === keyOf(this.record);
    const { day, clock } = rowTime(record.time);
    const element = h('div', { class: target ? 'row target' : 'row', role: 'listitem', 'data-level': record.level ?? 'NONE', tabindex: target ? '0' : '-1', 'aria-current': target ? 'true' : null },
      h('span', { class: 'c-time', title: fullTime(record.time) }, h('span', { class: 'day' }, day + ' '), clock), h('span', { class: 'c-level' }, record.level ?? ''), bodyOf(record, this.words));
    element.addEventListener('click', event => {
      if (!target && getSelection().isCollapsed && !event.target.closest('button')) {
        this.onOpen(record);
      }
    });
    return element;
  }
}

function seamOf(previous, record) {
  if ((previous.restart ?? '') !== (record.restart ?? '')) {
    return `restart ${record.restart} of the container`;
  }
  return previous.fileId !== record.fileId ? 'rotated: the next file begins' : null;
}
