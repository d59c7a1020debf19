// Keys and query syntax.
import { byId, h } from './dom.js';

const keys = [
  ['/', 'search'], ['j  k', 'next and previous line'], ['Enter', 'open the line'], ['c', 'its context'], ['Esc', 'close, step by step'],
  ['t', 'live tail'], ['p', 'pause the tail'], ['r', 'search again, now'], ['w', 'wrap long lines'], ['z', 'local time or UTC'], ['g  G', 'first and last line'], ['?', 'this help'],
];

const syntax = [
  ['timeout', 'the word, whatever its case'],
  ['"connection reset by peer"', 'these words in this order'],
  ['time*', 'words that begin so'],
  ['*Settlement*', 'a part of a word: com.acme.Settlement is one'],
  ['pod:cart-7f*', 'a field: namespace, pod, container, tenant, host, file, stream, or any path that a line’s details show'],
  ['user:42', 'a field parsed from a JSON line'],
  ['level:>=warn', 'that level or a higher one; also >, <, <=, and level:none'],
  ['-health', 'not that; works with everything above'],
  ['refused OR (reset -peer)', 'either; otherwise all parts must match'],
];

export function showHelp() {
  const dialog = byId('help-dialog');
  dialog.replaceChildren(
    h('div', { class: 'columns' },
      h('section', null, h('h2', null, 'Keys'), h('dl', null, keys.flatMap(([key, text]) => [h('dt', null, key.split('  ').map(one => h('kbd', null, one))), h('dd', null, text)]))),
      h('section', null, h('h2', null, 'Query'), h('dl', { class: 'syntax' }, syntax.flatMap(([query, text]) => [h('dt', null, h('code', null, query)), h('dd', null, text)])),
        h('p', { class: 'muted' }, 'Drag over the histogram to zoom; Back goes back. The address of the page holds the whole view.'))),
    h('form', { method: 'dialog' }, h('button', { class: 'primary' }, 'Close')));
  dialog.showModal();
}
