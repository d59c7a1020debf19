// Lines over time, stacked by level, the most severe at the bottom where its height can be read. Click or drag to zoom.
import { count, h, lines, svg } from './dom.js';
import { minuteTime, tickTime } from './time.js';

const height = 72;
const axis = 16;
const steps = [1, 10, 100, 1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3600e3, 3 * 3600e3, 6 * 3600e3, 12 * 3600e3, 86400e3, 2 * 86400e3, 7 * 86400e3, 30 * 86400e3, 365 * 86400e3];

export class Histogram {
  constructor(root, onZoom) {
    this.root = root;
    this.onZoom = onZoom;
    this.data = null;
    this.cursor = -1;
    this.tip = h('div', { class: 'tip', hidden: true });
    root.append(this.tip);
    root.tabIndex = 0;
    new ResizeObserver(() => this.draw()).observe(root);
    root.addEventListener('pointerdown', event => this.start(event));
    root.addEventListener('pointermove', event => this.move(event));
    root.addEventListener('pointerup', event => this.end(event));
    root.addEventListener('pointercancel', () => this.cancel());
    root.addEventListener('pointerleave', () => this.hover(-1));
    root.addEventListener('blur', () => this.hover(-1));
    root.addEventListener('keydown', event => this.key(event));
  }

  show(data) {
    this.data = data;
    this.cursor = -1;
    this.root.classList.remove('stale');
    this.draw();
  }

  draw() {
    this.root.querySelector('svg')?.remove();
    const width = this.root.clientWidth;
    if (!this.data || width === 0) {
      return;
    }
    const { from, to, interval, buckets, levels, total } = this.data;
    const slots = Math.max(1, Math.ceil((to - from) / interval));
    this.scale = { from, span: slots * interval, width, slots };
    const most = Math.max(1, ...buckets.map(bucket => bucket.counts.reduce((sum, n) => sum + n, 0)));
    const slot = width / slots;
    const bars = [];
    for (const bucket of buckets) {
      const x = (bucket.at - from) / interval * slot;
      let y = height;
      for (const level of [5, 4, 3, 2, 1, 0, 6]) {
        const n = bucket.counts[level];
        if (n > 0) {
          const tall = Math.max(n / most * (height - 6), level >= 4 && level < 6 ? 1.5 : 0.5);
          y -= tall;
          bars.push(svg('rect', { x: x.toFixed(2), y: y.toFixed(2), width: Math.max(slot - (slot > 3 ? 1 : 0), 0.5).toFixed(2), height: tall.toFixed(2), class: 'bar-' + levels[level] }));
        }
      }
    }
    this.band = svg('rect', { class: 'band', y: 0, height, width: 0 });
    const chart = svg('svg', { width, height: height + axis, role: 'img', 'aria-label': `${lines(total)} over time` },
      svg('line', { class: 'base', x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }),
      this.band, bars, this.ticks(), svg('text', { class: 'most', x: 4, y: 11 }, total > 0 ? count(most) : ''));
    this.root.prepend(chart);
  }

  ticks() {
    const { from, span, width } = this.scale;
    const step = steps.find(candidate => span / candidate <= Math.max(2, width / 90)) ?? steps.at(-1);
    const offset = step >= 3600e3 ? new Date(from).getTimezoneOffset() * 60e3 : 0;
    const found = [];
    if (from === 0) {
      return found;
    }
    for (let at = Math.ceil((from - offset) / step) * step + offset; at < from + span; at += step) {
      const x = (at - from) / span * width;
      if (x > 24 && x < width - 24) {
        found.push(svg('line', { class: 'tick', x1: x, x2: x, y1: height, y2: height + 4 }), svg('text', { x, y: height + 13, 'text-anchor': 'middle' }, tickTime(at, step)));
      }
    }
    return found;
  }

  timeAt(event) {
    const box = this.root.getBoundingClientRect();
    const x = Math.min(Math.max(event.clientX - box.left, 0), box.width);
    return this.scale.from + x / this.scale.width * this.scale.span;
  }

  slotOf(ms) {
    return Math.min(this.scale.slots - 1, Math.max(0, Math.floor((ms - this.data.from) / this.data.interval)));
  }

  start(event) {
    if (this.data && event.button === 0) {
      this.dragFrom = this.timeAt(event);
      this.root.setPointerCapture(event.pointerId);
    }
  }

  move(event) {
    if (!this.data) {
      return;
    }
    const at = this.timeAt(event);
    this.hover(this.slotOf(at));
    if (this.dragFrom !== undefined) {
      this.paint(this.slotOf(Math.min(this.dragFrom, at)), this.slotOf(Math.max(this.dragFrom, at)));
    }
  }

  end(event) {
    if (this.dragFrom === undefined) {
      return;
    }
    const at = this.timeAt(event);
    const [first, last] = [this.slotOf(Math.min(this.dragFrom, at)), this.slotOf(Math.max(this.dragFrom, at))];
    this.cancel();
    this.zoom(first, last);
  }

  cancel() {
    this.dragFrom = undefined;
    this.band?.setAttribute('width', 0);
  }

  zoom(first, last) {
    const { from, interval } = this.data;
    this.onZoom(from + first * interval, from + (last + 1) * interval);
  }

  paint(first, last) {
    const slot = this.scale.width / this.scale.slots;
    this.band.setAttribute('x', first * slot);
    this.band.setAttribute('width', (last - first + 1) * slot);
  }

  hover(slot) {
    this.tip.hidden = slot < 0 || !this.data;
    if (this.dragFrom === undefined) {
      slot < 0 ? this.band?.setAttribute('width', 0) : this.paint(slot, slot);
    }
    if (this.tip.hidden) {
      return;
    }
    const { from, interval, buckets, levels } = this.data;
    const at = from + slot * interval;
    const counts = buckets.find(bucket => bucket.at === at)?.counts ?? [];
    const rows = levels.map((level, i) => [level, counts[i] ?? 0]).filter(([, n]) => n > 0).reverse();
    this.tip.replaceChildren(
      h('div', { class: 'tip-time' }, minuteTime(at, interval < 60e3)),
      ...rows.map(([level, n]) => h('div', null, h('i', { class: 'swatch bar-' + level }), level === 'NONE' ? 'no level' : level, h('b', null, count(n)))),
      rows.length === 0 ? 'no lines' : '');
    const x = (slot + 0.5) * this.scale.width / this.scale.slots;
    this.tip.classList.toggle('left', x > this.scale.width / 2);
    this.tip.style.left = `${x}px`;
  }

  key(event) {
    if (!this.data) {
      return;
    }
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      this.cursor = Math.min(this.scale.slots - 1, Math.max(0, this.cursor + (event.key === 'ArrowRight' ? 1 : -1)));
      this.hover(this.cursor);
    } else if (event.key === 'Enter' && this.cursor >= 0) {
      this.zoom(this.cursor, this.cursor);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
