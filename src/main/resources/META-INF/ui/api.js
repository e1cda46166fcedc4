// Calls the API of the node that served this page. Its paths are relative to the page, so a prefix before both does no harm.
import { useCallback, useEffect, useRef, useState } from './html.js';
import { parseExact } from './format.js';

const ROOT = new URL('..', document.baseURI);
const LONGEST_WAIT_MS = 20_000;
const TOKEN = 'task-scheduler.token';
const listeners = new Set();

/** An answer that is a problem (RFC 9457), or none at all (status 0). */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
    this.title = title;
  }
}

export function url(path) {
  return new URL(path, ROOT);
}

export function token() {
  return sessionStorage.getItem(TOKEN) ?? '';
}

/** Keeps a token until the tab is closed, or forgets it. */
export function keepToken(value) {
  if (value) {
    sessionStorage.setItem(TOKEN, value);
  } else {
    sessionStorage.removeItem(TOKEN);
  }
}

export function headers() {
  return token() ? { Authorization: 'Bearer ' + token() } : {};
}

/** Tells who listens that the node refuses the token. */
export function onRefused(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function problemOf(answer) {
  let said = {};
  try {
    said = JSON.parse(await answer.text());
  } catch {
    // a proxy's page, say
  }
  const errors = Array.isArray(said.errors) ? said.errors.map((error) => ` ${error.pointer} ${error.detail}.`).join('') : '';
  const problem = new Problem(answer.status, said.title ?? 'The answer is ' + answer.status, errors ? said.title + ':' + errors : said.detail);
  if (answer.status === 401) {
    listeners.forEach((listener) => listener(problem));
  }
  return problem;
}

/** Throws what `answer` says, unless it is a success. */
export async function check(answer) {
  if (!answer.ok) {
    throw await problemOf(answer);
  }
  return answer;
}

/** Calls the API and returns its JSON; throws a Problem. `body` is sent as JSON. */
export async function call(method, path, { body, query, signal, headers: more } = {}) {
  const target = url(path.replace(/^\//, ''));
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') {
      target.searchParams.set(name, value);
    }
  }
  const limit = AbortSignal.timeout(LONGEST_WAIT_MS);
  const init = { method, headers: { ...headers(), ...more }, signal: signal ? AbortSignal.any([signal, limit]) : limit, cache: 'no-store' };
  if (body !== undefined) {
    init.headers['Content-Type'] = 'application/json';
    init.body = typeof body === 'string' ? body : JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(target, init);
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new Problem(0, 'No answer', method === 'GET' ? 'The node does not answer. Is it up?'
      : 'The node does not answer. It is not known whether this was done: look before you repeat it.');
  }
  await check(answer);
  const text = await answer.text();
  return text ? parseExact(text) : {};
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, options) => call('POST', path, options);

/**
 * Data of the API in a component: asked for at once, again each `every` ms while the tab is seen, and by `reload`. What was there
 * stays while an answer is waited for, and when one fails.
 */
export function useData(path, query = {}, every = 0) {
  const key = path === null ? null : path + '?' + new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  const [state, setState] = useState({ data: null, problem: null, key: null });
  const [turn, setTurn] = useState(0);
  const running = useRef(null);
  useEffect(() => {
    if (key === null) {
      return undefined;
    }
    const stop = new AbortController();
    let timer = 0;
    const ask = async () => {
      running.current = stop;
      try {
        const data = await get(path, { query, signal: stop.signal });
        setState({ data, problem: null, key });
      } catch (problem) {
        if (!stop.signal.aborted) {
          setState((before) => ({ data: before.key === key ? before.data : null, problem, key }));
        }
      }
      if (every && !stop.signal.aborted) {
        timer = setTimeout(wait, every);
      }
    };
    const wait = () => (document.hidden ? document.addEventListener('visibilitychange', ask, { once: true, signal: stop.signal }) : ask());
    ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key, turn, every]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const isOld = state.key !== key;
  return { data: isOld ? null : state.data, problem: isOld ? null : state.problem, reload };
}
