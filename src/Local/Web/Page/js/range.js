// The time range: presets and two times.
import { byId, h } from './dom.js';
import { fromInput, minuteTime, presets, toInput, zoneName } from './time.js';
import { bounds, rangeName } from './state.js';

export class RangePicker {
  constructor(onChange) {
    this.button = byId('range');
    this.panel = byId('range-panel');
    this.onChange = onChange;
    this.button.addEventListener('click', () => this.panel.hidden ? this.open() : this.close());
    document.addEventListener('pointerdown', event => {
      if (!this.panel.hidden && !event.target.closest('.range')) {
        this.close(false);
      }
    });
    this.panel.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        this.close();
      }
    });
  }

  show(state) {
    this.state = state;
    this.button.textContent = rangeName(state, minuteTime);
  }

  open() {
    const { from, to } = bounds(this.state);
    const input = (label, text) => {
      const field = h('input', { type: 'datetime-local', step: '1', value: text ? toInput(new Date(text).getTime()) : '' });
      return [h('label', null, label, field), field];
    };
    const [fromLabel, fromField] = input('From', from);
    const [toLabel, toField] = input('To', to);
    const problem = h('p', { class: 'problem', role: 'alert' });
    const apply = event => {
      event.preventDefault();
      const [first, last] = [fromInput(fromField.value), fromInput(toField.value)];
      if (first === null && last === null) {
        problem.textContent = 'Enter at least one of the two times.';
      } else if (first !== null && last !== null && first >= last) {
        problem.textContent = 'The range ends before it begins.';
      } else {
        this.choose({ range: '', from: first === null ? '' : new Date(first).toISOString(), to: last === null ? '' : new Date(last).toISOString() });
      }
    };
    this.panel.replaceChildren(
      h('div', { class: 'presets' }, presets.map(([name, label]) =>
        h('button', { type: 'button', 'aria-pressed': String(name === this.state.range), onclick: () => this.choose({ range: name, from: '', to: '' }) }, label))),
      h('form', { class: 'absolute', onsubmit: apply }, fromLabel, toLabel, problem, h('div', { class: 'row-end' }, h('span', { class: 'muted' }, zoneName()), h('button', { type: 'submit', class: 'primary' }, 'Apply'))));
    this.panel.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    (this.panel.querySelector('[aria-pressed="true"]') ?? this.panel.querySelector('button')).focus();
  }

  close(refocus = true) {
    this.panel.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    if (refocus) {
      this.button.focus();
    }
  }

  choose(range) {
    this.close();
    this.onChange(range);
  }
}
