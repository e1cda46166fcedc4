// A table of tasks that does not jump while one reads: rows that are shown take new states in place, and new rows come when the
// reader asks for them, or when nothing is selected and the page stands at its top.
import { call, get, post } from './api.js';
import { html, useEffect, useRef, useState } from './html.js';
import { forAll, useBulk } from './bulk.js';
import { clip, number } from './format.js';
import { Confirmed, Failure, notify, State, TaskLink, Text, Time } from './parts.js';

const REFRESH_MS = 3000;
const PAGE = 50;
const ACTIONS = { // by the states that they are possible in
  retry: ['dead', 'expired'],
  cancel: ['scheduled', 'retrying', 'ready', 'running'],
  delete: ['dead', 'expired', 'cancelled'],
};

const DONE = { retry: 'retried', cancel: 'cancelled' };

/** What of `retry`, `cancel` and `delete` is possible in a state; `failed` and `pending` are statuses. */
function isPossible(action, query) {
  const states = { failed: ['dead', 'expired'], pending: ACTIONS.cancel, cancelled: ['cancelled'] }[query.status]
    ?? (query.state ? [query.state] : []);
  return states.length > 0 && states.every((state) => ACTIONS[action].includes(state));
}

function single(action, id) {
  return action === 'cancel' ? call('DELETE', '/tasks/' + id) : post('/tasks/' + id + '/' + action);
}

const EMPTY = { key: '', tasks: null, next: undefined, problem: null, waiting: null };

// Whether the reader holds the list: it was scrolled, a row has the focus, or more of it was asked for.
function isRead(hold) {
  return hold.current || scrollY > 80 || document.activeElement?.closest('[data-row]');
}

/** Loads pages of tasks; returns what to show. `hold.current` keeps rows where they are. */
function useTasks(query, hold) {
  const key = JSON.stringify(query);
  const [state, setState] = useState(EMPTY);
  const [turn, setTurn] = useState(0);
  const stopped = useRef(new AbortController());
  const hasMore = useRef(false);
  useEffect(() => {
    const stop = new AbortController();
    stopped.current = stop;
    hasMore.current = false;
    let timer = 0;
    const ask = async (isFirst) => {
      try {
        const page = await get('/tasks', { query: { ...query, limit: PAGE }, signal: stop.signal });
        setState((before) => merge(isFirst ? null : before, page, key, hasMore.current || isRead(hold)));
      } catch (problem) {
        if (stop.signal.aborted) {
          return;
        }
        setState((before) => ({ ...(before.key === key ? before : EMPTY), key, problem }));
      }
      timer = setTimeout(wait, REFRESH_MS);
    };
    const wait = () => (document.hidden ? document.addEventListener('visibilitychange', () => ask(false), { once: true, signal: stop.signal }) : ask(false));
    ask(true);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key, turn]);
  const more = async () => {
    hasMore.current = true;
    const { signal } = stopped.current;
    try {
      const page = await get('/tasks', { query: { ...query, limit: PAGE, cursor: state.next }, signal });
      setState((before) => {
        if (before.key !== key) {
          return before;
        }
        const known = new Set(before.tasks.map((task) => task.id));
        return { ...before, tasks: [...before.tasks, ...page.tasks.filter((task) => !known.has(task.id))], next: page.next };
      });
    } catch (problem) {
      setState((before) => (signal.aborted || before.key !== key ? before : { ...before, problem }));
    }
  };
  const shown = state.key === key ? state : EMPTY;
  return { ...shown, more, reload: () => setTurn((before) => before + 1),
    takeNew: () => setState((before) => (before.waiting ? { ...before, ...before.waiting, waiting: null } : before)) };
}

// A page that was asked for again: new rows wait while the reader holds the list.
function merge(before, page, key, isHeld) {
  const next = { key, tasks: page.tasks, next: page.next, problem: null, waiting: null };
  if (!before?.tasks || before.key !== key || (!isHeld && before.tasks.length <= PAGE)) {
    return next;
  }
  const newest = new Map(page.tasks.map((task) => [task.id, task]));
  const tasks = before.tasks.map((task) => newest.get(task.id) ?? task);
  const isNew = page.tasks.some((task) => !before.tasks.some((known) => known.id === task.id));
  return { ...before, key, tasks, problem: null, waiting: isNew ? { tasks: page.tasks, next: page.next } : null };
}

function Row({ task, isChosen, choose, mayChange }) {
  const error = task.error ?? task.lastError;
  return html`<tr data-row tabindex="-1" class=${isChosen ? 'chosen' : ''}>
    ${mayChange && html`<td class="box"><input type="checkbox" checked=${isChosen} aria-label=${'Select ' + task.id}
      onChange=${() => choose(task.id)} /></td>`}
    <td data-name="Task"><${TaskLink} id=${task.id} /></td>
    <td data-name="State"><${State} of=${task.state} /></td>
    <td data-name="Type"><${Text} of=${task.type} most=${32} /></td>
    <td data-name="Queue"><${Text} of=${task.queue} most=${32} /></td>
    <td data-name="Priority" class="less">${task.priority}</td>
    <td data-name="Attempt" class="number less">${task.attempt}</td>
    <td data-name="Submitted" class="less"><${Time} at=${task.submittedAt} /></td>
    <td data-name=${error ? 'Error' : task.dueAt ? 'Due' : 'Ended'} class="error">${error
      ? html`<${Text} of=${error} most=${120} />`
      : html`<${Time} at=${task.dueAt ?? task.finishedAt} />`}</td>
  </tr>`;
}

/** The buttons of the list: for the tasks that are chosen, or where none is for all that match. */
function Commands({ query, list, chosen, clear, mayChange }) {
  const [isBusy, setBusy] = useState(false);
  const job = useBulk();
  const some = chosen.length > 0;
  const verbs = !mayChange || !list.tasks || list.problem ? [] : Object.keys(ACTIONS).filter((action) => (some
    ? action !== 'delete' && chosen.every((task) => ACTIONS[action].includes(task.state)) : isPossible(action, query)));
  const run = async (what) => {
    setBusy(true);
    try {
      notify(await what());
    } catch (problem) {
      notify(problem.message, 'failed');
    }
    setBusy(false);
    list.reload();
  };
  const doChosen = (action) => run(async () => {
    const failed = [];
    for (const task of chosen) {
      await single(action, task.id).catch((problem) => failed.push(problem));
    }
    clear();
    if (failed.length > 0) {
      throw new Error(`${failed.length} of ${chosen.length} were not changed: ${failed[0].message}`);
    }
    return `${number(chosen.length)} tasks: ${DONE[action]}`;
  });
  return html`<div class="bar">
    ${verbs.map((action) => html`<${Confirmed} key=${action + some} label=${title(action) + (some ? ` ${number(chosen.length)} selected` : ' all that match')}
      kind=${action === 'retry' ? 'main' : 'danger'} disabled=${isBusy || job !== null}
      text=${some ? `This will ${action} ${number(chosen.length)} tasks.`
        : `This will ${action} every task with ${words(query)}, also those that are not on this page.`}
      act=${() => (some ? doChosen(action) : run(() => forAll(action, query)))} />`)}
    ${list.waiting && html`<button type="button" onClick=${list.takeNew}>Show the changed list</button>`}
    <button type="button" class="right" onClick=${list.reload}>Refresh</button>
  </div>`;
}

/** The tasks that `query` selects, as GET /tasks has it, with what can be done to some or all of them. */
export function TaskList({ query, mayChange }) {
  const hold = useRef(false);
  const list = useTasks(query, hold);
  const [marked, setMarked] = useState(new Set());
  useEffect(() => setMarked(new Set()), [JSON.stringify(query)]);
  const tasks = list.tasks ?? [];
  const chosen = tasks.filter((task) => marked.has(task.id)); // never one that is not shown
  hold.current = chosen.length > 0;
  const choose = (id) => setMarked((before) => {
    const next = new Set(before);
    return next.delete(id) ? next : next.add(id);
  });
  const chooseAll = () => setMarked(chosen.length === tasks.length ? new Set() : new Set(tasks.map((task) => task.id)));
  return html`<section aria-label="Tasks">
    <${Failure} problem=${list.problem} retry=${list.reload} />
    <${Commands} query=${query} list=${list} chosen=${chosen} clear=${() => setMarked(new Set())} mayChange=${mayChange} />
    ${list.tasks && tasks.length === 0 && html`<p class="quiet">${list.next ? 'None among those examined so far.' : 'No task matches.'}</p>`}
    ${tasks.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label="Table of tasks"><table class="stack">
      <thead><tr>${mayChange && html`<th class="box"><input type="checkbox" aria-label="Select all that are shown"
        checked=${chosen.length === tasks.length} onChange=${chooseAll} /></th>`}
        <th>Task</th><th>State</th><th>Type</th><th>Queue</th><th>Priority</th><th>Attempt</th><th>Submitted</th><th>Due, ended or error</th></tr></thead>
      <tbody>${tasks.map((task) => html`<${Row} key=${task.id} task=${task} isChosen=${marked.has(task.id)} choose=${choose} mayChange=${mayChange} />`)}</tbody>
    </table></div>`}
    ${list.next && html`<button type="button" onClick=${list.more}>More</button>`}
    ${!list.tasks && !list.problem && html`<p class="quiet">Loading…</p>`}
  </section>`;
}

function title(action) {
  return action[0].toUpperCase() + action.slice(1);
}

/** A filter in words. */
function words(query) {
  return Object.entries(query).filter(([name]) => name !== 'order').map(([name, value]) => `${name} ${clip(value, 60)}`).join(', ');
}
