// What the node says each second: one stream for all tabs of this browser that are seen. The tab that holds the lock reads it and
// tells the others. Where the browser has no locks (no TLS, not this machine), each tab that is seen reads its own.
import { check, get, headers, token, url } from './api.js';
import { useEffect, useState } from './html.js';

const OLD_AFTER_MS = 6000;
const FIRST_WAIT_MS = 1000;
const LONGEST_PAUSE_MS = 4000; // so that what is shown is not taken for old
const LONGEST_WAIT_MS = 15_000;
const FIRST_EVENT_MS = 4000;
const LONGEST_EVENT = 4_000_000; // characters

const listeners = new Set();
let latest = { overview: null, at: 0, problem: null };
let stop = null;

function publish(next) {
  latest = next;
  listeners.forEach((listener) => listener(latest));
}

// Tabs with other tokens must not hear of it.
function scope() {
  let hash = 0;
  for (const letter of token()) {
    hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
  }
  return 'task-scheduler ' + url('').href + ' ' + hash;
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    yield* read(reader);
  } finally {
    reader.cancel().catch(() => {}); // it may have failed already
  }
}

async function* read(reader) {
  let text = '';
  for (;;) {
    const silence = setTimeout(() => reader.cancel().catch(() => {}), LONGEST_WAIT_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) {
      throw new Error('the node has ended the stream');
    }
    text += value.replaceAll('\r\n', '\n');
    let end;
    while ((end = text.indexOf('\n\n')) >= 0) {
      const data = text.slice(0, end).split('\n').filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart());
      text = text.slice(end + 2);
      if (data.length > 0) {
        yield data.join('\n');
      }
    }
    if (text.length > LONGEST_EVENT) {
      throw new Error('an event is too long');
    }
  }
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

async function readStream(signal, tell) {
  const begun = new AbortController(); // a proxy may hold even the head of the answer back
  const silence = setTimeout(() => begun.abort(), FIRST_EVENT_MS);
  try {
    const answer = await check(await fetch(url('events'), { headers: headers(), signal: AbortSignal.any([signal, begun.signal]), cache: 'no-store' }));
    for await (const data of events(answer.body)) {
      clearTimeout(silence);
      tell({ overview: JSON.parse(data), at: Date.now(), problem: null });
    }
  } finally {
    clearTimeout(silence);
  }
}

async function readAlways(signal, tell) {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      await readStream(signal, (next) => {
        wait = FIRST_WAIT_MS;
        tell(next);
      });
    } catch {
      if (signal.aborted) {
        return;
      }
      // Too many streams, or a proxy that lets none through: ask for what a stream would bring.
      await get('/overview', { signal }).then(
        (overview) => tell({ overview, at: Date.now(), problem: null }), (problem) => signal.aborted || tell({ ...latest, problem }));
    }
    await pause(wait, signal);
    wait = Math.min(LONGEST_PAUSE_MS, wait * 2);
  }
}

function start() {
  stop?.abort();
  stop = new AbortController();
  const { signal } = stop;
  if (!navigator.locks) {
    readAlways(signal, publish);
    return;
  }
  const channel = new BroadcastChannel(scope());
  channel.onmessage = (message) => publish(message.data);
  signal.addEventListener('abort', () => channel.close());
  const tell = (next) => {
    publish(next);
    channel.postMessage({ ...next, problem: next.problem && { status: next.problem.status, message: next.problem.message } });
  };
  navigator.locks.request(scope(), { signal }, () => readAlways(signal, tell)).catch(() => {});
}

/** Reads while the tab is seen. To be called anew after another token was given. */
export function watch() {
  const seen = () => {
    if (document.hidden) {
      stop?.abort();
    } else {
      start();
    }
  };
  document.removeEventListener('visibilitychange', watch.seen);
  watch.seen = seen;
  document.addEventListener('visibilitychange', seen);
  seen();
}

export function unwatch() {
  document.removeEventListener('visibilitychange', watch.seen);
  stop?.abort();
  publish({ overview: null, at: 0, problem: null });
}

/** What the node said last: { overview, at, problem, isOld }. */
export function useLive() {
  const [state, setState] = useState(latest);
  const [, tick] = useState(0);
  useEffect(() => {
    listeners.add(setState);
    setState(latest);
    const timer = setInterval(() => tick((before) => before + 1), 1000);
    return () => {
      listeners.delete(setState);
      clearInterval(timer);
    };
  }, []);
  return { ...state, isOld: state.overview !== null && Date.now() - state.at > OLD_AFTER_MS };
}
