// One line: its whole text, all its fields, and its context.
import { h, svg } from './dom.js';
import { get } from './api.js';
import { Context } from './context.js';
import { indented, nodes } from './text.js';
import { fullTime } from './time.js';
import { levelOf, sourceOf } from './results.js';

const textLimit = 200_000;

export class Detail {
  // actions: close(), tab(name), filter(path, value, exclude), open(record)
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.key = '';
  }

  get isOpen() {
    return !this.root.hidden;
  }

  close() {
    this.abort?.abort();
    this.key = '';
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  async show(key, tab, words) {
    this.root.hidden = false;
    if (key === this.key && this.document) {
      this.tab(tab);
      return;
    }
    this.key = key;
    this.words = words;
    this.document = null;
    this.abort?.abort();
    this.abort = new AbortController();
    const slash = key.indexOf('/');
    const address = new URLSearchParams({ index: key.slice(0, slash), id: key.slice(slash + 1) });
    try {
      this.document = await get('/api/document', address, this.abort.signal);
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.root.replaceChildren(this.head(null), h('p', { class: 'problem', role: 'alert' }, error.message));
      }
      return;
    }
    this.draw();
    this.tab(tab);
  }

  head(record) {
    return h('header', null,
      record ? h('div', { class: 'title', 'data-level': record.level ?? 'NONE' }, record.level ? levelOf(record) : null, h('span', { class: 'when' }, fullTime(record.time)), h('span', { class: 'where' }, sourceOf(record))) : h('div', { class: 'title' }),
      h('button', { type: 'button', class: 'icon', title: 'Close (Esc)', 'aria-label': 'Close', onclick: () => this.actions.close() }, '×'));
  }

  draw() {
    const record = this.document;
    this.panel = h('div', { class: 'tab-panel', role: 'tabpanel' });
    const tab = (name, label) => h('button', { type: 'button', role: 'tab', id: 'tab-' + name, 'aria-selected': 'false', onclick: () => this.actions.tab(name) }, label);
    this.tabs = { fields: tab('fields', 'Fields'), context: tab('context', 'Context') };
    this.root.replaceChildren(this.head(record), h('div', { class: 'tabs', role: 'tablist' }, this.tabs.fields, this.tabs.context), this.panel);
  }

  tab(name) {
    for (const [other, element] of Object.entries(this.tabs ?? {})) {
      element.setAttribute('aria-selected', String(other === name));
    }
    this.root.classList.toggle('wide', name === 'context');
    if (name === 'context') {
      this.context = new Context(this.panel, this.document, this.words, record => this.actions.open(record));
      this.context.load();
    } else {
      this.panel.replaceChildren(this.text(), ...this.flags(), this.fields());
    }
  }

  text() {
    const body = this.document.body;
    const pretty = indented(body);
    const pre = h('pre', { class: 'full' });
    const draw = text => {
      pre.replaceChildren(...nodes(text.slice(0, textLimit), this.words));
      if (text.length > textLimit) {
        pre.append(h('em', { class: 'cut' }, ` … ${(text.length - textLimit).toLocaleString('en')} more characters; Copy has them all`));
      }
    };
    draw(pretty ?? body);
    const toggle = pretty === null ? null : h('button', { type: 'button', class: 'plain', 'aria-pressed': 'true', onclick: event => {
      const on = event.target.getAttribute('aria-pressed') === 'false';
      event.target.setAttribute('aria-pressed', String(on));
      draw(on ? pretty : body);
    } }, 'Indented');
    return h('div', { class: 'body' }, h('div', { class: 'tools' }, toggle, copyButton(body)), pre);
  }

  flags() {
    const meanings = {
      truncated: 'cut at the limit for one record; the rest follows as a record of its own',
      continued: 'the rest of a record that was cut at the limit',
      format_error: 'fits no grammar of its file’s format; kept as it is',
      parse_error: 'does not have the form that the parser was asked for; kept as it is',
      invalid_utf8: 'had bytes that are not UTF-8; they are shown as \uFFFD',
      unterminated: 'its stream ended before the end of the line came',
    };
    return (this.document.flags ?? []).map(flag => h('p', { class: 'flag' }, h('b', null, flag), ' ', meanings[flag] ?? ''));
  }

  fields() {
    const field = (path, name, value, ...actions) => h('tr', null,
      h('th', { scope: 'row', title: path }, name),
      h('td', null, nodes(value.length > 2000 ? value.slice(0, 2000) + ' …' : value, null), h('span', { class: 'do' }, ...actions, copyButton(value))));
    const rows = this.document.fields.filter(([path]) => path !== 'body').map(([path, value]) =>
      field(path, path.replace(/^(resource|attributes)\./, ''), value, path === '@timestamp' ? null : [
        h('button', { type: 'button', title: 'Only lines with this', 'aria-label': `Only lines with ${path} ${value}`, onclick: () => this.actions.filter(path, value, false) }, '+'),
        h('button', { type: 'button', title: 'Leave out lines with this', 'aria-label': `Leave out lines with ${path} ${value}`, onclick: () => this.actions.filter(path, value, true) }, '−')]));
    return h('table', { class: 'fields' }, h('tbody', null, rows, field('_index', '_index', this.document.index), field('_id', '_id', this.document.id)));
  }
}

function copyButton(text) {
  const icon = () => svg('svg', { class: 'glyph', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z' }));
  return h('button', { type: 'button', title: 'Copy', 'aria-label': 'Copy', onclick: async event => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(text);
      button.replaceChildren('✓');
    } catch {
      button.replaceChildren('×');
      button.title = 'The browser does not allow copying here';
    }
    setTimeout(() => button.replaceChildren(icon()), 1200);
  } }, icon());
}
