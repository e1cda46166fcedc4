// What several pages are made of.
import { Fragment, html, useEffect, useMemo, useRef, useState } from './html.js';
import { ago, clip, local, number, pretty, visible } from './format.js';
import { to } from './router.js';

/** Untrusted text: its direction stays its own, and marks that cannot be seen are written out. */
export function Text({ of, most = 200 }) {
  return html`<bdi title=${String(of).length > most ? clip(visible(of), 2000) : undefined}>${visible(clip(of, most))}</bdi>`;
}

/** A time in the reader's zone, or how long ago it was; the UTC time is its title. */
export function Time({ at, relative }) {
  return at ? html`<time datetime=${at} title=${at + ' (UTC)'}>${relative ? ago(at) : local(at)}</time>` : html`<span>–</span>`;
}

export function State({ of }) {
  return html`<span class=${'state ' + of}>${of}</span>`;
}

export function TaskLink({ id }) {
  return html`<a href=${to('tasks', id)} class="id" title=${id}><span>${id.slice(0, 13)}</span>${id.slice(13)}</a>`;
}

/** What went wrong with a call, with a way to try again. */
export function Failure({ problem, retry }) {
  return problem && problem.status !== 401 ? html`<p class="problem" role="alert"><${Text} of=${problem.message} most=${600} />
    ${retry && html` <button type="button" onClick=${retry}>Try again</button>`}</p>` : null;
}

/** What is shown for data that is not there yet, or could not be had; else `children(data)`. */
export function Loaded({ from, children }) {
  return html`<${Fragment}>
    <${Failure} problem=${from.problem} retry=${from.reload} />
    ${from.data ? children(from.data) : !from.problem && html`<p class="quiet">Loading…</p>`}
  <//>`;
}

const LONGEST_SHOWN = 20_000;

/** A JSON value, folded, formatted and copied by a button. */
export function Json({ name, value, isOpen }) {
  const text = useMemo(() => pretty(value), [value]);
  const [all, setAll] = useState(false);
  const isCut = !all && text.length > LONGEST_SHOWN;
  return html`<details open=${isOpen} class="json">
    <summary>${name} <span class="quiet">${number(text.length)} characters</span></summary>
    <${Copy} text=${text} />
    <pre tabindex="0" dir="ltr">${visible(isCut ? text.slice(0, LONGEST_SHOWN) + '…' : text)}</pre>
    ${isCut && html`<button type="button" onClick=${() => setAll(true)}>Show all of it</button>`}
  </details>`;
}

export function Copy({ text, label = 'Copy' }) {
  const [done, setDone] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone('Copied');
    } catch {
      setDone('This browser copies only over TLS or on this machine');
    }
    setTimeout(() => setDone(''), 2000);
  };
  return html`<button type="button" class="copy" onClick=${copy}>${done || label}</button>`;
}

// Questions and notices ---------------------------------------------------------------------------------------------------

let show = () => {};

/** Says something for a few seconds, for readers of screens too. */
export function notify(text, kind = 'done') {
  show({ text, kind, at: Date.now() });
}

/** Runs a change, and says what became of it. Returns whether it succeeded. */
export async function act(what, change) {
  try {
    await change();
    notify(what);
    return true;
  } catch (problem) {
    notify(problem.message, 'failed');
    return false;
  }
}

export function Notices() {
  const [notice, setNotice] = useState(null);
  useEffect(() => {
    show = setNotice;
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => setNotice(null), 6000);
    return () => clearTimeout(timer);
  }, [notice]);
  return html`<div class="notices" role="status" aria-live="polite">
    ${notice && html`<p class=${notice.kind}>${visible(clip(notice.text, 400))}</p>`}</div>`;
}

/** A dialog above the page. Escape closes it, unless something was typed there. The focus goes back to where it was. */
export function Dialog({ title, close, children }) {
  const element = useRef(null);
  const isChanged = useRef(false);
  useEffect(() => {
    const before = document.activeElement;
    element.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const cancel = (event) => isChanged.current && event.preventDefault();
  return html`<dialog ref=${element} onClose=${close} onCancel=${cancel} onInput=${() => {
    isChanged.current = true;
  }} aria-label=${title}>
    <h2>${title}</h2>${children}
  </dialog>`;
}

/** A button that asks before it acts; `ask` may be a field for a note: its label. */
export function Confirmed({ label, title, text, note, act: change, disabled, kind }) {
  const [open, setOpen] = useState(false);
  const [value, setValue] = useState('');
  const submit = (event) => {
    event.preventDefault();
    setOpen(false);
    change(value);
  };
  return html`<${Fragment}>
    <button type="button" class=${kind} disabled=${disabled} onClick=${() => setOpen(true)}>${label}</button>
    ${open && html`<${Dialog} title=${title ?? label} close=${() => setOpen(false)}>
      <form onSubmit=${submit}>
        <p>${text}</p>
        ${note && html`<label>${note}<input type="text" maxlength="200" value=${value} onInput=${(e) => setValue(e.target.value)} /></label>`}
        <p class="actions"><button type="submit" class=${kind ?? 'main'}>${label}</button>
          <button type="button" onClick=${() => setOpen(false)}>Leave it</button></p>
      </form><//>`}
  <//>`;
}

/** A field with its label. */
export function Field({ label, hint, children }) {
  return html`<label class="field"><span>${label}</span>${children}${hint && html`<small>${hint}</small>`}</label>`;
}

export function Select({ value, options, onChange, ...rest }) {
  return html`<select value=${value ?? ''} onChange=${(event) => onChange(event.target.value)} ...${rest}>
    ${options.map(([key, text]) => html`<option value=${key} selected=${key === (value ?? '')}>${text}</option>`)}
  </select>`;
}

/** Names and values, in pairs. What is missing is left out. */
export function Facts({ of }) {
  return html`<dl class="facts">${of.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
