import { html, useEffect, useState } from './html.js';
import { filter, go, to, useRoute } from './router.js';
import { Field, Select, Text } from './parts.js';
import { TaskList } from './tasklist.js';

const STATES = ['', 'running', 'ready', 'scheduled', 'retrying', 'dead', 'expired', 'cancelled', 'completed'];
const FULL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FILTERS = ['state', 'status', 'type', 'queue', 'priority', 'tag', 'uniqueKey', 'error', 'id', 'submittedSince', 'submittedBefore', 'order'];

/** Takes only the parameters that the API knows from the address. */
function selected(query) {
  return Object.fromEntries(FILTERS.filter((name) => query[name]).map((name) => [name, query[name]]));
}

/** A time as a field of a form has it, in the reader's zone. */
function inZone(time) {
  const at = new Date(time ?? '');
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Takes a time once the field is left: while one types a year, it has others first. */
function Times({ query }) {
  const set = (name) => (event) => filter({ [name]: event.target.value ? new Date(event.target.value).toISOString() : '' });
  return html`<${Field} label="Submitted since"><input type="datetime-local" min="2000-01-01T00:00" value=${inZone(query.submittedSince)} onBlur=${set('submittedSince')} /><//>
    <${Field} label="Submitted before"><input type="datetime-local" min="2000-01-01T00:00" value=${inZone(query.submittedBefore)} onBlur=${set('submittedBefore')} /><//>`;
}

/** A filter that came with a link and has no field. */
function Given({ name, value }) {
  return html`<p class="quiet">Only those with ${name} <${Text} of=${value} /> <button type="button" onClick=${() => filter({ [name]: undefined })}>Show all</button></p>`;
}

export function TasksPage({ mayChange }) {
  const { query } = useRoute();
  const [id, setId] = useState(query.id ?? '');
  useEffect(() => setId(query.id ?? ''), [query.id]);
  const text = (name) => html`<input type="text" value=${query[name] ?? ''} onChange=${(event) => filter({ [name]: event.target.value.trim() })} />`;
  const find = (event) => {
    event.preventDefault();
    const wanted = id.trim().toLowerCase();
    if (FULL_ID.test(wanted)) {
      go(to('tasks', wanted));
    } else {
      filter({ id: wanted });
    }
  };
  return html`<h1>Tasks</h1>
    <form class="filters" onSubmit=${find} role="search">
      <${Field} label="Id or its beginning"><input type="search" data-search value=${id} onInput=${(event) => setId(event.target.value)} /><//>
      <${Field} label="State"><${Select} value=${query.state} onChange=${(state) => filter({ state, status: '' })}
        options=${STATES.map((state) => [state, state || 'any'])} /><//>
      <${Field} label="Queue">${text('queue')}<//>
      <${Field} label="Type">${text('type')}<//>
      <${Field} label="Priority"><${Select} value=${query.priority} onChange=${(priority) => filter({ priority })}
        options=${[['', 'any'], ['high', 'high'], ['medium', 'medium'], ['low', 'low']]} /><//>
      <${Field} label="Error has">${text('error')}<//>
      <details class="more" open=${Boolean(query.tag || query.uniqueKey || query.submittedSince || query.submittedBefore || query.order)}><summary>More filters</summary><div>
        <${Field} label="Tag">${text('tag')}<//>
        <${Field} label="Unique key">${text('uniqueKey')}<//>
        <${Times} query=${query} />
        <${Field} label="Order"><${Select} value=${query.order} onChange=${(order) => filter({ order })}
          options=${[['', 'next first'], ['newest', 'newest first']]} /><//>
      </div></details>
      <button type="submit" class="unseen">Find</button>
    </form>
    ${query.status && html`<${Given} name="status" value=${query.status} />`}
    <${TaskList} query=${selected(query)} mayChange=${mayChange} />`;
}
