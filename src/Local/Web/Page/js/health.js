// The pipeline's own state, once every two seconds while it is looked at.
import { bytes, count, h, svg } from './dom.js';
import { get } from './api.js';
import { ago, duration } from './time.js';

const every = 2000;
const points = 150;

export class Health {
  constructor(root, dot) {
    this.root = root;
    this.dot = dot;
    this.history = [];
    this.sort = ['backlog', -1];
    this.match = '';
  }

  start() {
    if (!this.timer) {
      this.timer = setInterval(() => this.look(), every);
      this.look();
    }
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  async look() {
    try {
      const status = await get('/api/health');
      this.history.push([status.recordsPerSecond, status.bytesPerSecond, status.backlogBytes]);
      this.history.splice(0, this.history.length - points);
      this.status = status;
      this.draw();
    } catch (error) {
      this.mark(true);
      this.root.replaceChildren(h('p', { class: 'problem', role: 'alert' }, error.message));
      this.root.dataset.shape = '';
    }
  }

  // Once, for the mark beside the link.
  async glance() {
    try {
      this.mark(problemsOf(await get('/api/health')).length > 0);
    } catch {
      this.mark(true);
    }
  }

  mark(bad) {
    this.dot.hidden = !bad;
    this.dot.title = bad ? 'The pipeline needs a look' : '';
  }

  draw() {
    const status = this.status;
    const problems = problemsOf(status);
    this.mark(problems.length > 0);
    if (this.root.dataset.shape !== 'drawn') {
      this.top = h('div', { class: 'health-top' });
      this.filesBody = h('tbody');
      this.filesNote = h('span', { class: 'muted' });
      const filter = h('input', { type: 'search', placeholder: 'Filter by path or tenant', 'aria-label': 'Filter files', oninput: event => { this.match = event.target.value.toLowerCase(); this.files(); } });
      this.filesHead = h('tr');
      this.root.replaceChildren(this.top,
        h('section', { class: 'files' }, h('div', { class: 'files-head' }, h('h2', null, 'Files'), this.filesNote, h('span', { class: 'spring' }), filter),
          h('div', { class: 'scroll' }, h('table', null, h('thead', null, this.filesHead), this.filesBody))));
      this.root.dataset.shape = 'drawn';
    }
    const waiting = status.backlogBytes === 0 ? 'nothing is waiting' : `${bytes(status.backlogBytes)} on disk are not stored yet`;
    const old = this.top.querySelector('details')?.open;
    this.top.replaceChildren(
      h('p', { class: 'verdict' + (problems.length ? ' bad' : '') }, problems.length === 0
        ? (status.backlogBytes === 0 ? 'All that was read is stored; nothing is waiting.' : `Storing; ${waiting}.`)
        : `${problems.length === 1 ? 'One thing needs' : problems.length + ' things need'} a look; ${waiting}.`),
      ...problems.map(problem => h('div', { class: 'trouble ' + problem.kind, role: 'listitem' }, h('b', null, problem.title), h('span', null, problem.text),
        problem.list ? h('details', { open: old }, h('summary', null, `${problem.list.length} in all`), h('ul', null, problem.list.map(([a, b]) => h('li', null, h('code', null, a), ' ', b)))) : null)),
      h('div', { class: 'cards' },
        card('Records', `${rate(status.recordsPerSecond)}/s`, `${count(status.storedRecords)} stored`, this.spark(0)),
        card('Read and durable', `${bytes(status.bytesPerSecond)}/s`, `${bytes(status.durableBytes)} since the start`, this.spark(1)),
        card('Backlog', bytes(status.backlogBytes), drain(status), this.spark(2)),
        card('Last checkpoint', status.secondsSinceCheckpoint === undefined ? '–' : `${duration(status.secondsSinceCheckpoint)} ago`, `${status.bulkConcurrency} bulk requests at once`)),
      h('dl', { class: 'counts' },
        number('Retries', count(status.retries), 'documents sent again'),
        number('Dead letters', count(status.deadLetters), 'refused for good, kept aside', status.deadLetters),
        number('Lost', bytes(status.lostBytes), 'destroyed unread by rotation', status.lostBytes),
        number('Gaps', count(status.gaps), 'of unknown size', status.gaps),
        number('Dropped', bytes(status.dropped.reduce((sum, entry) => sum + entry.bytes, 0)), status.dropped.map(entry => `${entry.reason} ${bytes(entry.bytes)}`).join(', ') || 'by policy'),
        number('Format errors', count(status.formatErrors), 'lines kept as they are'),
        number('Invalid UTF-8', count(status.invalidUtf8), 'records, replaced by \uFFFD')),
      h('p', { class: 'muted about' }, `Version ${status.version}, started ${ago(status.startedAt)} · store `, h('code', null, status.storeUrl), ' · listening on ', h('code', null, status.listenAddress)));
    this.files();
  }

  files() {
    const columns = [['path', 'File'], ['tenant', 'Tenant'], ['state', 'State'], ['size', 'Size'], ['durable', 'Stored'], ['backlog', 'Backlog']];
    const [by, direction] = this.sort;
    const found = this.status.files.filter(file => !this.match || file.path.toLowerCase().includes(this.match) || file.tenant.toLowerCase().includes(this.match));
    found.sort((a, b) => direction * (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0));
    const focused = document.activeElement?.dataset?.sort;
    this.filesHead.replaceChildren(...columns.map(([name, label]) =>
      h('th', { scope: 'col', class: 'f-' + name, 'aria-sort': by === name ? (direction > 0 ? 'ascending' : 'descending') : null },
        h('button', { type: 'button', 'data-sort': name, onclick: () => { this.sort = [name, by === name ? -direction : name === 'path' || name === 'tenant' ? 1 : -1]; this.files(); } }, label, by === name ? (direction > 0 ? ' ↑' : ' ↓') : ''))));
    if (focused) {
      this.filesHead.querySelector(`[data-sort="${focused}"]`)?.focus();
    }
    this.filesNote.textContent = this.status.fileCount > this.status.files.length ? `${count(this.status.fileCount)}; the ${this.status.files.length} with the most backlog` : count(this.status.fileCount);
    this.filesBody.replaceChildren(...found.map(file => {
      const share = file.size > 0 ? Math.min(1, file.durable / file.size) : 1;
      const bar = h('i');
      bar.style.width = `${share * 100}%`;
      return h('tr', null,
        h('td', { class: 'f-path', title: file.path }, h('bdi', null, file.path)), h('td', null, file.tenant), h('td', null, file.state), h('td', { class: 'num' }, bytes(file.size)),
        h('td', { class: 'f-durable' }, h('span', { class: 'meter', role: 'img', 'aria-label': `${Math.floor(share * 100)}% stored` }, bar), h('span', { class: 'num' }, `${Math.floor(share * 100)}%`)),
        h('td', { class: file.backlog > 0 ? 'num some' : 'num' }, bytes(file.backlog)));
    }));
    if (found.length === 0) {
      this.filesBody.append(h('tr', null, h('td', { colspan: '6', class: 'muted' }, this.match ? 'No file matches.' : 'No log file is known yet. The start-up summary says what is read; --source adds more.')));
    }
  }

  spark(index) {
    const values = this.history.map(entry => entry[index]);
    const most = Math.max(1e-9, ...values);
    const at = (value, i) => `${((points - values.length + i) / (points - 1) * 100).toFixed(2)},${(27 - value / most * 25).toFixed(2)}`;
    const line = values.map(at).join(' ');
    const start = ((points - values.length) / (points - 1) * 100).toFixed(2);
    return svg('svg', { class: 'spark', viewBox: '0 0 100 28', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('polygon', { points: `${start},28 ${line} 100,28` }), svg('polyline', { points: line, 'vector-effect': 'non-scaling-stroke' }));
  }
}

function problemsOf(status) {
  const found = [];
  if (status.storeTrouble) {
    found.push({ kind: 'error', title: 'The store takes nothing.', text: `${status.storeTrouble} Nothing is lost as long as the log files are there; it goes on by itself.` });
  }
  for (const { tenant, reason } of status.heldTenants) {
    found.push({ kind: 'error', title: `Tenant ${tenant} is held.`, text: `${reason} Nothing of it is lost; it goes on by itself once the store takes it again.` });
  }
  for (const { tenant } of status.throttledTenants) {
    found.push({ kind: 'warn', title: `Tenant ${tenant} writes more than its rate.`, text: 'What is too much waits in its files (tenancy.limits in the configuration). Nothing of it is lost as long as they are there.' });
  }
  if (status.lostBytes > 0 || status.gaps > 0) {
    found.push({ kind: 'error', title: 'Lines were lost.', text: `Rotation or deletion destroyed ${bytes(status.lostBytes)} unread${status.gaps ? `, and ${status.gaps} gaps of unknown size` : ''}. pipeline audit says where.` });
  }
  if (status.deadLetters > 0) {
    found.push({ kind: 'warn', title: `${count(status.deadLetters)} dead letters.`, text: 'The store refused these records for good. They are kept, with the reason, in deadletter-* indices.' });
  }
  if (status.unreadableFiles.length > 0) {
    const { path, hint } = status.unreadableFiles[0];
    const many = status.unreadableFiles.length > 1;
    found.push({ kind: 'warn', title: many ? `${count(status.unreadableFiles.length)} files cannot be read.` : `${path} cannot be read.`, text: hint, list: many ? status.unreadableFiles.map(file => [file.path, file.hint]) : null });
  }
  return found;
}

function drain(status) {
  if (status.backlogBytes === 0) {
    return 'nothing is waiting';
  }
  if (status.backlogBytes < status.bytesPerSecond) {
    return 'done within a second at this rate';
  }
  return status.bytesPerSecond > 0 ? `done in about ${duration(status.backlogBytes / status.bytesPerSecond)} at this rate` : 'nothing is being stored now';
}

const rate = value => value >= 100 ? count(Math.round(value)) : value.toFixed(1);

function card(title, value, note, chart) {
  return h('div', { class: 'card' }, h('h3', null, title), h('b', null, value), h('span', null, note), chart ?? null);
}

function number(title, value, note, alarm) {
  return h('div', { class: alarm ? 'alarm' : null }, h('dt', null, title), h('dd', null, value), h('dd', { class: 'note' }, note));
}
