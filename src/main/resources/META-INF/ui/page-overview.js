import { useData } from './api.js';
import { Chart } from './charts.js';
import { html, useMemo } from './html.js';
import { number, rate } from './format.js';
import { useLive } from './live.js';
import { filter, to, useRoute } from './router.js';
import { Facts, Failure, Text, Time } from './parts.js';

const REFRESH_MS = 10_000;
const STATES = ['ready', 'running', 'scheduled', 'dead', 'expired', 'cancelled', 'completed'];
const SERIES = [
  ['submitted', '--blue'], ['started', '--violet', [2, 3]], ['completed', '--green', [8, 3]], ['failed', '--red'],
];

const SHOWN_AT = { // where to see more of a problem, by its code
  'dead-tasks': to('dead'), 'queue-closed': to('queues'), 'schedule-overdue': to('schedules'), backlog: to('tasks', '', { state: 'ready' }), paused: to('queues'),
};

function Problems({ of: problems, isOld, problem: silence }) {
  if (isOld || !problems) {
    return html`<p class="banner error" role="alert"><b>Error</b> This node has sent no news for a while: what is below is old. ${silence && html`<${Text} of=${silence.message} />`}</p>`;
  }
  return problems.length === 0 ? html`<p class="banner good" role="status">All is well.</p>`
    : problems.map((problem, i) => html`<p class=${'banner ' + problem.level} key=${problem.code + i}>
      <b>${problem.level === 'error' ? 'Error' : 'Warning'}</b> <${Text} of=${problem.text} most=${600} />
      ${SHOWN_AT[problem.code] && html` <a href=${SHOWN_AT[problem.code]}>Show</a>`}</p>`);
}

function Leadership({ leader, workers }) {
  return html`<section class="card"><h2>Leader</h2>
    ${leader?.leader ? html`<p class="big"><${Text} of=${leader.leader} /></p>
      <${Facts} of=${[
        ['Since', html`<${Time} at=${leader.since} />`],
        ['Epoch', leader.epoch],
        ['Elector', leader.elector + (leader.term === undefined ? '' : ', term ' + leader.term)],
        ['Workers', workers && number(workers.running) + ' of ' + number(workers.size) + ' busy'],
      ]} />` : html`<p class="big bad">none</p>`}
    ${leader?.warning && html`<p class="quiet"><${Text} of=${leader.warning} most=${400} /></p>`}
  </section>`;
}

function Counts({ overview }) {
  return html`<section class="card"><h2>Tasks</h2>
    <dl class="counts">${STATES.map((state) => html`<div><dt><a href=${to('tasks', '', { state })}>${state}</a></dt>
      <dd class=${state === 'dead' && overview.tasks?.dead ? 'bad' : ''}>${number(overview.tasks?.[state])}</dd></div>`)}</dl>
  </section>`;
}

function Waiting({ overview }) {
  return html`<section class="card"><h2>Waiting</h2>
    <table><thead><tr><th>Priority</th><th class="number">Ready</th><th>The next was submitted</th></tr></thead><tbody>
      ${['high', 'medium', 'low'].map((priority) => html`<tr><td><a href=${to('tasks', '', { state: 'ready', priority })}>${priority}</a></td>
        <td class="number">${number(overview.ready?.[priority]?.tasks)}</td>
        <td><${Time} at=${overview.ready?.[priority]?.oldestSubmittedAt} relative /></td></tr>`)}
    </tbody></table>
    <${Facts} of=${[
      ['Next due', overview.nextDueAt && html`<${Time} at=${overview.nextDueAt} relative />`],
      ['Paused', overview.paused?.length > 0 && overview.paused.map((pause) => html`<${Text} of=${paused(pause)} /> since <${Time} at=${pause.since} /> `)],
      ['Queues', overview.queues && html`<a href=${to('queues')}>${overview.queues.closed ?? 0} closed, ${overview.queues.paused ?? 0} paused</a>`],
      ['Schedules', overview.schedules && html`<a href=${to('schedules')}>${['total', 'paused', 'overdue'].filter((name) => overview.schedules[name] !== undefined)
        .map((name) => `${number(overview.schedules[name])} ${name === 'total' ? 'in all' : name}`).join(', ')}</a>`],
    ]} />
  </section>`;
}

function paused(pause) {
  return pause.all ? 'all tasks' : pause.queue ? 'queue ' + pause.queue : 'priority ' + pause.priority;
}

function Rates({ rates }) {
  return html`<section class="card"><h2>Now, in a second</h2>
    <dl class="counts">${SERIES.map(([name]) => html`<div><dt>${name}</dt>
      <dd class=${name === 'failed' && rates?.failed > 0 ? 'bad' : ''}>${rate(rates?.[name])}</dd></div>`)}</dl>
  </section>`;
}

function Redis({ redis }) {
  if (!redis) {
    return null;
  }
  return html`<section class="card"><h2>Redis</h2>
    ${redis.answers ? html`<p class="big">answers</p>` : html`<p class="big bad">does not answer</p>`}
    <${Facts} of=${[
      ['Version', redis.version], ['Persistence', redis.persistence], ['Topology', redis.topology],
      ['Primary', redis.primary], ['Replicas', redis.replicas], ['Damaged records', redis.damaged || undefined],
    ]} /></section>`;
}

function Nodes({ overview }) {
  const peers = overview.leader?.peers ?? overview.nodes;
  return html`<section class="card"><h2>Nodes</h2>
    ${peers ? html`<div class="within" tabindex="0" role="region" aria-label="Nodes"><table><thead><tr><th>Node</th><th>Version</th><th>HTTP</th><th>Reachable</th></tr></thead><tbody>
      ${peers.map((peer) => html`<tr><td><${Text} of=${peer.id} />${peer.id === overview.node ? ' (this one)' : ''}</td><td>${peer.version ?? '–'}</td>
        <td>${peer.http ?? '–'}</td><td class=${peer.reachable === false ? 'bad' : ''}>${peer.reachable === undefined ? '–' : peer.reachable ? 'yes' : 'no'}</td></tr>`)}
    </tbody></table></div>` : html`<p>This is <${Text} of=${overview.node} />, version ${overview.version}.</p>`}
  </section>`;
}

// Counts of steps as rates; the last step is not over yet.
function series(history) {
  const step = seconds(history.step);
  const from = Date.parse(history.from) / 1000;
  const length = Math.max(0, history.submitted.length - 1);
  const times = Array.from({ length }, (none, i) => from + i * step);
  return [times, ...SERIES.map(([name]) => (history[name] ?? []).slice(0, length).map((count) => count / step))];
}

function seconds(step) {
  const found = /^PT(?:(\d+)M)?(?:(\d+)S)?$/.exec(step ?? '');
  return found ? Number(found[1] ?? 0) * 60 + Number(found[2] ?? 0) : 60;
}

function History() {
  const { query } = useRoute();
  const span = query.window === '24h' ? '24h' : '15m';
  const history = useData('/history', { window: span }, REFRESH_MS);
  const data = useMemo(() => history.data && series(history.data), [history.data]);
  return html`<section class="card wide"><h2>Rates</h2>
    <div class="bar" role="group" aria-label="Window">${[['15m', '15 minutes'], ['24h', '24 hours']].map(([key, text]) => html`
      <button type="button" aria-pressed=${span === key} onClick=${() => filter({ window: key === '15m' ? '' : key })}>${text}</button>`)}</div>
    <${Failure} problem=${history.problem} retry=${history.reload} />
    ${data && html`<${Chart} key=${span} data=${data} names=${SERIES} label=${'Rates of the last ' + span + ': submitted, started, completed and failed in a second'} />`}
  </section>`;
}

function Changes() {
  const changes = useData('/leader/history', { limit: 10 }, REFRESH_MS);
  return html`<section class="card wide"><h2>Changes of leadership</h2>
    <${Failure} problem=${changes.problem} />
    ${changes.data && html`<div class="scroll" tabindex="0" role="region" aria-label="Changes of leadership"><table><thead><tr><th>Since</th><th>Node</th><th>Epoch</th><th>Why</th></tr></thead><tbody>
      ${changes.data.changes.map((change) => html`<tr key=${change.epoch}><td><${Time} at=${change.since} /></td><td><${Text} of=${change.node} /></td>
        <td>${change.epoch}</td><td><${Text} of=${change.why ?? ''} most=${200} /></td></tr>`)}
    </tbody></table></div>`}
  </section>`;
}

export function OverviewPage() {
  const { overview, problem, isOld } = useLive();
  return html`<h1>Overview</h1>
    ${overview ? html`<${Problems} of=${overview.problems} isOld=${isOld} problem=${problem} />
    <div class="cards">
      <${Leadership} leader=${overview.leader} workers=${overview.workers} />
      <${Counts} overview=${overview} />
      <${Waiting} overview=${overview} />
      <${Rates} rates=${overview.rates} />
      <${Redis} redis=${overview.redis} />
      <${Nodes} overview=${overview} />
      <${History} />
      <${Changes} />
    </div>` : problem ? html`<${Failure} problem=${problem} />` : html`<p class="quiet">Loading…</p>`}`;
}
