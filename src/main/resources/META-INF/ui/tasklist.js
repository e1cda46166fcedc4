// A table of tasks that does not jump while one reads: rows that are shown take new states in place, and new rows come when the
// reader asks for them, or when nothing is selected and the page stands at its top.
import { call, get, post } from './api.js';
import { html, useEffect, useRef, useState } from './html.js';
import { number } from './format.js';
import { act, Confirmed, Failure, notify, State, TaskLink, Text, Time } from './parts.js';

const REFRESH_MS = 3000;
const PAGE = 50;
const ACTIONS = { // by the states that they are possible in
  retry: ['dead', 'expired'],
  cancel: ['scheduled', 'retrying', 'ready', 'running'],
  delete: ['dead', 'expired', 'cancelled'],
};

/** What of `retry`, `cancel` and `delete` is possible in a state; `failed` and `pending` are statuses. */
function isPossible(action, query) {
  const states = { failed: ['dead', 'expired'], pending: ACTIONS.cancel, cancelled: ['cancelled'] }[query.status]
    ?? (query.state ? [query.state] : []);
  return states.length > 0 && states.every((state) => ACTIONS[action].includes(state));
}

/** Calls a bulk command until nothing more matches; `tell` hears how many it has done. */
export async function forAll(action, query, tell) {
  const sum = {};
  let cursor;
  for (;;) {
    const answer = await post('/tasks/' + action, { query: { ...query, order: undefined, limit: 500, cursor } });
    for (const [name, value] of Object.entries(answer)) {
      sum[name] = typeof value === 'number' ? (sum[name] ?? 0) + value : sum[name];
    }
    tell(sum);
    if (!answer.more || answer.problem) {
      return { sum, problem: answer.problem };
    }
    cursor = answer.next;
  }
}

const WORDS = { revived: 'retried', refused: 'not possible' };

function said(sum) {
  return Object.entries(sum).filter(([, value]) => value > 0)
    .map(([name, value]) => number(value) + ' ' + (WORDS[name] ?? name)).join(', ') || 'Nothing matched';
}

function single(action, id) {
  return action === 'cancel' ? call('DELETE', '/tasks/' + id) : post('/tasks/' + id + '/' + action);
}

/** Loads pages of tasks; returns what to show. */
function useTasks(query) {
  const key = JSON.stringify(query);
  const [state, setState] = useState({ key: '', tasks: null, next: undefined, problem: null, waiting: null });
  const [turn, setTurn] = useState(0);
  const hold = useRef(false);
  useEffect(() => {
    const stop = new AbortController();
    const first = async (isFirst) => {
      try {
        const page = await get('/tasks', { query: { ...query, limit: PAGE }, signal: stop.signal });
        setState((before) => merge(isFirst ? null : before, page, key, hold.current));
      } catch (problem) {
        if (!stop.signal.aborted) {
          setState((before) => ({ ...before, key, tasks: before.key === key ? before.tasks : null, problem }));
        }
      }
    };
    first(true);
    const timer = setInterval(() => document.hidden || first(false), REFRESH_MS);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [key, turn]);
  const more = async () => {
    try {
      const page = await get('/tasks', { query: { ...query, limit: PAGE, cursor: state.next } });
      setState((before) => {
        const known = new Set(before.tasks.map((task) => task.id));
        return { ...before, tasks: [...before.tasks, ...page.tasks.filter((task) => !known.has(task.id))], next: page.next };
      });
    } catch (problem) {
      setState((before) => ({ ...before, problem }));
    }
  };
  const isOther = state.key !== key;
  return { ...state, tasks: isOther ? null : state.tasks, more, hold, reload: () => setTurn((before) => before + 1),
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

/** The tasks that `query` selects, as GET /tasks has it, with what can be done to some or all of them. */
export function TaskList({ query, mayChange }) {
  const list = useTasks(query);
  const [chosen, setChosen] = useState(new Set());
  const [progress, setProgress] = useState('');
  useEffect(() => setChosen(new Set()), [JSON.stringify(query)]);
  list.hold.current = chosen.size > 0 || scrollY > 80;
  const choose = (id) => setChosen((before) => {
    const next = new Set(before);
    return next.delete(id) ? next : next.add(id);
  });
  const tasks = list.tasks ?? [];
  const chooseAll = () => setChosen(chosen.size === tasks.length ? new Set() : new Set(tasks.map((task) => task.id)));
  const doChosen = (action) => act(`${action}: ${number(chosen.size)} selected`, async () => {
    const failed = [];
    for (const id of chosen) {
      await single(action, id).catch((problem) => failed.push(problem));
    }
    setChosen(new Set());
    list.reload();
    if (failed.length > 0) {
      throw new Error(`${failed.length} of them were not changed: ${failed[0].message}`);
    }
  });
  const doAll = async (action) => {
    try {
      const { sum, problem } = await forAll(action, query, (sofar) => setProgress(said(sofar)));
      notify(said(sum) + (problem ? '. It stopped: ' + problem.detail : ''), problem ? 'failed' : 'done');
    } catch (problem) {
      notify(problem.message, 'failed');
    }
    setProgress('');
    list.reload();
  };
  const some = chosen.size > 0;
  const verbs = ['retry', 'cancel', 'delete'].filter((action) => (some
    ? action !== 'delete' && tasks.every((task) => !chosen.has(task.id) || ACTIONS[action].includes(task.state))
    : isPossible(action, query)));
  return html`<section aria-label="Tasks">
    <${Failure} problem=${list.problem} retry=${list.reload} />
    <div class="bar">
      ${mayChange && verbs.map((action) => (some
        ? html`<button type="button" onClick=${() => doChosen(action)}>${title(action)} ${number(chosen.size)} selected</button>`
        : html`<${Confirmed} label=${title(action) + ' all that match'} kind=${action === 'retry' ? 'main' : 'danger'} disabled=${progress !== ''}
            text=${'This will ' + action + ' every task that matches the filter, also those that are not on this page.'}
            act=${() => doAll(action)} />`))}
      ${progress && html`<span role="status">${progress} so far…</span>`}
      ${list.waiting && html`<button type="button" onClick=${list.takeNew}>Show the changed list</button>`}
      <button type="button" class="right" onClick=${list.reload}>Refresh</button>
    </div>
    ${list.tasks && tasks.length === 0 && !list.next && html`<p class="quiet">No task matches.</p>`}
    ${list.tasks && tasks.length === 0 && list.next && html`<p class="quiet">None among those examined so far.</p>`}
    ${tasks.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label="Table of tasks"><table class="stack">
      <thead><tr>${mayChange && html`<th class="box"><input type="checkbox" aria-label="Select all on this page"
        checked=${chosen.size === tasks.length} onChange=${chooseAll} /></th>`}
        <th>Task</th><th>State</th><th>Type</th><th>Queue</th><th>Priority</th><th>Attempt</th><th>Submitted</th><th>Due, ended or error</th></tr></thead>
      <tbody>${tasks.map((task) => html`<${Row} key=${task.id} task=${task} isChosen=${chosen.has(task.id)} choose=${choose} mayChange=${mayChange} />`)}</tbody>
    </table></div>`}
    ${list.next && html`<button type="button" onClick=${list.more}>More</button>`}
    ${!list.tasks && !list.problem && html`<p class="quiet">Loading…</p>`}
  </section>`;
}

function title(action) {
  return action[0].toUpperCase() + action.slice(1);
}
