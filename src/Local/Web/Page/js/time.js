// Times are stored with nanoseconds as text; what JavaScript's milliseconds cannot hold is kept as text here, too.

export const presets = [
  ['15m', 'Last 15 minutes', 15 * 60e3],
  ['1h', 'Last hour', 3600e3],
  ['6h', 'Last 6 hours', 6 * 3600e3],
  ['24h', 'Last 24 hours', 24 * 3600e3],
  ['7d', 'Last 7 days', 7 * 24 * 3600e3],
  ['all', 'All time', 0],
];

let utc = false;
try {
  utc = localStorage.getItem('zone') === 'utc';
} catch {
  // Storage is blocked: local time.
}

export const isUtc = () => utc;

export function toggleUtc() {
  utc = !utc;
  try {
    localStorage.setItem('zone', utc ? 'utc' : 'local');
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

export function zoneName() {
  if (utc) {
    return 'UTC';
  }
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(new Date());
  return parts.find(part => part.type === 'timeZoneName')?.value ?? 'local';
}

const two = number => String(number).padStart(2, '0');

function parts(date) {
  return utc
    ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds()]
    : [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds()];
}

// "11-20 16:40:10.123", the day always there so that columns stay aligned.
export function rowTime(text) {
  const date = new Date(text);
  if (!text || Number.isNaN(date.getTime())) {
    return { day: '', clock: text || 'no time' };
  }
  const [, month, day, hour, minute, second, ms] = parts(date);
  return { day: `${two(month)}-${two(day)}`, clock: `${two(hour)}:${two(minute)}:${two(second)}.${String(ms).padStart(3, '0')}` };
}

// With all nine digits of the fraction.
export function fullTime(text) {
  const date = new Date(text);
  if (!text || Number.isNaN(date.getTime())) {
    return text || 'no time';
  }
  const [year, month, day, hour, minute, second] = parts(date);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}${fraction ? '.' + fraction : ''} ${zoneName()}`;
}

export function minuteTime(ms, withSeconds) {
  const [year, month, day, hour, minute, second] = parts(new Date(ms));
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}${withSeconds ? ':' + two(second) : ''}`;
}

// A tick of an axis whose ticks are `step` apart.
export function tickTime(ms, step) {
  const [, month, day, hour, minute, second, milli] = parts(new Date(ms));
  if (step >= 24 * 3600e3) {
    return `${two(month)}-${two(day)}`;
  }
  if (hour === 0 && minute === 0 && second === 0 && milli === 0) {
    return `${two(month)}-${two(day)}`;
  }
  if (step >= 60e3) {
    return `${two(hour)}:${two(minute)}`;
  }
  return step >= 1000 ? `${two(hour)}:${two(minute)}:${two(second)}` : `${two(second)}.${String(milli).padStart(3, '0')}`;
}

export function duration(seconds) {
  if (seconds < 60) {
    return `${Math.round(seconds)} s`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min`;
  }
  if (seconds < 86400) {
    return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  }
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}

export function ago(text) {
  const seconds = (Date.now() - new Date(text).getTime()) / 1000;
  return seconds < 1 ? 'just now' : `${duration(seconds)} ago`;
}

// For <input type="datetime-local">, in the zone shown.
export function toInput(ms) {
  const [year, month, day, hour, minute, second] = parts(new Date(ms));
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

// null: not a time.
export function fromInput(text) {
  const date = new Date(utc ? text + 'Z' : text);
  return text && !Number.isNaN(date.getTime()) ? date.getTime() : null;
}
