import { call, post, useData } from './api.js';
import { html, useEffect, useState } from './html.js';
import { duration, pretty, span, visible } from './format.js';
import { to } from './router.js';
import { act, Confirmed, Copy, Facts, Json, Loaded, State, TaskLink, Text, Time } from './parts.js';

const WATCH_MS = 1000;
const ENDED_MS = 30_000; // it may be retried by somebody else
const ENDED = ['completed', 'dead', 'expired', 'cancelled'];

/** A text as one word of a shell. */
function quoted(text) {
  return "'" + text.replaceAll("'", "'\\''") + "'";
}

function command(task) {
  const body = { type: task.type, queue: task.queue, priority: task.priority, payload: task.payload };
  const root = new URL('..', document.baseURI);
  return `curl -sS ${quoted(root.href + 'submit')} -H 'Content-Type: application/json' -d ${quoted(pretty(body))}`;
}

function Command({ task }) {
  const [isOpen, setOpen] = useState(false);
  return html`<details onToggle=${(event) => setOpen(event.target.open)}><summary>Submit it again by curl</summary>
    ${isOpen && html`<${Copy} text=${command(task)} /><pre tabindex="0">${visible(command(task).slice(0, 20_000))}</pre>`}</details>`;
}

function Attempt({ of: attempt }) {
  const ms = attempt.endedAt ? Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt) : Date.now() - Date.parse(attempt.startedAt);
  return html`<li class=${attempt.how}>
    <p><b>Attempt ${attempt.number}</b> <${State} of=${attempt.how} /> <${Time} at=${attempt.startedAt} />
      <span> took ${span(ms)}${attempt.endedAt ? '' : ' so far'}</span></p>
    <p class="quiet">on ${attempt.node ? html`<${Text} of=${attempt.node} />` : 'a node that is no longer known'}, epoch ${attempt.epoch}</p>
    ${attempt.error && html`<p class="error-text"><${Text} of=${attempt.error} most=${1000} /></p>`}
  </li>`;
}

function Commands({ task, reload }) {
  const change = (what, run) => act(what, run).then(reload);
  const can = (...states) => states.includes(task.state);
  return html`<div class="bar">
    ${can('dead', 'expired') && html`<button type="button" class="main" onClick=${() => change('The task is ready again.', () => post('/tasks/' + task.id + '/retry'))}>Retry</button>`}
    ${can('scheduled', 'retrying') && html`<button type="button" class="main" onClick=${() => change('The task is ready now.', () => post('/tasks/' + task.id + '/run'))}>Run now</button>`}
    ${can('scheduled', 'retrying', 'ready', 'running') && html`<${Confirmed} label="Cancel" kind="danger" title="Cancel this task"
      text=${task.state === 'running' ? 'The leader will interrupt the task.' : 'The task will not start.'}
      act=${() => change('The task is cancelled.', () => call('DELETE', '/tasks/' + task.id))} />`}
  </div>`;
}

function Details({ task, hidePayloads, mayChange, reload }) {
  const callback = task.callback;
  return html`
    ${mayChange && html`<${Commands} task=${task} reload=${reload} />`}
    <${Facts} of=${[
      ['State', html`<${State} of=${task.state} />`],
      ['Type', html`<${Text} of=${task.type} />`],
      ['Queue', html`<a href=${to('queues', task.queue)}><${Text} of=${task.queue} /></a>`],
      ['Priority', task.priority],
      ['Attempts', task.attempt + (task.maxAttempts ? ' of ' + task.maxAttempts : '')],
      ['Submitted', html`<${Time} at=${task.submittedAt} />`],
      ['Due', task.dueAt && html`<${Time} at=${task.dueAt} />`],
      ['Started', task.startedAt && html`<${Time} at=${task.startedAt} />`],
      ['Ended', task.finishedAt && html`<${Time} at=${task.finishedAt} />`],
      ['Expires', task.expiresAt && html`<${Time} at=${task.expiresAt} />`],
      ['Time limit', task.timeout && duration(task.timeout)],
      ['Kept for', task.retention && duration(task.retention)],
      ['Tags', task.tags?.length && html`${task.tags.map((tag) => html`<a class="tag" href=${to('tasks', '', { tag })}><${Text} of=${tag} /></a> `)}`],
      ['Schedule', task.schedule && html`<a href=${to('schedules', task.schedule.name)}><${Text} of=${task.schedule.name} /></a>`],
      ['Callback', callback && html`<${Text} of=${callback.url ?? ''} /> ${callback.task && html`<${TaskLink} id=${callback.task} />`} ${callback.state ?? ''}`],
    ]} />
    ${(task.error ?? task.lastError) && html`<p class="error-text"><${Text} of=${task.error ?? task.lastError} most=${1000} /></p>`}
    <h2>Attempts</h2>
    ${task.historyCut && html`<p class="quiet">Older attempts are not kept.</p>`}
    ${task.attempts.length === 0 ? html`<p class="quiet">None yet.</p>`
      : html`<ol class="timeline">${task.attempts.toReversed().map((attempt) => html`<${Attempt} key=${attempt.number} of=${attempt} />`)}</ol>`}
    ${hidePayloads ? html`<p class="quiet">This page is set up to show neither payloads nor results.</p>`
      : html`<h2>Data</h2>
        <${Json} name="Payload" value=${task.payload} isOpen />
        ${task.result !== undefined && html`<${Json} name="Result" value=${task.result} isOpen />`}
        <${Command} task=${task} />`}`;
}

export function TaskPage({ id, hidePayloads, mayChange }) {
  const [isOver, setOver] = useState(false);
  const task = useData('/tasks/' + encodeURIComponent(id), {}, isOver ? ENDED_MS : WATCH_MS);
  useEffect(() => setOver(ENDED.includes(task.data?.state)), [task.data?.state]);
  const explained = useData(isOver ? null : '/tasks/' + encodeURIComponent(id) + '/explain', {}, WATCH_MS);
  return html`<h1>Task <span class="whole-id">${visible(id)}</span> <${Copy} text=${id} label="Copy id" /></h1>
    ${!isOver && explained.data && html`<p class="explain" role="status"><${Text} of=${explained.data.why} most=${600} /></p>`}
    ${task.data && isOver && html`<p class=${'explain ' + task.data.state} role="status">${sentence(task.data)}</p>`}
    <${Loaded} from=${task}>${(data) => html`<${Details} task=${data} hidePayloads=${hidePayloads} mayChange=${mayChange} reload=${task.reload} />`}<//>`;
}

function sentence(task) {
  const tries = task.attempt === 1 ? 'one attempt' : task.attempt + ' attempts';
  switch (task.state) {
    case 'completed': return 'The task completed after ' + tries + '.';
    case 'dead': return 'The task is dead after ' + tries + ': nothing starts it again unless you retry it.';
    case 'expired': return 'The task expired before it could start.';
    default: return 'The task was cancelled.';
  }
}
