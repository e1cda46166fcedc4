import { useData } from './api.js';
import { forAll, useBulk } from './bulk.js';
import { html, useMemo } from './html.js';
import { errorPattern, literal, number } from './format.js';
import { useLive } from './live.js';
import { to, useRoute } from './router.js';
import { Confirmed, Loaded, notify, Text, Time } from './parts.js';
import { TaskList } from './tasklist.js';

const REFRESH_MS = 5000;
const NEWEST = 500;

/** Groups of tasks of one type whose errors differ in numbers and ids alone, the largest first. */
function grouped(tasks) {
  const groups = new Map();
  for (const task of tasks) {
    const pattern = errorPattern(task.error ?? '');
    const key = task.type + '\n' + pattern;
    const group = groups.get(key) ?? { key, type: task.type, pattern, tasks: 0, newest: task.finishedAt };
    group.tasks++;
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => other.tasks - one.tasks);
}

/** What selects a group: its type, and the longest part of its error that does not vary. */
function query(group) {
  return { state: 'dead', type: group.type, error: literal(group.pattern) };
}

function Group({ group, mayChange, reload }) {
  const job = useBulk();
  const selected = query(group);
  const run = async (action) => {
    try {
      notify(await forAll(action, selected));
    } catch (problem) {
      notify(problem.message, 'failed');
    }
    reload();
  };
  const which = `every dead task of type ${group.type} whose error has “${selected.error}”`;
  return html`<tr data-row tabindex="-1">
    <td class="number" data-name="Tasks">${number(group.tasks)}</td>
    <td data-name="Type"><${Text} of=${group.type} most=${64} /></td>
    <td data-name="Error" class="error"><a href=${to('tasks', '', selected)}><${Text} of=${group.pattern || 'no error text'} most=${300} /></a></td>
    <td data-name="Newest"><${Time} at=${group.newest} relative /></td>
    ${mayChange && html`<td class="actions"><div class="bar">${selected.error && html`
      <${Confirmed} label="Retry" kind="main" title="Retry this group" disabled=${job !== null} text=${`This will retry ${which}.`} act=${() => run('retry')} />
      <${Confirmed} label="Delete" kind="danger" title="Delete this group" disabled=${job !== null} text=${`This will delete ${which}, with their payloads.`} act=${() => run('delete')} />`}
    </div></td>`}</tr>`;
}

export function DeadPage({ mayChange }) {
  const { query: { type } } = useRoute();
  const { overview } = useLive();
  const newest = useData('/tasks', { state: 'dead', limit: NEWEST }, REFRESH_MS);
  const groups = useMemo(() => grouped(newest.data?.tasks ?? []), [newest.data]);
  return html`<h1>Dead letters</h1>
    <p class="quiet">Tasks that failed for good, by type and error, ${newest.data?.next ? `among the newest ${number(NEWEST)} of ${number(overview?.tasks?.dead)}` : 'all of them'}.
      Numbers and ids in errors stand as #.</p>
    <${Loaded} from=${newest}>${() => (groups.length === 0 ? html`<p class="good">No task is dead.</p>` : html`
      <div class="scroll" tabindex="0" role="region" aria-label="Error groups"><table class="stack"><thead><tr><th class="number">Tasks</th><th>Type</th><th>Error</th><th>Newest</th>${mayChange && html`<th>Actions</th>`}</tr></thead>
      <tbody>${groups.map((group) => html`<${Group} key=${group.key} group=${group} mayChange=${mayChange} reload=${newest.reload} />`)}</tbody></table></div>`)}<//>
    <h2>One by one</h2>
    <${TaskList} query=${{ state: 'dead', type }} mayChange=${mayChange} />`;
}
