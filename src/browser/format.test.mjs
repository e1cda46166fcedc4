import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const FILE = join(resolve(import.meta.dirname, '../main/resources/META-INF/ui'), 'format.js');
// Node takes a .js file without a package.json beside it for CommonJS.
const { ago, clip, duration, errorPattern, literal, number, parseExact, pretty, rate, span, visible } =
  await import('data:text/javascript,' + encodeURIComponent(await readFile(FILE, 'utf8')));

test('marks that cannot be seen are written out, and others stay', () => {
  assert.equal(visible('a\u202Eb\u0007\u200B\uFEFF'), 'a\\u202eb\\u0007\\u200b\\ufeff');
  assert.equal(visible('größer 你好 👍\tx\ny'), 'größer 你好 👍\tx\ny');
});

test('a span has its two largest units', () => {
  assert.deepEqual([-5, 0, 999, 1500, 61_000, 3_600_000, 90_061_000, NaN].map(span),
    ['0 ms', '0 ms', '999 ms', '1.5 s', '1 min 1 s', '1 h', '1 d 1 h', '–']);
});

test('a duration of the API is said in words, and what is none stays', () => {
  assert.deepEqual(['PT0.1S', 'PT1M30S', 'P7D', 'PT26H', 'soon', undefined].map(duration), ['100 ms', '1 min 30 s', '7 d', '1 d 2 h', 'soon', '–']);
});

test('how long ago a time was', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  assert.equal(ago('2026-11-28T11:58:30.000000Z', now), '1 min 30 s ago');
  assert.equal(ago('2026-11-28T14:00:00Z', now), 'in 2 h');
  assert.equal(ago('never', now), '–');
});

test('numbers and rates', () => {
  assert.deepEqual([1234567, 0, undefined].map(number), ['1,234,567', '0', '–']);
  assert.deepEqual([12345.6, 99.94, 0.04, null].map(rate), ['12,346', '99.9', '0', '–']);
});

test('errors that differ in ids and numbers have one pattern, and its longest literal part', () => {
  const pattern = errorPattern('order 4711 of 019aa0e6-5b3c-7000-8000-000000000000 was refused by 10.0.0.7 at 0xFF');
  assert.equal(pattern, 'order # of # was refused by #.#.#.# at #');
  assert.equal(literal(pattern), 'was refused by');
  assert.equal(literal(errorPattern('500')), '');
});

test('a long text is cut', () => {
  assert.equal(clip('abcdef', 3), 'abc…');
  assert.equal(clip('abc', 3), 'abc');
});

test('numbers that JavaScript cannot hold keep their digits where the platform can do that', { skip: !JSON.rawJSON }, () => {
  const text = '{"id":12345678901234567890,"small":0.10,"exact":0.30000000000000004}';
  assert.equal(pretty(parseExact(text)).replace(/\s/g, ''), '{"id":12345678901234567890,"small":0.1,"exact":0.30000000000000004}');
});
