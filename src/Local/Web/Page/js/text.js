// Log text as elements: ANSI colours become classes, control characters become visible, words that were searched for are marked.
import { h } from './dom.js';

const escapes = /\x1b\[([0-9;:]*)m|\x1b\[[0-?]*[ -\/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]|\x9b[0-?]*[ -\/]*[@-~]/g;

// C0 and C1 controls but tab and newline, DEL, and what turns the direction of text around.
const invisible = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function visible(text) {
  return text.replace(invisible, c => {
    const code = c.charCodeAt(0);
    return `\u2039${code.toString(16).toUpperCase().padStart(2, '0')}\u203a`;
  });
}

// [[text, class]…]; sequences other than colours and styles are left out.
export function segments(text) {
  const found = [];
  const style = { colour: '', bold: false, dim: false, italic: false, underline: false };
  let at = 0;
  const push = piece => {
    if (piece) {
      const classes = Object.entries(style).filter(([, on]) => on).map(([name, on]) => name === 'colour' ? on : 'ansi-' + name);
      found.push([visible(piece), classes.join(' ')]);
    }
  };
  for (const match of text.matchAll(escapes)) {
    push(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1] !== undefined) {
      applyCodes(style, match[1]);
    }
  }
  push(text.slice(at));
  return found;
}

function applyCodes(style, text) {
  const codes = text.split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) {
      Object.assign(style, { colour: '', bold: false, dim: false, italic: false, underline: false });
    } else if (code === 38 || code === 48) {
      i += codes[i + 1] === 5 ? 2 : codes[i + 1] === 2 ? 4 : 1;
    } else if (code >= 30 && code <= 37) {
      style.colour = `ansi-${code - 30}`;
    } else if (code >= 90 && code <= 97) {
      style.colour = `ansi-${code - 90}`;
    } else if (code === 39) {
      style.colour = '';
    } else {
      const flags = { 1: ['bold', true], 2: ['dim', true], 3: ['italic', true], 4: ['underline', true], 23: ['italic', false], 24: ['underline', false] };
      if (code === 22) {
        style.bold = style.dim = false;
      } else if (flags[code]) {
        style[flags[code][0]] = flags[code][1];
      }
    }
  }
}

// The nodes of a text, with `words` (a RegExp with the g flag, or null) marked.
export function nodes(text, words) {
  return segments(text).flatMap(([piece, classes]) => {
    const parts = words ? mark(piece, words) : [piece];
    return classes ? [h('span', { class: classes }, parts)] : parts;
  });
}

function mark(text, words) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(words)) {
    if (match[0] === '') {
      continue;
    }
    parts.push(text.slice(at, match.index), h('mark', null, match[0]));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts.filter(part => part !== '');
}

// What of a query can be seen in a text: its words and phrases that are not left out and name no field. Whole words, as the store finds them.
export function wordsOf(query) {
  const found = [];
  for (const [token, phrase] of query.matchAll(/-?(?:[\w.@\/-]+:)?"((?:\\.|[^"\\])*)"?|\S+/g)) {
    if (phrase !== undefined && token.startsWith('"')) {
      found.push(phrase.replace(/\\(.)/g, '$1'));
    } else if (phrase === undefined && !token.startsWith('-') && !/^[\w@][\w.@\/-]*:\S/.test(token) && !/^(AND|OR|NOT)$/.test(token)) {
      found.push(token.replace(/^\(+|\)+$/g, ''));
    }
  }
  // Several wildcards in one word would make the search for it slow on long texts: such a word is found, but not marked.
  const patterns = found.filter(term => /[\p{L}\p{N}]/u.test(term) && term.split('*').length <= 4).sort((a, b) => b.length - a.length).map(term => {
    const text = term.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/^\*+|\*+$/g, '').replace(/\*+/g, '\\S{0,200}?');
    const left = /^[\p{L}\p{N}]/u.test(term) ? '(?<![\\p{L}\\p{N}_])' : '';
    const right = /[\p{L}\p{N}]$/u.test(term) ? '(?![\\p{L}\\p{N}_])' : '';
    return left + text + right;
  });
  return patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'giu');
}

// JSON on several lines, token by token: numbers keep their digits. null: the text is not a JSON object or array.
export function indented(text) {
  const trimmed = text.trim();
  if (!/^[{[]/.test(trimmed) || trimmed.length > 200_000) {
    return null;
  }
  try {
    JSON.parse(trimmed);
  } catch {
    return null;
  }
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  return trimmed.replace(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+|\s+/g, (token, at) => {
    switch (token) {
      case '{': case '[': {
        const empty = /^\s*[}\]]/.test(trimmed.slice(at + 1, at + 20));
        depth++;
        return empty ? token : token + line();
      }
      case '}': case ']': {
        depth--;
        const empty = /[{[]\s*$/.test(trimmed.slice(Math.max(0, at - 20), at));
        return empty ? token : line() + token;
      }
      case ',': return token + line();
      case ':': return ': ';
      default: return /^\s/.test(token) ? '' : token;
    }
  });
}
