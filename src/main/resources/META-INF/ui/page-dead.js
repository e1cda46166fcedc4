import { useData } from './api.js';
import { forAll, useBulk } from './bulk.js';
import { html } from './html.js';
import { number } from './format.js';
import { to, useRoute } from './router.js';
import { Confirmed, Loaded, notify, Text } from './parts.js';
import { TaskList } from './tasklist.js';

const REFRESH_MS = 5000;

export function DeadPage({ mayChange }) {
  const { query } = useRoute();
  const groups = useData('/tasks/errors', { state: 'dead', limit: 100 }, REFRESH_MS);
  const job = useBulk();
  const change = async (action, group) => {
    try {
      notify(await forAll(action, { state: 'dead', type: group.type, errorGroup: group.error }));
    } catch (problem) {
      notify(problem.message, 'failed');
    }
    groups.reload();
  };
  return html`<h1>Dead letters</h1>
    <p class="quiet">Tasks that failed for good, by type and error. Numbers and ids in errors stand as #.</p>
    <${Loaded} from=${groups}>${(data) => (data.groups.length === 0 ? html`<p class="good">No task is dead.</p>` : html`
      <div class="scroll" tabindex="0" role="region" aria-label="Error groups"><table class="stack"><thead><tr><th class="number">Tasks</th><th>Type</th><th>Error</th>${mayChange && html`<th>Actions</th>`}</tr></thead>
      <tbody>${data.groups.map((group) => html`<tr data-row tabindex="-1" key=${group.type + ' ' + group.error}>
        <td class="number" data-name="Tasks">${number(group.tasks)}</td>
        <td data-name="Type"><${Text} of=${group.type} most=${64} /></td>
        <td data-name="Error" class="error"><a href=${to('tasks', '', { state: 'dead', type: group.type, errorGroup: group.error })}><${Text} of=${group.error || 'no error text'} most=${300} /></a></td>
        ${mayChange && html`<td class="actions"><div class="bar">
          <${Confirmed} label="Retry" kind="main" disabled=${job !== null} title="Retry this group" text=${`${number(group.tasks)} tasks will be ready again.`} act=${() => change('retry', group)} />
          <${Confirmed} label="Delete" kind="danger" disabled=${job !== null} title="Delete this group" text=${`${number(group.tasks)} tasks will be gone, with their payloads.`} act=${() => change('delete', group)} />
        </div></td>`}</tr>`)}</tbody></table></div>
      ${data.other > 0 && html`<p class="quiet">${number(data.other)} more tasks are in none of these groups.</p>`}`)}<//>
    <h2>All of them</h2>
    <${TaskList} query=${{ state: 'dead', type: query.type }} mayChange=${mayChange} />`;
}
