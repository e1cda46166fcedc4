// The frame of all pages: login, navigation, and whether what is shown is fresh.
import { get, keepToken, onRefused, token } from './api.js';
import { Component, html, render, useEffect, useRef, useState } from './html.js';
import { Bulk } from './bulk.js';
import { span } from './format.js';
import { Keys } from './keys.js';
import { unwatch, useLive, watch } from './live.js';
import { DeadPage } from './page-dead.js';
import { OverviewPage } from './page-overview.js';
import { QueuePage, QueuesPage } from './page-queues.js';
import { SchedulePage, SchedulesPage } from './page-schedules.js';
import { SettingsPage } from './page-settings.js';
import { SubmitPage } from './page-submit.js';
import { TaskPage } from './page-task.js';
import { TasksPage } from './page-tasks.js';
import { Failure, Field, Notices } from './parts.js';
import { to, useRoute } from './router.js';

const PAGES = { // what the address calls it, its name, its page, the page of one of them
  overview: ['Overview', OverviewPage],
  tasks: ['Tasks', TasksPage, TaskPage],
  dead: ['Dead letters', DeadPage],
  queues: ['Queues', QueuesPage, QueuePage],
  schedules: ['Schedules', SchedulesPage, SchedulePage],
  submit: ['Submit', SubmitPage],
  settings: ['Settings', SettingsPage],
};

function Login({ problem, enter }) {
  const [value, setValue] = useState('');
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    enter(value.trim());
  };
  return html`<main class="login"><h1>Task scheduler</h1><form onSubmit=${submit}>
    <p>This node asks for a token. It is kept until you close the tab.</p>
    <${Field} label="Token"><input ref=${field} type="password" autocomplete="current-password" required value=${value} onInput=${(event) => setValue(event.target.value)} /><//>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    <p class="actions"><button type="submit" class="main">Sign in</button></p>
  </form></main>`;
}

function Freshness() {
  const { overview, at, problem, isOld } = useLive();
  if (isOld) {
    return html`<span class="fresh old"><span role="status">Old</span>: as of ${span(Date.now() - at)} ago</span>`;
  }
  if (overview) {
    return html`<span class="fresh"><span class="dot" aria-hidden="true"></span> live</span>`;
  }
  return html`<span class=${'fresh' + (problem ? ' old' : '')}>${problem ? 'no answer' : '…'}</span>`;
}

function Navigation({ page, login, leave }) {
  const { overview } = useLive();
  const dead = overview?.tasks?.dead;
  return html`<header><a class="skip" href="#main" onClick=${(event) => {
    event.preventDefault();
    document.getElementById('main').focus();
  }}>To the page</a>
    <a class="brand" href=${to('overview')}><img src="icon.svg" alt="" width="24" height="24" /> Task scheduler</a>
    <nav aria-label="Pages">${Object.entries(PAGES).filter(([key]) => key !== 'submit' || login.right !== 'read').map(([key, [name]]) => html`
      <a href=${to(key)} aria-current=${key === page ? 'page' : undefined}>${name}${key === 'dead' && dead > 0 && html` <span class="count">${dead > 999 ? '999+' : dead}</span>`}</a>`)}</nav>
    <${Freshness} />
    ${token() && html`<button type="button" onClick=${leave}>Sign out</button>`}
  </header>`;
}

/** Says what happened when a page fails, instead of an empty screen. */
class Guard extends Component {
  componentDidCatch(error) {
    this.setState({ error });
  }

  render({ children }, { error }) {
    return error ? html`<h1>This page has failed</h1><p class="problem" role="alert">${String(error)}</p>
      <p>Look at another page, or load this one again. If it fails again, please report it.</p>` : children;
  }
}

function Page({ route, login, config }) {
  const [name, Many, One] = Object.hasOwn(PAGES, route.page) ? PAGES[route.page] : [];
  const main = useRef(null);
  useEffect(() => {
    document.title = (route.id ? route.id + ' – ' : '') + (name ?? 'Not found') + ' – Task scheduler';
    main.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [route.page, route.id]);
  const mayChange = login.right === 'all';
  const shown = { id: route.id, login, mayChange, ...config };
  const Shown = route.id && One ? One : Many;
  return html`<main id="main" ref=${main} tabindex="-1">${Shown ? html`<${Guard} key=${route.page + route.id}><${Shown} ...${shown} /><//>` : html`<h1>Not found</h1><p>There is no such page.</p>`}</main>`;
}

function App() {
  const route = useRoute();
  const [login, setLogin] = useState(null);
  const [config, setConfig] = useState({});
  const [problem, setProblem] = useState(null);
  const [refused, setRefused] = useState(null);
  const retry = useRef(0);
  const enter = async (given) => {
    clearTimeout(retry.current);
    if (given !== undefined) {
      keepToken(given);
    }
    const isShown = Boolean(token());
    try {
      const [known, settings] = await Promise.all([get('/token'), get('/ui/config.json')]);
      setConfig(settings);
      setLogin(known);
      setRefused(null);
      setProblem(null);
      watch();
    } catch (thrown) {
      if (thrown.status === 401 || given !== undefined) {
        keepToken('');
        setRefused(isShown ? thrown.message : '');
      } else {
        setProblem(thrown);
        retry.current = setTimeout(enter, 3000);
      }
    }
  };
  const leave = () => {
    clearTimeout(retry.current);
    keepToken('');
    unwatch();
    setLogin(null);
    setRefused('');
  };
  const isIn = useRef(false);
  isIn.current = login !== null;
  useEffect(() => {
    const stop = onRefused((thrown) => {
      if (isIn.current) {
        leave();
        setRefused('You are signed out: ' + thrown.message);
      }
    });
    enter();
    return stop;
  }, []);
  if (refused !== null) {
    return html`<${Login} problem=${refused} enter=${enter} />`;
  }
  if (!login) {
    return html`<main><${Failure} problem=${problem} />${!problem && html`<p class="quiet">Loading…</p>`}</main>`;
  }
  return html`<${Navigation} page=${route.page} login=${login} leave=${leave} />
    <${Page} route=${route} login=${login} config=${config} /><${Bulk} /><${Notices} /><${Keys} />`;
}

render(html`<${App} />`, document.getElementById('app'));
