// Keys: / looks for something, j and k move along the rows, Enter opens, x selects, g and a letter go to a page, ? tells all this.
import { html, useEffect, useState } from './html.js';
import { Dialog } from './parts.js';
import { go, to } from './router.js';

const PAGES = { o: 'overview', t: 'tasks', d: 'dead', q: 'queues', s: 'schedules', n: 'submit', c: 'settings' };
const KEYS = [
  ['/', 'look for tasks'], ['j, k', 'next row, row before'], ['Enter', 'open the row'], ['x', 'select the row'],
  ['g o', 'overview'], ['g t', 'tasks'], ['g d', 'dead letters'], ['g q', 'queues'], ['g s', 'schedules'], ['g n', 'submit a task'],
  ['g c', 'settings'], ['?', 'this list'], ['Esc', 'leave a field or a dialog'],
];

function isTyping(target) {
  return target.matches('input:not([type=checkbox]), textarea, select') || target.isContentEditable;
}

function move(step) {
  const rows = [...document.querySelectorAll('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function search() {
  const field = document.querySelector('[data-search]');
  if (field) {
    field.focus();
  } else {
    go(to('tasks'));
    setTimeout(() => document.querySelector('[data-search]')?.focus(), 100);
  }
}

export function Keys() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    let isGoing = false;
    const pressed = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      if (isTyping(event.target)) {
        if (event.key === 'Escape') {
          event.target.blur();
        }
        return;
      }
      const row = document.activeElement?.closest?.('[data-row]');
      if (isGoing && PAGES[event.key]) {
        go(to(PAGES[event.key]));
      } else if (event.key === 'j') {
        move(1);
      } else if (event.key === 'k') {
        move(-1);
      } else if (event.key === 'x') {
        row?.querySelector('input[type=checkbox]')?.click();
      } else if (event.key === 'Enter' && row === event.target) {
        row.querySelector('a')?.click();
      } else if (event.key === '/') {
        event.preventDefault();
        search();
      } else if (event.key === '?') {
        setOpen(true);
      }
      isGoing = event.key === 'g';
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  return open ? html`<${Dialog} title="Keys" close=${() => setOpen(false)}>
    <dl class="keys">${KEYS.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`)}</dl>
    <p class="actions"><button type="button" class="main" onClick=${() => setOpen(false)}>Close</button></p><//>` : null;
}
