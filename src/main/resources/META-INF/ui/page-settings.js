import { useData } from './api.js';
import { html } from './html.js';
import { Facts, Loaded, Text, Time } from './parts.js';

const REFRESH_MS = 10_000;

function Audit() {
  const audit = useData('/audit', { limit: 50 }, REFRESH_MS);
  return html`<h2>Who changed what</h2><${Loaded} from=${audit}>${(data) => (data.entries.length === 0 ? html`<p class="quiet">Nothing was changed by hand.</p>` : html`
    <div class="scroll" tabindex="0" role="region" aria-label="Audit"><table class="stack"><thead><tr><th>When</th><th>Who</th><th>From</th><th>What</th><th>Of what</th></tr></thead><tbody>
      ${data.entries.map((entry) => html`<tr key=${entry.number}><td data-name="When"><${Time} at=${entry.at} /></td><td data-name="Who"><${Text} of=${entry.by} /></td>
        <td data-name="From"><${Text} of=${entry.address} /></td><td data-name="What"><${Text} of=${entry.action} /></td>
        <td data-name="Of what"><${Text} of=${Object.entries(entry.details).map(([name, value]) => `${name}: ${value}`).join(', ')} most=${200} /></td></tr>`)}
    </tbody></table></div>`)}<//>`;
}

export function SettingsPage({ version, login, mayChange }) {
  const settings = useData('/settings');
  return html`<h1>Settings</h1>
    <${Facts} of=${[
      ['Version', version], ['Token', html`<${Text} of=${login.name} />`], ['Right', login.right],
      ['Token expires', login.expiresAt && html`<${Time} at=${login.expiresAt} />`],
      ['API', html`<a href="../swagger/">Swagger UI</a>, <a href="../openapi">the document</a>`], ['Metrics', html`<a href="../metrics">for Prometheus</a>`],
    ]} />
    <h2>Of this node</h2>
    <${Loaded} from=${settings}>${(data) => html`<div class="scroll" tabindex="0" role="region" aria-label="Settings"><table class="stack"><thead><tr><th>Setting</th><th>Value</th><th>From</th></tr></thead><tbody>
      ${data.settings.map((setting) => html`<tr key=${setting.name}><td data-name="Setting"><code>${setting.name}</code></td>
        <td data-name="Value"><${Text} of=${setting.value} most=${300} /></td><td data-name="From">${setting.from ?? '–'}</td></tr>`)}</tbody></table></div>`}<//>
    ${mayChange && html`<${Audit} />`}`;
}
