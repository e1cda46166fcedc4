import { call, get, post, useData } from './api.js';
import { html, useEffect, useState } from './html.js';
import { number, pretty } from './format.js';
import { filter, go, to, useRoute } from './router.js';
import { act, Confirmed, Dialog, Facts, Failure, Field, Json, Loaded, Select, State, TaskLink, Text, Time } from './parts.js';

const REFRESH_MS = 3000;
const SETTLE_MS = 250; // after the last key
const DEFINED = ['cron', 'every', 'fixedDelay', 'exclude', 'startAt', 'endAt', 'remaining', 'timeZone', 'clockChange', 'overlap', 'catchUp', 'jitter', 'task'];
const NEW = { cron: '0 9 * * MON-FRI', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, task: { type: 'log', payload: { report: '{{scheduledAt}}' } } };

function path(name) {
  return '/schedules/' + encodeURIComponent(name);
}

function definition(schedule) {
  return Object.fromEntries(DEFINED.filter((name) => schedule[name] !== undefined).map((name) => [name, schedule[name]]));
}

function parsed(text) {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: new Error('This is no JSON yet: ' + error.message) };
  }
}

/** When a definition would fire, asked for while one types. */
function Preview({ text }) {
  const [state, setState] = useState({});
  useEffect(() => {
    const { value, problem } = parsed(text);
    if (problem) {
      setState({ problem });
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => post('/schedules/preview', { body: value, signal: stop.signal })
      .then((data) => setState({ data }), (thrown) => stop.signal.aborted || setState({ problem: thrown })), SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return html`<div class="preview" role="status"><${Failure} problem=${state.problem} />
    ${state.data && html`<p><b><${Text} of=${state.data.sentence} most=${400} /></b></p><${Upcoming} of=${state.data.upcoming} />`}</div>`;
}

function Upcoming({ of: instants }) {
  return instants.length === 0 ? html`<p class="quiet">It does not fire again.</p>`
    : html`<ol class="upcoming">${instants.slice(0, 10).map((instant) => html`<li key=${instant.at}><${Time} at=${instant.at} /> <span class="quiet">${instant.local}</span>
      ${instant.clockChange && html` <${Text} of=${instant.clockChange} />`}</li>`)}</ol>`;
}

function Edit({ name: given, text: first, close, saved }) {
  const [name, setName] = useState(given ?? '');
  const [text, setText] = useState(first);
  const [problem, setProblem] = useState(null);
  const save = async (event) => {
    event.preventDefault();
    const read = parsed(text);
    try {
      if (read.problem) {
        throw read.problem;
      }
      await call('PUT', path(name), { body: text });
      close();
      saved(name);
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  return html`<${Dialog} title=${given ? 'Edit ' + given : 'New schedule'} close=${close}><form onSubmit=${save}>
    ${!given && html`<${Field} label="Name"><input type="text" required pattern="[A-Za-z0-9._:\\-]{1,128}" value=${name} onInput=${(event) => setName(event.target.value)} /><//>`}
    <${Field} label="Definition, as JSON"><textarea rows="14" spellcheck=${false} value=${text} onInput=${(event) => setText(event.target.value)}></textarea><//>
    <${Preview} text=${text} />
    <${Failure} problem=${problem} />
    <p class="actions"><button type="submit" class="main">Save</button><button type="button" onClick=${close}>Leave it</button></p>
  </form><//>`;
}

function Backfill({ name, close, reload }) {
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const edit = (set) => (event) => {
    set(event.target.value);
    setFound(null);
  };
  const run = (dryRun) => async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const body = { from: new Date(from).toISOString(), to: new Date(until).toISOString(), dryRun };
      const answer = await post(path(name) + '/backfill', { body });
      setProblem(null);
      if (dryRun) {
        setFound(answer.instants);
      } else {
        close();
        reload();
      }
    } catch (thrown) {
      setProblem(thrown instanceof RangeError ? new Error('Give both times.') : thrown);
    }
    setBusy(false);
  };
  return html`<${Dialog} title=${'Backfill ' + name} close=${close}><form onSubmit=${run(true)}>
    <p>Submits a task for each instant of a time that is over.</p>
    <${Field} label="From"><input type="datetime-local" value=${from} onInput=${edit(setFrom)} /><//>
    <${Field} label="To"><input type="datetime-local" value=${until} onInput=${edit(setUntil)} /><//>
    <${Failure} problem=${problem} />
    ${found && html`<p>${number(found.length)} instants.</p>`}
    <p class="actions"><button type="submit" disabled=${isBusy}>Count them</button>
      ${found?.length > 0 && html`<button type="button" class="main" disabled=${isBusy} onClick=${run(false)}>Submit ${number(found.length)} tasks</button>`}
      <button type="button" onClick=${close}>Leave it</button></p>
  </form><//>`;
}

function Commands({ schedule, reload }) {
  const [dialog, setDialog] = useState('');
  const change = (what, run) => act(what, run).then(reload);
  const { name } = schedule;
  return html`<div class="bar">
    <button type="button" class="main" onClick=${() => change('It was triggered.', () => post(path(name) + '/trigger'))}>Trigger now</button>
    ${schedule.paused ? html`<button type="button" onClick=${() => change('It goes on.', () => post(path(name) + '/resume'))}>Resume</button>`
      : html`<${Confirmed} label="Pause" title=${'Pause ' + name} text="It does not fire until it is resumed." note="Why (for those who ask)"
        act=${(note) => change('It is paused.', () => post(path(name) + '/pause', note ? { body: { note } } : {}))} />`}
    <button type="button" onClick=${() => setDialog('edit')}>Edit</button>
    <button type="button" onClick=${() => setDialog('backfill')}>Backfill</button>
    <${Confirmed} label="Delete" kind="danger" title=${'Delete ' + name} text="The schedule is gone. Its tasks stay."
      act=${() => act('It is deleted.', () => call('DELETE', path(name))).then((done) => done && go(to('schedules')))} />
    ${dialog === 'edit' && html`<${Edit} name=${name} text=${pretty(definition(schedule))} close=${() => setDialog('')} saved=${reload} />`}
    ${dialog === 'backfill' && html`<${Backfill} name=${name} close=${() => setDialog('')} reload=${reload} />`}
  </div>`;
}

/** What became of the last instants, as a strip: the oldest at the left. */
function Strip({ records }) {
  return html`<ol class="strip" aria-label="The last fires, the oldest first">${records.slice(0, 60).toReversed().map((record) => {
    const words = `${record.outcome}${record.state ? ', its task is ' + record.state : ''}, planned ${record.planned}`;
    return html`<li class=${record.outcome + ' ' + (record.state ?? '')} key=${record.at + record.planned}>
      ${record.task ? html`<a href=${to('tasks', record.task)} title=${words} aria-label=${words}></a>` : html`<span title=${words} role="img" aria-label=${words}></span>`}</li>`;
  })}</ol>`;
}

/** Why an instant fired, or did not: asked for when the reader asks. */
function Why({ name, at }) {
  const [state, setState] = useState({});
  const ask = () => get(path(name) + '/explain', { query: { at } })
    .then(({ explanation }) => setState({ explanation }), (problem) => setState({ problem }));
  return state.explanation ? html`<${Text} of=${state.explanation} most=${600} />`
    : html`<button type="button" onClick=${ask}>Why</button><${Failure} problem=${state.problem} />`;
}

function Records({ name, records }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Fires"><table class="stack"><thead><tr><th>Planned</th><th>Decided</th><th>Outcome</th><th>Task</th><th>State</th><th class="number">Missed</th><th>Explanation</th></tr></thead>
    <tbody>${records.slice(0, 60).map((record) => html`<tr data-row tabindex="-1" key=${record.at + record.planned}>
      <td data-name="Planned"><${Time} at=${record.planned} /></td><td data-name="Decided"><${Time} at=${record.at} /></td>
      <td data-name="Outcome"><${State} of=${record.outcome} /></td><td data-name="Task">${record.task ? html`<${TaskLink} id=${record.task} />` : '–'}</td>
      <td data-name="State">${record.state ? html`<${State} of=${record.state} />` : '–'}</td><td data-name="Missed" class="number">${record.missed ?? 0}</td>
      <td data-name="Explanation"><${Why} name=${name} at=${record.planned} /></td></tr>`)}</tbody></table></div>`;
}

export function SchedulesPage({ mayChange }) {
  const { query } = useRoute();
  const [isNew, setNew] = useState(false);
  const schedules = useData('/schedules', { state: query.state, limit: 100, cursor: query.cursor }, REFRESH_MS);
  return html`<h1>Schedules</h1>
    <div class="filters"><${Field} label="State"><${Select} value=${query.state} onChange=${(state) => filter({ state, cursor: '' })}
      options=${['', 'active', 'paused', 'ended', 'faulty'].map((state) => [state, state || 'any'])} /><//>
      ${mayChange && html`<button type="button" class="main" onClick=${() => setNew(true)}>New schedule</button>`}</div>
    ${isNew && html`<${Edit} text=${pretty(NEW)} close=${() => setNew(false)} saved=${(name) => go(to('schedules', name))} />`}
    <${Loaded} from=${schedules}>${(data) => html`
      ${data.schedules.length === 0 ? html`<p class="quiet">There is no schedule here.</p>` : html`
      <div class="scroll" tabindex="0" role="region" aria-label="Table of schedules"><table class="stack"><thead><tr><th>Schedule</th><th>State</th><th>When</th><th>Next</th><th>Group</th></tr></thead>
      <tbody>${data.schedules.map((one) => html`<tr data-row tabindex="-1" key=${one.name}>
        <td data-name="Schedule"><a href=${to('schedules', one.name)}><${Text} of=${one.name} most=${64} /></a></td>
        <td data-name="State"><${State} of=${one.state} /></td>
        <td data-name="When"><${Text} of=${one.sentence} most=${200} />${one.fault && html`<p class="error-text"><${Text} of=${one.fault} most=${300} /></p>`}</td>
        <td data-name="Next"><${Time} at=${one.next} relative /></td>
        <td data-name="Group">${one.group ? html`<${Text} of=${one.group} />` : '–'}</td></tr>`)}</tbody></table></div>`}
      ${query.cursor && html`<button type="button" onClick=${() => filter({ cursor: '' })}>First page</button> `}
      ${data.next && html`<button type="button" onClick=${() => filter({ cursor: data.next })}>Next page</button>`}`}<//>`;
}

export function SchedulePage({ id, mayChange, hidePayloads }) {
  const schedule = useData(path(id), {}, REFRESH_MS);
  return html`<h1>Schedule <${Text} of=${id} most=${128} /></h1>
    <${Loaded} from=${schedule}>${(data) => html`
      ${mayChange && html`<${Commands} schedule=${data} reload=${schedule.reload} />`}
      ${data.fault && html`<p class="error-text"><${Text} of=${data.fault} most=${600} /></p>`}
      <${Facts} of=${[
        ['When', html`<${Text} of=${data.sentence} most=${400} />`], ['State', html`<${State} of=${data.state} />`],
        ['Paused', data.paused && html`since <${Time} at=${data.paused.since} /> <${Text} of=${data.paused.note ?? ''} />`],
        ['Time zone', data.timeZone], ['Overlap', data.overlap], ['Remaining fires', data.remaining], ['Group', data.group],
        ['Runs now', data.runs.length > 0 && data.runs.map((run) => html`<${TaskLink} id=${run} /> `)],
        ['Buffered', data.buffered.length || undefined],
      ]} />
      <h2>Next</h2><${Upcoming} of=${data.upcoming} />
      <h2>Last</h2>${data.records.length === 0 ? html`<p class="quiet">It has not fired yet.</p>` : html`<${Strip} records=${data.records} /><${Records} name=${id} records=${data.records} />`}
      ${!hidePayloads && html`<h2>Definition</h2><${Json} name="Definition" value=${definition(data)} />`}`}<//>`;
}
