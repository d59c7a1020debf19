// What is looked at. All of it stands in the URL, so that a view can be shared and Back goes back.
import { presets } from './time.js';

export const filterNames = ['tenant', 'namespace', 'pod', 'container', 'level'];
const defaultRange = '1h';

export function read(search) {
  const url = new URLSearchParams(search);
  const range = url.get('range') ?? '';
  const state = {
    view: url.get('view') === 'health' ? 'health' : 'logs',
    q: url.get('q') ?? '',
    from: url.get('from') ?? '',
    to: url.get('to') ?? '',
    range: '',
    min: url.get('min') ?? '',
    order: url.get('order') === 'oldest' ? 'oldest' : 'newest',
    tail: url.get('tail') === '1',
    doc: url.get('doc') ?? '',
    tab: url.get('tab') === 'context' ? 'context' : 'fields',
  };
  if (!state.from && !state.to) {
    state.range = presets.some(([name]) => name === range) ? range : defaultRange;
  }
  for (const name of filterNames) {
    state[name] = url.getAll(name);
  }
  return state;
}

export function write(state) {
  const url = new URLSearchParams();
  const set = (name, value, unless = '') => {
    if (value !== unless) {
      url.set(name, value);
    }
  };
  set('view', state.view, 'logs');
  set('q', state.q);
  if (state.range) {
    set('range', state.range, defaultRange);
  } else {
    set('from', state.from);
    set('to', state.to);
  }
  for (const name of filterNames) {
    state[name].forEach(value => url.append(name, value));
  }
  set('min', state.min);
  set('order', state.order, 'newest');
  set('tail', state.tail ? '1' : '');
  set('doc', state.doc);
  set('tab', state.tab, 'fields');
  const text = url.toString();
  return text ? '?' + text : '/';
}

// The part that decides which lines are found.
export function question(state) {
  const url = new URLSearchParams();
  if (state.q) {
    url.set('q', state.q);
  }
  for (const name of filterNames) {
    state[name].forEach(value => url.append(name, value));
  }
  if (state.min) {
    url.set('min_level', state.min);
  }
  return url;
}

// The bounds at this moment: relative ranges end now.
export function bounds(state) {
  if (!state.range) {
    return { from: state.from, to: state.to };
  }
  const length = presets.find(([name]) => name === state.range)[2];
  if (length === 0) {
    return { from: '', to: '' };
  }
  const now = Date.now();
  return { from: new Date(now - length).toISOString(), to: new Date(now).toISOString() };
}

export function rangeName(state, format) {
  if (state.range) {
    return presets.find(([name]) => name === state.range)[1];
  }
  const name = text => text ? format(new Date(text).getTime(), true) : '';
  return `${name(state.from) || 'oldest'} – ${name(state.to) || 'newest'}`;
}

// A value as a query can say it: bare where it is plain, in quotation marks otherwise.
export function quoted(value) {
  return /^[\w.\/@-]+$/.test(value) ? value : '"' + value.replace(/[\\"]/g, '\\$&') + '"';
}
