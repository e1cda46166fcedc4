// Turns what the API says into text. All of it is untrusted: it is only ever shown as text.

// Control and direction marks, which could hide or turn around what stands beside them.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** The text with marks that cannot be seen written out, such as \u202e. */
export function visible(text) {
  return String(text).replace(UNSEEN, (mark) => '\\u' + mark.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** At most `most` characters of a text. */
export function clip(text, most = 200) {
  const whole = String(text);
  return whole.length > most ? whole.slice(0, most) + '…' : whole;
}

const NUMBER = new Intl.NumberFormat('en');

export function number(value) {
  return value === undefined || value === null ? '–' : NUMBER.format(value);
}

/** A rate in a second, with as many digits as say something. */
export function rate(value) {
  if (value === undefined || value === null) {
    return '–';
  }
  return value >= 100 ? NUMBER.format(Math.round(value)) : String(Math.round(value * 10) / 10);
}

/** A span in milliseconds, in its two largest units. */
export function span(ms) {
  if (!Number.isFinite(ms)) {
    return '–';
  }
  if (ms < 1000) {
    return Math.max(0, Math.round(ms)) + ' ms';
  }
  if (ms < 60_000) {
    return (Math.floor(ms / 100) / 10) + ' s';
  }
  const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1000]];
  const first = units.findIndex(([, size]) => ms >= size);
  const [large, size] = units[first];
  const whole = Math.floor(ms / size);
  const next = units[first + 1];
  const rest = next ? Math.floor((ms - whole * size) / next[1]) : 0;
  return whole + ' ' + large + (rest ? ' ' + rest + ' ' + next[0] : '');
}

/** How long ago a time was, or in how long it will be. */
export function ago(time, now = Date.now()) {
  const ms = now - Date.parse(time);
  if (!Number.isFinite(ms)) {
    return '–';
  }
  if (Math.abs(ms) < 1000) {
    return 'now';
  }
  return ms > 0 ? span(ms) + ' ago' : 'in ' + span(-ms);
}

const SAME_DAY = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const OTHER_DAY = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

/** A time in the reader's zone; the date where it is not today. */
export function local(time) {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) {
    return '–';
  }
  return (at.toDateString() === new Date().toDateString() ? SAME_DAY : OTHER_DAY).format(at);
}

/** An ISO-8601 duration such as PT1M30S, in words; what is none stays as it is. */
export function duration(iso) {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(iso ?? '');
  if (!found) {
    return String(iso ?? '–');
  }
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = found;
  return span((((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}

/** JSON in lines. Numbers that JavaScript cannot hold stay as they came, where the browser can do that. */
export function pretty(value) {
  return JSON.stringify(value, null, 2) ?? '';
}

const DIGITS = 15; // that a number of JavaScript always holds

/** Reads JSON; each number that would lose digits keeps its text for `pretty`. */
export function parseExact(text) {
  if (!JSON.rawJSON) {
    return JSON.parse(text);
  }
  return JSON.parse(text, (key, value, context) =>
    typeof value === 'number' && context?.source.length > DIGITS && String(value) !== context.source
      ? JSON.rawJSON(context.source) : value);
}

const VARYING = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|0x[0-9a-f]+|\d+/gi;
const LONGEST_PATTERN = 300;
const LONGEST_LITERAL = 200; // what the API takes for a part of an error

/** An error with # in place of ids and numbers. */
export function errorPattern(error) {
  return error.slice(0, LONGEST_PATTERN).replace(VARYING, '#');
}

/** The longest part of a pattern that holds no #. */
export function literal(pattern) {
  return pattern.split('#').map((text) => text.trim()).reduce((longest, text) => (text.length > longest.length ? text : longest), '').slice(0, LONGEST_LITERAL);
}
