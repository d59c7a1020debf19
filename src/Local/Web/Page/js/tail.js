// Follows new lines over Server-Sent Events. While paused, lines are kept and counted; nothing is shown twice.
import { question } from './state.js';

const kept = 5000;

export class Tail {
  // actions: lines(records, skipped), problem(text, final), rate(perSecond, waiting)
  constructor(actions) {
    this.actions = actions;
    this.source = null;
  }

  get isOn() {
    return this.source !== null;
  }

  start(state) {
    this.stop();
    this.paused = false;
    this.waiting = [];
    this.skipped = 0;
    this.arrivals = [];
    let first = true;
    this.source = new EventSource('/api/tail?' + question(state));
    this.source.addEventListener('lines', event => {
      const { records, skipped } = JSON.parse(event.data);
      if (!first) {
        this.arrivals.push([Date.now(), records.length + skipped]);
      }
      first = false;
      this.actions.problem('', false);
      this.take(records, skipped);
    });
    this.source.addEventListener('problem', event => {
      const { error, final } = JSON.parse(event.data);
      this.actions.problem(error, final);
      if (final) {
        this.stop();
      }
    });
    this.source.addEventListener('error', () => {
      if (this.source?.readyState !== EventSource.OPEN) {
        first = true;
        this.actions.problem('The pipeline does not answer. Trying again …', false);
      }
    });
    this.clock = setInterval(() => this.report(), 1000);
  }

  take(records, skipped) {
    if (!this.paused) {
      this.actions.lines(records, skipped);
    } else {
      this.waiting.push(...records);
      this.skipped += skipped + Math.max(0, this.waiting.length - kept);
      this.waiting.splice(0, Math.max(0, this.waiting.length - kept));
    }
    this.report();
  }

  pause() {
    this.paused = !this.paused;
    if (!this.paused) {
      const [records, skipped] = [this.waiting, this.skipped];
      this.waiting = [];
      this.skipped = 0;
      this.actions.lines(records, skipped);
    }
    this.report();
  }

  report() {
    const horizon = Date.now() - 10_000;
    this.arrivals = this.arrivals.filter(([at]) => at > horizon);
    const sum = this.arrivals.reduce((total, [, n]) => total + n, 0);
    this.actions.rate(sum / 10, this.waiting.length + this.skipped);
  }

  stop() {
    this.source?.close();
    this.source = null;
    clearInterval(this.clock);
  }
}
