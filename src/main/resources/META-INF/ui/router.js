// The page and its filters stand in the fragment of the address, such as #/tasks?state=dead: a link can be sent, and no proxy
// needs to know of it.
import { useEffect, useState } from './html.js';

/** What the address names: { page, id, query }, where `query` holds its parameters. */
export function current() {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...rest] = path.split('/');
  return { page: page || 'overview', id: decode(rest.join('/')), query: Object.fromEntries(new URLSearchParams(search)) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand
  }
}

/** The address of a page. Empty parameters are left out. */
export function to(page, id, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(given).toString();
  return '#/' + page + (id ? '/' + encodeURIComponent(id) : '') + (search ? '?' + search : '');
}

/** Changes the filters of the page that is shown, without a step in the history. */
export function filter(changes) {
  const { page, id, query } = current();
  history.replaceState(null, '', to(page, id, { ...query, ...changes }));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function go(address) {
  location.hash = address;
}

/** The address that is shown, in a component. */
export function useRoute() {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const changed = () => setRoute(current());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}
