// A proxy that ends TLS and takes a prefix off the path, as people put one before a node.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';

/** Each request has a connection of its own: one that is kept may be closed just then. `changed` holds headers that it changes, such as `host`. */
export async function proxy(target, prefix, folder, after, changed = {}) {
  const key = join(folder, 'proxy.key');
  const certificate = join(folder, 'proxy.crt');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost',
    '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (from, back) => {
    if (!from.url.startsWith(prefix + '/')) {
      back.writeHead(404).end('not here');
      return;
    }
    const to = request(new URL(from.url.slice(prefix.length), target), { method: from.method, headers: { ...from.headers, ...changed }, agent: false }, (answer) => {
      back.writeHead(answer.statusCode, answer.headers);
      answer.pipe(back);
    });
    to.on('error', () => back.destroy());
    back.on('close', () => to.destroy());
    from.pipe(to);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${server.address().port}${prefix}/`;
}
