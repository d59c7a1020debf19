// The values to narrow to, with their counts; and the filters in force as chips.
import { count, h } from './dom.js';

const titles = { level: 'Level', tenant: 'Tenant', namespace: 'Namespace', pod: 'Pod', container: 'Container' };
const levelOrder = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'NONE'];
const shown = 8;

export class Facets {
  // actions: toggle(name, value), exclude(name, value), minimum(level)
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.open = new Set();
    this.answer = null;
  }

  show(answer, state) {
    this.answer = answer;
    this.state = state;
    const focused = document.activeElement?.closest('#facets') ? document.activeElement.dataset.key : null;
    this.root.replaceChildren(...Object.keys(titles).map(name => this.group(name)).filter(Boolean));
    if (focused) {
      this.root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  group(name) {
    const facet = this.answer[name];
    const chosen = this.state[name];
    const values = [...facet.values];
    for (const value of chosen) {
      if (!values.some(entry => entry.value === value)) {
        values.push({ value, count: 0 });
      }
    }
    if (name === 'level') {
      values.sort((a, b) => levelOrder.indexOf(a.value) - levelOrder.indexOf(b.value));
    }
    if (values.length === 0) {
      return null;
    }
    const most = Math.max(1, ...values.map(entry => entry.count));
    const all = this.open.has(name);
    const listed = all ? values : values.filter((entry, i) => i < shown || chosen.includes(entry.value));
    const more = values.length - listed.length;
    return h('section', { class: 'facet' },
      h('h2', null, titles[name], name === 'level' ? this.minimum() : null),
      h('ul', null, listed.map(entry => this.value(name, entry, most, chosen.includes(entry.value)))),
      more > 0 || all && values.length > shown
        ? h('button', { type: 'button', class: 'more', onclick: () => { all ? this.open.delete(name) : this.open.add(name); this.show(this.answer, this.state); } }, all ? 'fewer' : `${more} more`)
        : null,
      all && facet.others > 0 ? h('p', { class: 'more' }, `${count(facet.others)} lines of further values`) : null);
  }

  value(name, { value, count: n }, most, pressed) {
    const label = name === 'level' && value === 'NONE' ? 'no level' : value;
    const share = h('span', { class: 'share', 'aria-hidden': 'true' });
    share.style.width = `${n / most * 100}%`;
    return h('li', { class: pressed ? 'on' : null },
      h('button', { type: 'button', class: 'value', 'aria-pressed': String(pressed), title: value, 'data-key': `${name}=${value}`, onclick: () => this.actions.toggle(name, value) },
        share, name === 'level' ? h('i', { class: 'swatch bar-' + value }) : null, h('span', { class: 'label' }, label), h('span', { class: 'n' }, count(n))),
      h('button', { type: 'button', class: 'not', title: `Leave out ${label}`, 'aria-label': `Leave out ${titles[name]} ${label}`, onclick: () => this.actions.exclude(name, value) }, '−'));
  }

  minimum() {
    const select = h('select', { 'aria-label': 'Least level', title: 'This level or a higher one', onchange: event => this.actions.minimum(event.target.value) },
      [['', 'any'], ['DEBUG', '≥ debug'], ['INFO', '≥ info'], ['WARN', '≥ warn'], ['ERROR', '≥ error'], ['FATAL', '≥ fatal']]
        .map(([value, label]) => h('option', { value, selected: value === this.state.min }, label)));
    return select;
  }
}

export function chips(root, state, actions) {
  const found = Object.keys(titles).flatMap(name => state[name].map(value => [name, value, () => actions.toggle(name, value)]));
  if (state.min) {
    found.push(['level', '≥ ' + state.min, () => actions.minimum('')]);
  }
  root.replaceChildren(...found.map(([name, value, remove]) =>
    h('button', { type: 'button', class: 'chip', title: 'Remove this filter', 'aria-label': `Remove filter ${name} ${value}`, onclick: remove }, h('span', null, name + ' '), value, h('i', { 'aria-hidden': 'true' }, '×'))));
}
