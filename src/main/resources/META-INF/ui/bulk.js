// Commands for all tasks that match. One goes on while the reader looks at other pages: each page shows it, and can stop it.
import { post } from './api.js';
import { html, useEffect, useState } from './html.js';
import { number } from './format.js';

const PAGE = 500;
const listeners = new Set();
let running = null;

function show(job) {
  running = job;
  listeners.forEach((listener) => listener(job));
}

const WORDS = { revived: 'retried', refused: 'not possible' };

function said(sum) {
  return Object.entries(sum).filter(([, value]) => value > 0)
    .map(([name, value]) => number(value) + ' ' + (WORDS[name] ?? name)).join(', ') || 'Nothing matched';
}

/** Retries, cancels or deletes all that a query of GET /tasks selects. Returns what became of them, in words; throws a Problem. */
export async function forAll(action, query) {
  if (running) {
    throw new Error('Another command for many tasks is still running.');
  }
  const stop = new AbortController();
  const sum = {};
  show({ action, text: '', stop: () => stop.abort() });
  try {
    for (let cursor; ;) {
      const answer = await post('/tasks/' + action, { query: { ...query, order: undefined, limit: PAGE, cursor }, signal: stop.signal });
      const counts = Object.entries(answer).filter(([, value]) => typeof value === 'number');
      counts.forEach(([name, value]) => {
        sum[name] = (sum[name] ?? 0) + value;
      });
      show({ ...running, text: said(sum) });
      if (answer.problem) {
        throw new Error(`${said(sum)}. It stopped: ${answer.problem.detail}`);
      }
      const isStuck = answer.next ? answer.next === cursor : counts.every(([, value]) => value === 0);
      if (!answer.more || isStuck) {
        return said(sum);
      }
      cursor = answer.next;
    }
  } catch (thrown) {
    throw stop.signal.aborted ? new Error(`Stopped: ${said(sum)}`) : thrown;
  } finally {
    show(null);
  }
}

/** Whether a command for all that match is running. */
export function useBulk() {
  const [job, setJob] = useState(running);
  useEffect(() => {
    listeners.add(setJob);
    setJob(running);
    return () => listeners.delete(setJob);
  }, []);
  return job;
}

export function Bulk() {
  const job = useBulk();
  return job && html`<div class="bulk" role="status"><span>${job.action}: ${job.text || 'begins'} so far</span>
    <button type="button" onClick=${job.stop}>Stop</button></div>`;
}
