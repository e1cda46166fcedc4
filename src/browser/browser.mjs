// The browser of the tests. A page fails its test by an error on its console, by what its policy forbids, and by an error in a script.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'];
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: QUIET });
}

/** A tab that remembers its faults; `expected` says which messages are none, such as a node that was killed. */
export async function tab(context, expected = () => false) {
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (['error', 'warning'].includes(message.type()) && !expected(text)) {
      page.faults.push(text);
    }
  });
  page.on('pageerror', (error) => page.faults.push(`${error.name} ${error.message} ${error.stack}`));
  return page;
}

export function assertSound(page) {
  assert.deepEqual(page.faults, []);
}

/** Whether anything is wider than the screen. */
export async function assertFits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${page.url()} is ${over} px too wide`);
}

/** What axe finds that is serious or critical. The policy allows no foreign script, so it is put in by the debugger. */
export async function assertAccessible(page) {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  const { readFile } = await import('node:fs/promises');
  await page.evaluate(await readFile(axe, 'utf8') + ';0');
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(found, [], page.url());
}
