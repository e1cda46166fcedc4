// A real Redis and real nodes on free ports of loopback, in a folder of their own; all end with the test.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const LIMIT_MS = 60_000;

/** Waits until `holds` answers something true, and returns it. */
export async function until(what, holds, limit = LIMIT_MS) {
  const end = Date.now() + limit;
  for (;;) {
    const found = await holds();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error('waited in vain: ' + what);
    }
    await sleep(50);
  }
}

export function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

class Node {
  constructor(id, port, environment) {
    this.id = id;
    this.url = `http://127.0.0.1:${port}/`;
    this.environment = { ...environment, NODE_ID: id, LISTEN_ADDR: `127.0.0.1:${port}` };
  }

  async start() {
    this.said = '';
    this.process = spawn(join(process.env.JAVA_HOME, 'bin/java'),
      ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx192m', '-jar', join(ROOT, 'target/task-scheduler.jar')],
      { env: { PATH: process.env.PATH, ...this.environment }, cwd: this.environment.FOLDER });
    const listen = (data) => {
      this.said = (this.said + data).slice(-20_000);
    };
    this.process.stdout.on('data', listen);
    this.process.stderr.on('data', listen);
    await until(this.id + ' is ready', async () => {
      if (this.process.exitCode !== null) {
        throw new Error(this.id + ' has ended: ' + this.said);
      }
      return (await fetch(this.url + 'health/ready').catch(() => ({ ok: false }))).ok;
    });
  }

  kill() {
    this.process.kill('SIGKILL');
  }

  async call(method, path, body, token) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(token ? { Authorization: 'Bearer ' + token } : {}) },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    }
    return text ? JSON.parse(text) : {};
  }

  submit(task, token) {
    return this.call('POST', 'submit', task, token);
  }

  /** Waits until a task is in a state, and returns it. */
  state(id, state) {
    return until(`${id} is ${state}`, async () => {
      const task = await this.call('GET', 'tasks/' + id);
      return task.state === state && task;
    });
  }
}

/** Starts a Redis and `count` nodes; the first one leads. `after` is what the test calls at its end. */
export async function cluster(count, environment, after) {
  const folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], { stdio: 'ignore' });
  const nodes = [];
  after(async () => {
    nodes.forEach((node) => node.process?.kill('SIGKILL'));
    redis.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (let i = 1; i <= count; i++) {
    const given = typeof environment === 'function' ? await environment(folder) : environment;
    const node = new Node('node' + i, await freePort(), {
      REDIS_ADDR: `127.0.0.1:${port}`, CONSENSUS_TYPE: 'redis', LEASE_TTL: '2s', FOLDER: folder, ...given });
    nodes.push(node);
    await node.start();
  }
  return { nodes, folder };
}
