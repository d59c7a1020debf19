// Puts the page together: the state in the URL decides what is asked, the answers decide what is shown.
import { byId, h, lines } from './dom.js';
import { get } from './api.js';
import { Detail } from './detail.js';
import { chips, Facets } from './facets.js';
import { Health } from './health.js';
import { showHelp } from './help.js';
import { Histogram } from './histogram.js';
import { listen } from './keys.js';
import { RangePicker } from './range.js';
import { keyOf, Results } from './results.js';
import { bounds, filterNames, question, quoted, read, write } from './state.js';
import { Tail } from './tail.js';
import { wordsOf } from './text.js';
import { ago, isUtc, toggleUtc, zoneName } from './time.js';

const pageSize = 100;
const tailRows = 2000;
const tailFacets = 3600e3;

let state = read(location.search);
let asked = '';
let search = null;
let next = null;
let range = null;

const results = new Results(byId('rows'), record => openDocument(record, state.doc ? state.tab : 'fields'));
const histogram = new Histogram(byId('histogram'), (from, to) => go({ range: '', from: new Date(from).toISOString(), to: new Date(to).toISOString() }));
const filterActions = { toggle, exclude: (name, value) => addToQuery(`-${name}:${quoted(value)}`), minimum: min => go({ min }) };
const facets = new Facets(byId('facets'), filterActions);
const picker = new RangePicker(chosen => go({ ...chosen, tail: false }));
const health = new Health(byId('health'), byId('health-dot'));
const detail = new Detail(byId('detail'), {
  close: closeDocument,
  tab: tab => go({ tab }, true),
  filter: filterByField,
  open: record => openDocument(record, 'context'),
});
const tail = new Tail({ lines: showTailed, problem: (text, final) => tailProblem(text, final), rate: showRate });

// Changes what is looked at. Steps that Back should undo are pushed; others replace the entry.
function go(change, replace = false) {
  state = { ...state, ...change };
  history[replace ? 'replaceState' : 'pushState'](null, '', write(state));
  render();
}

function toggle(name, value) {
  const chosen = state[name];
  go({ [name]: chosen.includes(value) ? chosen.filter(other => other !== value) : [...chosen, value] });
}

function addToQuery(term) {
  go({ q: state.q.trim() === '' ? term : /\bOR\b/.test(state.q) ? `(${state.q.trim()}) ${term}` : `${state.q.trim()} ${term}` });
}

const shortNames = { 'resource.k8s.namespace.name': 'namespace', 'resource.k8s.pod.name': 'pod', 'resource.k8s.container.name': 'container', tenant: 'tenant', 'severity.text': 'level' };

function filterByField(path, value, exclude) {
  const name = shortNames[path];
  if (name && !exclude) {
    if (!state[name].includes(value)) {
      toggle(name, value);
    }
    return;
  }
  addToQuery(`${exclude ? '-' : ''}${name ?? path}:${quoted(value)}`);
}

function openDocument(record, tab) {
  if (record) {
    go({ doc: keyOf(record), tab }, state.doc !== '');
  }
}

function closeDocument() {
  go({ doc: '', tab: 'fields' });
  results.select(results.current);
}

function render() {
  const logs = state.view === 'logs';
  byId('logs').hidden = !logs;
  byId('health').hidden = logs;
  byId('view-logs').toggleAttribute('data-on', logs);
  byId('view-health').toggleAttribute('data-on', !logs);
  document.body.classList.toggle('tailing', logs && state.tail);
  document.title = logs ? (state.q ? `${state.q} – Logs` : 'Logs') : 'Health – Logs';
  logs ? health.stop() : health.start();
  if (document.activeElement !== byId('query') || byId('query').value.trim() === '') {
    byId('query').value = state.q;
  }
  picker.show(state);
  chips(byId('chips'), state, filterActions);
  byId('tail').setAttribute('aria-pressed', String(state.tail));
  byId('order').textContent = state.order === 'newest' ? 'Newest first' : 'Oldest first';
  byId('order').hidden = state.tail;
  byId('zone').textContent = zoneName();
  if (!logs) {
    tail.stop();
    asked = '';
    return;
  }
  state.doc ? detail.show(state.doc, state.tab, results.words) : detail.close();
  const wanted = `${question(state)}&${state.range}&${state.from}&${state.to}&${state.order}&${state.tail}`;
  if (wanted !== asked) {
    asked = wanted;
    run();
  }
}

function run() {
  search?.abort();
  search = new AbortController();
  range = bounds(state);
  next = null;
  tail.stop();
  byId('tail-controls').hidden = !state.tail;
  byId('empty').hidden = true;
  problem('');
  queryProblem('');
  results.clear(wordsOf(state.q));
  byId('summary').textContent = 'Searching …';
  if (state.tail) {
    byId('summary').textContent = '';
    tail.start(state);
  } else {
    loadPage(search.signal, true);
    loadHistogram(search.signal);
  }
  loadFacets(search.signal);
}

function parameters() {
  const url = question(state);
  if (!state.tail) {
    range.from && url.set('from', range.from);
    range.to && url.set('to', range.to);
  }
  return url;
}

async function loadPage(signal, first) {
  const url = parameters();
  url.set('size', pageSize);
  url.set('order', state.order);
  if (!first) {
    url.set('cursor', next);
  }
  next = null;
  byId('results').setAttribute('aria-busy', 'true');
  try {
    const page = await get('/api/search', url, signal);
    results.append(page.records);
    next = page.next ?? null;
    page.incomplete && problem(page.incomplete);
    if (first) {
      byId('results').scrollTop = 0;
      state.doc && results.selectKey(state.doc);
      page.records.length === 0 && await explainEmptiness(signal);
    }
    watchEnd();
  } catch (error) {
    failed(error);
  } finally {
    byId('results').removeAttribute('aria-busy');
  }
}

async function loadHistogram(signal) {
  byId('histogram').classList.add('stale');
  const url = parameters();
  url.set('buckets', Math.max(20, Math.min(240, Math.floor(byId('histogram').clientWidth / 9))));
  try {
    const answer = await get('/api/histogram', url, signal);
    histogram.show(answer);
    byId('summary').textContent = lines(answer.total);
  } catch (error) {
    failed(error);
  }
}

// While lines are followed, the filters show what the last hour had.
async function loadFacets(signal) {
  const url = parameters();
  state.tail && url.set('from', new Date(Date.now() - tailFacets).toISOString());
  try {
    facets.show(await get('/api/facets', url, signal), state);
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  if (error.name === 'AbortError') {
    return;
  }
  byId('summary').textContent = '';
  if (error.position !== undefined) {
    queryProblem(error.message, error.position);
  } else {
    problem(error.message);
  }
}

function problem(text) {
  byId('notice').hidden = text === '';
  byId('notice').replaceChildren(text, text && h('button', { type: 'button', class: 'plain', onclick: again }, 'Try again'));
}

function queryProblem(text, position = 0) {
  const box = byId('query-error');
  box.hidden = text === '';
  byId('query').setAttribute('aria-invalid', String(text !== ''));
  const at = state.q.slice(position, position + 24);
  box.replaceChildren(text, at ? h('span', null, ' At: ', h('code', null, at)) : '');
  text && byId('query').focus();
}

async function explainEmptiness(signal) {
  const box = byId('empty');
  const newest = await get('/api/search', new URLSearchParams({ size: 1 }), signal);
  const filtered = question(state).toString() !== '';
  const last = newest.records[0];
  box.hidden = false;
  box.replaceChildren(...(last ? [
    h('h2', null, 'No line matches'),
    h('p', null, `The newest stored line is from ${ago(last.time)}.`),
    h('p', null,
      state.range !== 'all' ? h('button', { type: 'button', onclick: () => go({ range: 'all', from: '', to: '' }) }, 'Search all time') : null,
      filtered ? h('button', { type: 'button', onclick: clearFilters }, 'Clear the query and all filters') : null)] : [
    h('h2', null, 'Nothing is stored yet'),
    h('p', null, 'Lines appear here a moment after they were written to a file that the pipeline reads.'),
    h('p', null, h('button', { type: 'button', onclick: () => go({ view: 'health' }) }, 'See which files are read'), h('button', { type: 'button', onclick: () => go({ tail: true }) }, 'Wait for the first line'))]));
}

function clearFilters() {
  go({ q: '', min: '', ...Object.fromEntries(filterNames.map(name => [name, []])) });
}

function showTailed(records, skipped) {
  const box = byId('results');
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  results.insert(records, tailRows);
  if (skipped > 0) {
    byId('summary').textContent = `${lines(skipped)} came too fast to show; narrow the filter to see all.`;
  }
  const empty = byId('empty');
  empty.hidden = results.rows.length > 0;
  if (!empty.hidden) {
    empty.replaceChildren(h('h2', null, 'Waiting for the first line'), h('p', null, question(state).toString() ? 'No stored line matches the query and filters so far.' : 'Nothing is stored yet.'));
  }
  if (atEnd) {
    box.scrollTop = box.scrollHeight;
  }
}

function showRate(perSecond, waiting) {
  const pause = h('button', { type: 'button', class: 'plain', 'aria-pressed': String(tail.paused), title: 'Pause (p)', onclick: () => tail.pause() }, tail.paused ? `Resume${waiting ? `, ${lines(waiting)} waiting` : ''}` : 'Pause');
  const box = byId('tail-controls');
  const focused = box.contains(document.activeElement);
  box.replaceChildren(h('span', { class: tail.paused ? 'led' : 'led on', 'aria-hidden': 'true' }), h('span', { class: 'rate' }, `${perSecond >= 10 || perSecond === 0 ? Math.round(perSecond) : perSecond.toFixed(1)} lines/s`), pause);
  focused && pause.focus();
}

function tailProblem(text, final) {
  if (final) {
    queryProblem(text);
  } else {
    problem(text);
  }
}

// Asks for the next page when the end of the list comes near; again, should the page not fill the window.
function watchEnd() {
  const box = byId('results');
  if (next && !state.tail && box.scrollHeight - box.scrollTop - box.clientHeight < 600) {
    loadPage(search.signal, false);
  }
}

function setWrap(on) {
  byId('wrap').setAttribute('aria-pressed', String(on));
  byId('results').classList.toggle('wrap', on);
  try {
    localStorage.setItem('wrap', on ? '1' : '');
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  try {
    localStorage.setItem('theme', name);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
  showTheme();
}

const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

function showTheme() {
  byId('theme').textContent = isDark() ? '☀\ufe0e' : '☾\ufe0e';
  byId('theme').setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
}

function changeZone() {
  toggleUtc();
  results.redraw();
  histogram.draw();
  byId('zone').textContent = zoneName();
  byId('zone').setAttribute('aria-pressed', String(isUtc()));
  picker.show(state);
  detail.document && (detail.draw(), detail.tab(state.tab));
}

function again() {
  asked = '';
  render();
}

function submit() {
  asked = '';
  const q = byId('query').value.trim();
  byId('query').blur();
  go({ q, view: 'logs' }, q === state.q && state.view === 'logs');
}

function showFilters(open) {
  byId('facets').classList.toggle('shown', open);
  byId('filters').setAttribute('aria-expanded', String(open));
}

byId('search').addEventListener('submit', event => { event.preventDefault(); submit(); });
byId('view-logs').addEventListener('click', event => { event.preventDefault(); go({ view: 'logs' }); });
byId('view-health').addEventListener('click', event => { event.preventDefault(); go({ view: 'health', doc: '', tail: false }); });
byId('again').addEventListener('click', again);
byId('tail').addEventListener('click', () => go({ tail: !state.tail, view: 'logs' }));
byId('order').addEventListener('click', () => go({ order: state.order === 'newest' ? 'oldest' : 'newest' }));
byId('wrap').addEventListener('click', () => setWrap(byId('wrap').getAttribute('aria-pressed') === 'false'));
byId('zone').addEventListener('click', changeZone);
byId('theme').addEventListener('click', () => setTheme(isDark() ? 'light' : 'dark'));
byId('help').addEventListener('click', showHelp);
byId('filters').addEventListener('click', () => showFilters(byId('filters').getAttribute('aria-expanded') === 'false'));
byId('results').addEventListener('scroll', watchEnd, { passive: true });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showTheme);
addEventListener('popstate', () => { state = read(location.search); render(); });
addEventListener('pagehide', () => tail.stop());

listen({
  search: () => { byId('query').focus(); byId('query').select(); },
  step: by => results.step(by) || watchEnd(),
  first: () => results.select(0),
  last: () => results.select(results.rows.length - 1),
  open: () => openDocument(results.record(), 'fields'),
  context: () => state.doc ? go({ tab: state.tab === 'context' ? 'fields' : 'context' }, true) : openDocument(results.record() ?? results.rows[0]?.record, 'context'),
  tail: () => go({ tail: !state.tail, view: 'logs' }),
  pause: () => tail.isOn && tail.pause(),
  again,
  wrap: () => setWrap(byId('wrap').getAttribute('aria-pressed') === 'false'),
  zone: changeZone,
  help: showHelp,
  close: () => byId('facets').classList.contains('shown') ? showFilters(false) : state.doc ? closeDocument() : state.tail ? go({ tail: false }) : null,
});

try {
  setWrap(localStorage.getItem('wrap') === '1');
} catch {
  setWrap(false);
}
showTheme();
render();
health.glance();
setInterval(() => {
  if (state.view === 'logs' && !document.hidden) {
    health.glance();
    tail.isOn && loadFacets(search.signal);
  }
}, 30_000);
