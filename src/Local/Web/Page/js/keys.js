// The keyboard. Keys do nothing while text is typed, but Esc leaves the field.
export function listen(actions) {
  const keys = {
    '/': actions.search,
    j: () => actions.step(1), ArrowDown: () => actions.step(1),
    k: () => actions.step(-1), ArrowUp: () => actions.step(-1),
    g: actions.first, G: actions.last,
    c: actions.context, t: actions.tail, p: actions.pause, r: actions.again, w: actions.wrap, z: actions.zone,
    '?': actions.help, Escape: actions.close,
  };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) {
      return;
    }
    const field = event.target.closest('input, select, textarea');
    if (field) {
      if (event.key === 'Escape') {
        field.blur();
      } else if (event.key === 'ArrowDown' && field.id === 'query') {
        field.blur();
        actions.step(1);
        event.preventDefault();
      }
      return;
    }
    const action = event.key === 'Enter' ? (event.target.closest('button, a, summary') ? null : actions.open) : keys[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
