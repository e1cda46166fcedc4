import { call, post, useData } from './api.js';
import { html, useState } from './html.js';
import { duration, number } from './format.js';
import { filter, to, useRoute } from './router.js';
import { act, Confirmed, Dialog, Facts, Failure, Field, Loaded, Select, Text, Time } from './parts.js';
import { TaskList } from './tasklist.js';

const REFRESH_MS = 3000;
const FIELDS = [
  ['concurrency', 'Concurrency', 'How many of its tasks may run at once, in the whole cluster.', Number],
  ['rate', 'Rate', 'How many may start in a time, such as 100/1m.', String],
  ['burst', 'Burst', 'How many may start at once after a rest; it needs a rate.', Number],
  ['weight', 'Weight', 'Its part of the turns among the queues of a priority; 1 if empty.', Number],
];

function path(name) {
  return '/queues/' + encodeURIComponent(name);
}

function Edit({ queue, close, reload }) {
  const [values, setValues] = useState({ ...queue.settings });
  const [problem, setProblem] = useState(null);
  const save = async (event) => {
    event.preventDefault();
    const body = { ...queue.settings, ...values };
    for (const [name, , , as] of FIELDS) {
      const text = String(values[name] ?? '').trim();
      if (text === '') {
        delete body[name];
      } else {
        body[name] = as === Number && /^\d+$/.test(text) ? Number(text) : text; // the API says what is wrong with it
      }
    }
    try {
      await call('PUT', path(queue.name), { body });
      close();
      reload();
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  return html`<${Dialog} title=${'Settings of ' + queue.name} close=${close}><form onSubmit=${save}>
    ${FIELDS.map(([name, label, hint]) => html`<${Field} label=${label} hint=${hint}>
      <input type="text" value=${values[name] ?? ''} onInput=${(event) => setValues({ ...values, [name]: event.target.value })} /><//>`)}
    <label class="check"><input type="checkbox" checked=${values.honourRetryAfter ?? false}
      onChange=${(event) => setValues({ ...values, honourRetryAfter: event.target.checked })} /> A target's Retry-After closes the queue until then</label>
    <${Failure} problem=${problem} />
    <p class="actions"><button type="submit" class="main">Save</button><button type="button" onClick=${close}>Leave it</button></p>
  </form><//>`;
}

function Commands({ queue, reload, edit }) {
  const change = (what, run) => act(what, run).then(reload);
  return html`
    ${queue.paused ? html`<button type="button" class="main" onClick=${() => change('The queue goes on.', () => post(path(queue.name) + '/resume'))}>Resume</button>`
      : html`<${Confirmed} label="Pause" title=${'Pause ' + queue.name} text="No task of it starts until it is resumed. Running tasks go on." note="Why (for those who ask)"
        act=${(note) => change('The queue is paused.', () => post(path(queue.name) + '/pause', note ? { body: { note } } : {}))} />`}
    <button type="button" onClick=${() => edit(queue)}>Edit</button>`;
}

function Standing({ queue }) {
  if (queue.paused) {
    return html`paused since <${Time} at=${queue.paused.since} /> ${queue.paused.note && html`<${Text} of=${queue.paused.note} />`}`;
  }
  return queue.blocked ? html`<${Text} of=${queue.blocked.why} most=${300} /> ${queue.blocked.until && html`(until <${Time} at=${queue.blocked.until} />)`}` : 'open';
}

function limits(queue) {
  const value = (name) => queue.effective?.[name]?.value ?? queue.settings?.[name];
  const inWords = {
    concurrency: (most) => most + ' at once',
    rate: (rate) => String(rate).replace(/\/(.*)/, (all, period) => ' in ' + duration(period)),
    weight: (weight) => 'weight ' + weight,
  };
  return Object.entries(inWords).filter(([name]) => value(name) !== undefined).map(([name, say]) => say(value(name))).join(', ') || '–';
}

function Row({ queue, mayChange, reload, edit }) {
  const ready = queue.ready ?? {};
  return html`<tr data-row tabindex="-1">
    <td data-name="Queue"><a href=${to('queues', queue.name)}><${Text} of=${queue.name} most=${64} /></a></td>
    <td data-name="Ready" class="number">${queue.ready ? number((ready.high ?? 0) + (ready.medium ?? 0) + (ready.low ?? 0)) : '–'}</td>
    <td data-name="Running" class="number">${number(queue.running)}</td>
    <td data-name="Limits"><${Text} of=${limits(queue)} /></td>
    <td data-name="Oldest"><${Time} at=${queue.oldestSubmittedAt} relative /></td>
    <td data-name="Stands"><${Standing} queue=${queue} /></td>
    ${mayChange && html`<td class="actions"><div class="bar"><${Commands} queue=${queue} reload=${reload} edit=${edit} /></div></td>`}
  </tr>`;
}

function Table({ of: queues, mayChange, reload, edit, label }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}><table class="stack"><thead><tr><th>${label}</th><th class="number">Ready</th><th class="number">Running</th>
    <th>Limits</th><th>Oldest</th><th>Stands</th>${mayChange && html`<th>Actions</th>`}</tr></thead>
    <tbody>${queues.map((queue) => html`<${Row} key=${queue.name} queue=${queue} mayChange=${mayChange} reload=${reload} edit=${edit} />`)}</tbody></table></div>`;
}

export function QueuesPage({ mayChange }) {
  const { query } = useRoute();
  const sort = query.sort ?? 'ready';
  const queues = useData('/queues', { sort, limit: 100, cursor: query.cursor }, REFRESH_MS);
  const [edited, edit] = useState(null); // kept here: a queue may leave the list meanwhile
  return html`<h1>Queues</h1>
    ${edited && html`<${Edit} queue=${edited} close=${() => edit(null)} reload=${queues.reload} />`}
    <div class="filters"><${Field} label="Order"><${Select} value=${sort} onChange=${(value) => filter({ sort: value, cursor: '' })}
      options=${[['ready', 'most ready first'], ['oldest', 'longest waiting first'], ['name', 'by name']]} /><//></div>
    <${Loaded} from=${queues}>${(data) => html`
      ${data.queues.length === 0 ? html`<p class="quiet">No queue has tasks or settings.</p>`
        : html`<${Table} of=${data.queues} mayChange=${mayChange} reload=${queues.reload} edit=${edit} label="Queue" />`}
      ${data.patterns?.length > 0 && html`<h2>Patterns</h2><${Table} of=${data.patterns} mayChange=${mayChange} reload=${queues.reload} edit=${edit} label="Pattern" />`}
      ${query.cursor && html`<button type="button" onClick=${() => filter({ cursor: '' })}>First page</button> `}
      ${data.next && html`<button type="button" onClick=${() => filter({ cursor: data.next })}>Next page</button>`}`}<//>`;
}

export function QueuePage({ id, mayChange }) {
  const queue = useData(path(id), {}, REFRESH_MS);
  const [edited, edit] = useState(null);
  return html`<h1>Queue <${Text} of=${id} most=${128} /></h1>
    <${Loaded} from=${queue}>${(data) => html`
      ${mayChange && html`<div class="bar"><${Commands} queue=${data} reload=${queue.reload} edit=${edit} /></div>`}
      ${edited && html`<${Edit} queue=${edited} close=${() => edit(null)} reload=${queue.reload} />`}
      <${Facts} of=${[
        ['Stands', html`<${Standing} queue=${data} />`],
        ['Ready', data.ready && ['high', 'medium', 'low'].map((priority) => `${number(data.ready[priority] ?? 0)} ${priority}`).join(', ')],
        ['Running', number(data.running)],
        ['Oldest', data.oldestSubmittedAt && html`<${Time} at=${data.oldestSubmittedAt} relative />`],
        ...Object.entries(data.effective ?? {}).filter(([, setting]) => setting?.value !== undefined)
          .map(([name, setting]) => [name, html`<${Text} of=${setting.value} /> <span class="quiet">set by <${Text} of=${setting.from} /></span>`]),
      ]} />`}<//>
    <h2>Its tasks</h2><${TaskList} query=${{ queue: id }} mayChange=${mayChange} />`;
}
