import { post } from './api.js';
import { html, useRef, useState } from './html.js';
import { go, to } from './router.js';
import { Failure, Field, notify, Select } from './parts.js';

const FIRST = { type: 'log', queue: 'default', priority: 'medium', payload: '{"hello": "world"}', delay: '', maxAttempts: '', timeout: '', uniqueKey: '', tags: '' };

/** A key for each body: the same body may be sent again after a lost answer, and is stored once. */
class Key {
  of(body) {
    if (this.body !== body) {
      this.body = body;
      this.key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    return this.key;
  }
}

/** The body of POST /submit; what is empty is left out. The payload goes as it was typed. */
function body(values) {
  const fields = {
    type: values.type.trim(), queue: values.queue.trim(), priority: values.priority, delay: values.delay.trim(), timeout: values.timeout.trim(),
    uniqueKey: values.uniqueKey, maxAttempts: whole(values.maxAttempts.trim()), tags: values.tags.split(/[\s,]+/).filter(Boolean),
  };
  const given = Object.entries(fields).filter(([, value]) => value.length !== 0).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${given.join(',')},"payload":${values.payload}}`;
}

/** A number where it is one; else the text, which the API refuses with a reason. */
function whole(text) {
  return /^\d+$/.test(text) ? Number(text) : text;
}

export function SubmitPage({ login }) {
  const [values, setValues] = useState(FIRST);
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const key = useRef(new Key());
  const input = (name, rest = {}) => html`<input type="text" value=${values[name]} onInput=${(event) => setValues({ ...values, [name]: event.target.value })} ...${rest} />`;
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      JSON.parse(values.payload);
      const { id, duplicate } = await post('/submit', { body: body(values), headers: { 'Idempotency-Key': key.current.of(body(values)) } });
      notify(duplicate ? 'Another task holds this unique key; here it is.' : 'The task is stored.');
      go(to('tasks', id));
    } catch (thrown) {
      setProblem(thrown instanceof SyntaxError ? new Error('The payload is no JSON: ' + thrown.message) : thrown);
      setBusy(false);
    }
  };
  if (!['all', 'submit'].includes(login.right)) {
    return html`<h1>Submit a task</h1><p>Your token may not submit tasks.</p>`;
  }
  return html`<h1>Submit a task</h1><form class="form" onSubmit=${submit}>
    <${Field} label="Type" hint="Which runner executes it, such as log or http.">${input('type', { required: true })}<//>
    <${Field} label="Payload" hint="Any JSON value."><textarea rows="8" spellcheck=${false} value=${values.payload}
      onInput=${(event) => setValues({ ...values, payload: event.target.value })}></textarea><//>
    <${Field} label="Priority"><${Select} value=${values.priority} onChange=${(priority) => setValues({ ...values, priority })}
      options=${[['high', 'high'], ['medium', 'medium'], ['low', 'low']]} /><//>
    <${Field} label="Queue">${input('queue')}<//>
    <${Field} label="Delay" hint="Such as 90s or 2h; empty for none.">${input('delay')}<//>
    <details><summary>More</summary>
      <${Field} label="Attempts at most">${input('maxAttempts', { inputmode: 'numeric' })}<//>
      <${Field} label="Time limit of an attempt" hint="Such as 30s.">${input('timeout')}<//>
      <${Field} label="Unique key" hint="No second task is stored while another holds it.">${input('uniqueKey')}<//>
      <${Field} label="Tags" hint="Up to 8 words.">
        <input type="text" value=${values.tags} onInput=${(event) => setValues({ ...values, tags: event.target.value })} /><//>
    </details>
    <${Failure} problem=${problem} />
    <p class="actions"><button type="submit" class="main" disabled=${isBusy}>Submit</button></p>
  </form>`;
}
