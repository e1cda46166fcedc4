import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, assertFits, assertSound, DESKTOP, launch, PHONE, tab } from './browser.mjs';
import { cluster, until } from './cluster.mjs';
import { proxy } from './proxy.mjs';

const PICTURES = process.env.PICTURES || resolve(import.meta.dirname, '../../target/browser');
const WAIT_MS = 15_000; // for what comes in a second on a quiet machine
const MOST_BYTES = 150_000; // of the first view, over the wire

let browser;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await launch();
});
after(() => browser.close());

/** A tab of its own, which must be sound at the end. */
async function inTab(t, options, run, expected) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  context.setDefaultTimeout(WAIT_MS);
  t.after(() => context.close());
  const page = await tab(context, expected);
  try {
    await run(page, context);
  } catch (error) {
    await page.screenshot({ path: join(PICTURES, 'failed.png') }).catch(() => {});
    throw error;
  }
  assertSound(page);
}

async function open(page, root, address = '') {
  await page.goto(root + 'ui/' + address);
}

/** Waits until the page has shown what has reached it. */
function settled(page) {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Tasks in each state, queues with limits, and schedules. */
async function fill(node) {
  const submit = (task) => node.submit(task);
  for (let i = 0; i < 6; i++) {
    await submit({ payload: { order: i }, tags: ['billing'], uniqueKey: 'order-' + i });
    await submit({ type: 'fail', maxAttempts: 1, payload: { error: `order ${i} was refused by 10.0.0.${i}` } });
  }
  await submit({ type: 'fail', maxAttempts: 1, queue: 'mails', payload: { error: 'mailbox is full' } });
  const retrying = await submit({ type: 'fail', queue: 'mails', maxAttempts: 5, backoff: { base: '10m' }, payload: {} });
  const running = await submit({ type: 'sleep', priority: 'high', queue: 'reports', payload: { ms: 600_000 } });
  await submit({ delay: '2h', payload: 'later' });
  const cancelled = await submit({ delay: '3h', payload: 'never' });
  await node.call('DELETE', 'tasks/' + cancelled.id);
  await node.call('PUT', 'queues/mails', { concurrency: 5, rate: '100/1m', weight: 2 });
  await node.call('PUT', 'queues/tenant-*', { concurrency: 2 });
  await node.call('POST', 'queues/invoices/pause', { note: 'the ledger is closed' });
  await submit({ queue: 'invoices', payload: 1 });
  await node.call('PUT', 'schedules/morning-report', { cron: '0 9 * * MON-FRI', timeZone: 'Europe/Berlin', task: { payload: { report: '{{scheduledAt}}' } } });
  await node.call('PUT', 'schedules/heartbeat', { every: '1s', task: { payload: {} } });
  await node.call('PUT', 'schedules/cleanup', { cron: '0 3 * * *', task: { payload: {} } });
  await node.call('POST', 'schedules/cleanup/pause', { note: 'until the move is done' });
  await node.state(running.id, 'running');
  await node.state(retrying.id, 'retrying');
  return { running: running.id, retrying: retrying.id };
}

describe('pages', () => {
  const ends = [];
  let node;
  let ids;
  before(async () => {
    ({ nodes: [node] } = await cluster(1, {}, (end) => ends.push(end)));
    ids = await fill(node);
  });
  after(() => Promise.all(ends.map((end) => end())));

  for (const [device, viewport, colorScheme] of [['desktop', DESKTOP, 'light'], ['phone', PHONE, 'dark']]) {
    test(`each page fits a ${device}, in ${colorScheme} colours, and axe finds nothing of weight`, async (t) => {
      await inTab(t, { viewport, colorScheme }, async (page) => {
        const dead = (await node.call('GET', 'tasks?state=dead')).tasks[0].id;
        const pages = { overview: '.chart canvas', tasks: 'tbody tr', ['tasks/' + dead]: '.timeline', dead: 'tbody tr', queues: 'tbody tr', 'queues/mails': '.facts',
          schedules: 'tbody tr', 'schedules/heartbeat': '.strip a', submit: 'textarea', settings: 'tbody tr' };
        for (const [address, proof] of Object.entries(pages)) {
          await open(page, node.url, '#/' + address);
          await page.locator(proof).first().waitFor();
          await assertFits(page);
          await assertAccessible(page);
          await page.screenshot({ path: join(PICTURES, `${address.replace(dead, 'one').replace('/', '-')}-${device}.png`) });
        }
      });
    });
  }

  test('the first view is small', async (t) => {
    await inTab(t, {}, async (page, context) => {
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      let bytes = 0;
      session.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      const began = performance.now();
      await open(page, node.url);
      await page.locator('.cards').waitFor();
      t.diagnostic(`first view after ${Math.round(performance.now() - began)} ms`);
      await page.locator('.chart canvas').waitFor();
      t.diagnostic(`${bytes} bytes over the wire`);
      assert.ok(bytes > 10_000 && bytes < MOST_BYTES, `${bytes} bytes`);
    });
  });

  test('a task is submitted by the form and watched to its end without loading the page again', async (t) => {
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/submit');
      await page.evaluate(() => {
        globalThis.isTheSamePage = true;
      });
      await page.getByLabel('Type').fill('sleep');
      await page.locator('textarea').fill('{"ms": 1500, "large": 12345678901234567890, "text": "$$5 a$&b $`"}');
      await page.getByRole('button', { name: 'Submit' }).click();
      await page.locator('.facts .state.running').waitFor();
      await page.locator('.facts .state.completed').waitFor();
      await page.locator('.timeline li.completed').waitFor();
      assert.match(await page.locator('.json pre').first().textContent(), /12345678901234567890/);
      assert.match(await page.locator('.json pre').first().textContent(), /"\$\$5 a\$&b \$`"/);
      assert.equal(await page.evaluate(() => globalThis.isTheSamePage), true);
    });
  });

  test('a payload that is no JSON, and a refused task, are said at the form', async (t) => {
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/submit');
      await page.locator('textarea').fill('{');
      await page.getByRole('button', { name: 'Submit' }).click();
      await page.getByText('The payload is no JSON').waitFor();
      await page.locator('textarea').fill('{}');
      await page.getByLabel('Type').fill('nothing-runs-this');
      await page.getByRole('button', { name: 'Submit' }).click();
      await page.locator('.problem').getByText('/type').waitFor();
    }, (text) => text.includes('422'));
  });

  test('filters stand in the address, and a link to them shows the same', async (t) => {
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/tasks');
      await page.getByLabel('State').selectOption('dead');
      await page.getByLabel('Error has').fill('mailbox');
      await page.keyboard.press('Enter');
      await page.waitForURL(/state=dead.*error=mailbox/);
      await until('one row', async () => (await page.locator('tbody tr').count()) === 1);
      const link = page.url();
      await page.goto('about:blank');
      await page.goto(link);
      await page.locator('tbody tr').getByText('mailbox is full').waitFor();
      assert.equal(await page.locator('tbody tr').count(), 1);
    });
  });

  test('an id, or its beginning, is found', async (t) => {
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/tasks');
      await page.getByLabel('Id or its beginning').fill(ids.running.slice(0, 20));
      await page.keyboard.press('Enter');
      await page.locator(`tbody a[title="${ids.running}"]`).waitFor();
      await page.getByLabel('Id or its beginning').fill(ids.running);
      await page.keyboard.press('Enter');
      await page.locator('.explain').getByText('running').first().waitFor();
    });
  });

  test('a waiting task says why it waits, runs now, and is cancelled', async (t) => {
    await inTab(t, {}, async (page) => {
      const { id } = await node.submit({ type: 'sleep', delay: '1h', payload: { ms: 600_000 } });
      await open(page, node.url, '#/tasks/' + id);
      await page.locator('.explain').getByText(/due|scheduled/i).waitFor();
      await page.getByRole('button', { name: 'Run now' }).click();
      await page.locator('.facts .state.running').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.locator('.facts .state.cancelled').waitFor();
    });
  });

  test('dead tasks stand in groups by their error, and a group is retried', async (t) => {
    await inTab(t, {}, async (page) => {
      for (let i = 0; i < 3; i++) {
        await node.submit({ type: 'fail', maxAttempts: 1, queue: 'invoices', payload: { error: `no stock of part ${i}` } });
      }
      await node.call('POST', 'queues/invoices/resume');
      await open(page, node.url, '#/dead');
      const row = page.locator('tr', { hasText: 'no stock of part #' });
      await row.waitFor();
      await until('three of them', async () => (await row.locator('td').first().textContent()) === '3');
      await node.call('POST', 'queues/invoices/pause', { note: 'the ledger is closed' });
      await row.getByRole('button', { name: 'Retry' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
      await row.waitFor({ state: 'detached' });
      assert.equal((await node.call('GET', 'queues/invoices')).ready.medium, 3);
    });
  });

  test('a queue is paused with a note, resumed, and given limits', async (t) => {
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/queues/mails');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByLabel('Why').fill('the provider is down');
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
      await page.getByText('the provider is down').waitFor();
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.getByText('open', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByLabel('Concurrency').fill('7');
      await page.getByRole('button', { name: 'Save' }).click();
      await until('the limit', async () => (await node.call('GET', 'queues/mails')).settings.concurrency === 7);
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByLabel('Concurrency').fill('many');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').locator('.problem').waitFor();
    }, (text) => text.includes('400'));
  });

  test('a schedule is written with a preview, triggered and paused', async (t) => {
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/schedules');
      await page.getByRole('button', { name: 'New schedule' }).click();
      await page.getByLabel('Name').fill('evening');
      await page.locator('dialog textarea').fill('{"cron": "0 18 * * FRI", "task": {"payload": 1}}');
      await page.locator('.preview').getByText('Friday').waitFor();
      assert.equal(await page.locator('.preview li').count(), 10);
      await page.locator('dialog textarea').fill('{"cron": "0 25 * * FRI", "task": {"payload": 1}}');
      await page.locator('.preview .problem').waitFor();
      await page.locator('dialog textarea').fill('{"cron": "0 18 * * FRI", "task": {"payload": 1}}');
      await page.locator('.preview').getByText('Friday').waitFor();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Trigger now' }).click();
      await page.locator('.strip .completed').waitFor();
      await page.getByRole('button', { name: 'Why' }).first().click();
      await page.locator('td[data-name=Explanation] bdi').first().waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
      await page.locator('.facts .state.paused').waitFor();
    }, (text) => text.includes('400'));
  });

  test('the keys move, select, open and help', async (t) => {
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/tasks?state=dead');
      await page.locator('tbody tr').first().waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      await page.keyboard.press('x');
      assert.equal(await page.locator('tbody tr').first().getAttribute('class'), 'chosen');
      await page.keyboard.press('?');
      await page.getByRole('dialog').getByText('select the row').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('/');
      await page.keyboard.type('01');
      await page.keyboard.press('Escape');
      await page.keyboard.press('g');
      await page.keyboard.press('q');
      await page.getByRole('heading', { name: 'Queues' }).waitFor();
    });
  });

  test('hostile texts are shown as text', async (t) => {
    const hostile = '<script>document.title="taken"</script><img src=x onerror="document.title=1">\u202Eevil\u2066\u0007';
    const { id } = await node.submit({ type: 'fail', maxAttempts: 1, payload: { error: hostile } });
    const many = await node.submit({ payload: Object.fromEntries(Array.from({ length: 10_000 }, (none, i) => ['key' + i, '<b>' + i])) });
    const large = await node.submit({ payload: '\u202E<i>'.repeat(150_000) });
    await node.state(id, 'dead');
    await inTab(t, {}, async (page) => {
      await open(page, node.url, '#/tasks/' + id);
      await page.locator('.error-text').first().getByText('<script>').waitFor();
      assert.match(await page.locator('.error-text').first().textContent(), /\\u202eevil\\u2066/);
      assert.equal(await page.locator('main script, main img').count(), 0);
      await open(page, node.url, '#/dead');
      await page.locator('td.error').getByText('<script>').first().waitFor();
      for (const one of [many.id, large.id]) {
        await open(page, node.url, '#/tasks/' + one);
        await page.locator('.json pre').first().waitFor();
        await page.getByRole('button', { name: 'Show all of it' }).click();
        assert.ok((await page.locator('.json pre').first().textContent()).length > 150_000);
        await assertFits(page);
      }
      assert.doesNotMatch(await page.title(), /taken/);
    });
  });

  test('two tabs share one stream, and a list does not jump while it is read', async (t) => {
    await inTab(t, {}, async (page, context) => {
      const streams = [];
      context.on('request', (request) => request.url().endsWith('/events') && streams.push(request.url()));
      await open(page, node.url, '#/overview');
      await page.locator('.cards').waitFor();
      const second = await tab(context);
      await open(second, node.url, '#/overview');
      await second.locator('.cards').waitFor();
      assert.equal(streams.length, 1);
      await open(second, node.url, '#/tasks?state=completed');
      await second.locator('tbody tr').first().waitFor();
      await second.locator('tbody input').first().check();
      const first = await second.locator('tbody a.id').first().getAttribute('title');
      await second.getByRole('button', { name: 'Show the changed list' }).waitFor(); // heartbeat goes on
      assert.equal(await second.locator('tbody a.id').first().getAttribute('title'), first);
      await second.getByRole('button', { name: 'Show the changed list' }).click();
      assert.notEqual(await second.locator('tbody a.id').first().getAttribute('title'), first);
      await page.close();
      await until('the other tab reads the stream', () => streams.length === 2);
      assertSound(second);
    });
  });

  test('a page that does not exist, and one that fails, leave the others usable', async (t) => {
    await inTab(t, {}, async (page) => {
      for (const name of ['nothing', 'constructor', '__proto__']) {
        await open(page, node.url, '#/' + name);
        await page.getByRole('heading', { name: 'Not found' }).waitFor();
      }
      await page.route('**/schedules?*', (route) => route.fulfill({ json: { items: [] } }));
      await page.getByRole('link', { name: 'Schedules' }).click();
      await page.getByRole('heading', { name: 'This page has failed' }).waitFor();
      await page.getByRole('link', { name: 'Queues' }).click();
      await page.locator('tbody tr').first().waitFor();
    });
  });

  test('a command for all that match is shown on other pages, and stopped', async (t) => {
    await inTab(t, {}, async (page) => {
      let calls = 0;
      await page.route('**/tasks/retry?*', (route) => route.fulfill({ json: { revived: 0, refused: 1, more: true, next: 'c' + calls++ } }));
      await open(page, node.url, '#/tasks?state=dead');
      await page.getByRole('button', { name: 'Retry all that match' }).click();
      await page.getByRole('dialog').getByText('every task with state dead').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Retry all that match' }).click();
      await page.getByRole('link', { name: 'Queues' }).click();
      await page.locator('.bulk').getByText('not possible so far').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('Stopped:').waitFor();
      const before = calls;
      await settled(page);
      assert.equal(calls, before);
    });
  });

  test('more of one filter never comes into the list of another', async (t) => {
    await inTab(t, {}, async (page) => {
      let release;
      const held = new Promise((done) => {
        release = done;
      });
      const task = (id, state) => ({ id, state, status: 'failed', priority: 'low', type: 'log', queue: 'default', attempt: 1, submittedAt: '2026-11-28T00:00:00.000000Z' });
      await page.route('**/tasks?*', async (route) => {
        const query = new URL(route.request().url()).searchParams;
        if (query.has('cursor')) {
          await held;
          await route.fulfill({ json: { tasks: [task('of-more', 'dead')] } }).catch(() => {});
        } else {
          await route.fulfill({ json: { tasks: [task('of-' + query.get('state'), query.get('state'))], next: 'c1' } });
        }
      });
      await open(page, node.url, '#/tasks?state=dead');
      await page.locator('a[title=of-dead]').waitFor();
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByLabel('State').selectOption('expired');
      await page.locator('a[title=of-expired]').waitFor();
      release();
      await settled(page);
      assert.equal(await page.locator('tbody tr').count(), 1);
    });
  });

  test('behind a proxy that changes the host the page loads and says what to set', async (t) => {
    const { nodes, folder } = await cluster(1, { API_ALLOWED_HOSTS: '127.0.0.1' }, (end) => t.after(end));
    const root = await proxy(nodes[0].url, '', folder, (end) => t.after(end), { host: '127.0.0.1' });
    await inTab(t, { ignoreHTTPSErrors: true }, async (page) => {
      await open(page, root, '#/submit');
      await page.getByRole('button', { name: 'Submit' }).click();
      await page.locator('.problem').getByText('API_ALLOWED_ORIGINS').waitFor();
    }, (text) => text.includes('403'));
  });

  test('behind a proxy that ends TLS and takes a prefix off', async (t) => {
    const { nodes, folder } = await cluster(1, { API_ALLOWED_HOSTS: 'localhost' }, (end) => t.after(end));
    const root = await proxy(nodes[0].url, '/team/tasks', folder, (end) => t.after(end));
    await inTab(t, { ignoreHTTPSErrors: true }, async (page) => {
      await page.goto(root); // leads to the page
      await page.locator('.cards').waitFor();
      assert.equal(page.url(), root + 'ui/');
      await open(page, root, '#/submit');
      await page.getByRole('button', { name: 'Submit' }).click();
      await page.locator('.facts .state.completed').waitFor();
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('link', { name: 'Swagger UI' }).click();
      await page.locator('#swagger-ui .info').waitFor();
    });
  });
});

test('10,000 dead tasks are retried by one button', async (t) => {
  const { nodes: [node] } = await cluster(1, {}, (end) => t.after(end));
  const one = { type: 'fail', maxAttempts: 1, payload: {} };
  await node.call('POST', 'submit/batch', JSON.stringify(Array.from({ length: 10_000 }, () => one)));
  await until('all are dead', async () => (await node.call('GET', 'stats')).tasks.dead === 10_000);
  await node.call('POST', 'pause');
  await inTab(t, {}, async (page) => {
    await open(page, node.url, '#/tasks?state=dead');
    await page.getByRole('button', { name: 'Retry all that match' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retry all that match' }).click();
    await page.getByText('10,000 retried', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText('No task matches.').waitFor();
    assert.equal((await node.call('GET', 'stats')).tasks.ready, 10_000);
  });
});

test('another leader is shown when the leader is killed, and a node that is gone is said', async (t) => {
  const { nodes: [leader, follower] } = await cluster(2, {}, (end) => t.after(end));
  const expected = (text) => /ERR_|Failed to load|503/.test(text);
  await inTab(t, {}, async (page, context) => {
    await open(page, follower.url);
    await page.locator('.card .big', { hasText: 'node1' }).waitFor();
    const other = await tab(context, expected);
    await open(other, leader.url);
    await other.locator('.fresh').getByText('live').waitFor();
    leader.kill();
    await page.locator('.card .big', { hasText: 'node2' }).waitFor();
    await page.locator('td', { hasText: 'node2' }).first().waitFor();
    await other.locator('.fresh').getByText('Old').waitFor();
    await leader.start();
    await other.locator('.fresh').getByText('live').waitFor();
    assertSound(other);
  }, expected);
});

test('a token is asked for; one that reads shows no buttons; one that is revoked is said', async (t) => {
  const digest = (token) => createHash('sha256').update(token).digest('hex');
  const lines = { ops: `ops all sha256:${digest('ops-token')}`, viewer: `viewer read sha256:${digest('viewer-token')}` };
  let file;
  const { nodes: [node] } = await cluster(1, async (folder) => {
    file = join(folder, 'tokens');
    await writeFile(file, `${lines.ops}\n${lines.viewer}\n`, { mode: 0o600 });
    return { API_TOKENS_FILE: file, UI_HIDE_PAYLOADS: 'true' };
  }, (end) => t.after(end));
  const { id } = await node.submit({ type: 'fail', maxAttempts: 1, payload: { card: '4111' } }, 'ops-token');
  const expected = (text) => /401/.test(text);
  await inTab(t, {}, async (page, context) => {
    await open(page, node.url, '#/tasks/' + id);
    const enter = async (token) => {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await enter('wrong');
    await page.getByRole('alert').getByText('token').waitFor();
    await enter('viewer-token');
    await page.locator('.facts .state.dead').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Retry' }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Submit' }).count(), 0);
    await page.getByText('neither payloads nor results').waitFor();
    assert.equal(await page.getByText('4111').count(), 0);
    assert.deepEqual(await context.cookies(), []);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await enter('ops-token');
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    await writeFile(file, lines.viewer + '\n', { mode: 0o600 });
    await page.getByText('You are signed out').waitFor();
    await page.screenshot({ path: join(PICTURES, 'login-desktop.png') });
  }, expected);
});

test('without a dashboard the root leads to Swagger UI', async (t) => {
  const { nodes: [node] } = await cluster(1, { UI: 'off' }, (end) => t.after(end));
  const answer = await fetch(node.url, { redirect: 'manual' });
  assert.equal(answer.headers.get('location'), 'swagger/');
  assert.equal((await fetch(node.url + 'ui/')).status, 404);
});
