// The house that is measured: the release binary with a PostgreSQL of its own, a company in it, and what both cost in CPU.
import { spawn, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, freePort, root, signIn } from '../scripts/house.mjs';
import { charged, chargedToPostgres, machine, memory } from '../scripts/machine.mjs';

export { freePort, machine, root };
export const binary = process.env.TRADEWIND_BINARY || join(root, 'target/release/tradewind');

export class House {
  constructor(port, data, env) { Object.assign(this, { port, data, env }); }

  /** Starts the server, and answers when it answers. Nobody is turned away for asking often. */
  static async start(more = {}) {
    const port = await freePort();
    const data = mkdtempSync(join(tmpdir(), 'tradewind-bench-'));
    chmodSync(data, 0o755);
    const generous = { TRADEWIND_RATE_PRINCIPAL: '100000000', TRADEWIND_RATE_TENANT: '100000000', TRADEWIND_RATE_VISITOR: '100000000' };
    const env = { ...process.env, TRADEWIND_DATA_DIR: data, TRADEWIND_LISTEN: `127.0.0.1:${port}`, TRADEWIND_BASE_DOMAIN: 'localhost', TRADEWIND_LOG: 'error', ...generous, ...more };
    delete env.DATABASE_URL;
    const house = new House(port, data, env);
    await house.serve();
    return house;
  }

  async serve() {
    const server = spawn(binary, ['serve'], { env: this.env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.server = server;
    process.once('exit', () => server.kill('SIGTERM'));
    await new Promise((ok, bad) => { server.stdout.on('data', (d) => String(d).includes('Tradewind is at') && ok()); server.on('exit', (c) => bad(new Error(`the server ended with ${c}`))); });
    const said = readFileSync(`${this.data}/postgres/data/postmaster.pid`, 'utf8').split('\n');
    this.postmaster = Number(said[0]);
    this.socket = { host: said[4].trim(), port: said[3].trim() };
  }

  /** Ends it, and forgets all of it. */
  async end() {
    this.server.removeAllListeners('exit');
    const gone = new Promise((ok) => this.server.once('exit', ok));
    this.server.kill('SIGTERM');
    await gone;
    rmSync(this.data, { recursive: true, force: true });
  }

  run(...words) { return execFileSync(binary, words, { env: this.env, encoding: 'utf8', maxBuffer: 2 ** 28 }); }

  company(slug, placement = 'pooled') {
    const said = this.run('tenant', 'create', '--name', slug, '--slug', slug, '--plan', 'enterprise', '--placement', placement, '--owner-email', `owner@${slug}.example`, '--owner-password', 'correct horse battery', '--json');
    return new Company(this, slug, JSON.parse(said.trim().split('\n').pop()));
  }

  /** CPU of the server and of PostgreSQL with all its backends so far, in microseconds. */
  cpu() { return { server: charged(this.server.pid) * 1e6, postgres: chargedToPostgres(this.postmaster) * 1e6 }; }

  /** Memory of the server alone, in MB. */
  memory() { return memory(this.server.pid); }
}

class Company {
  constructor(house, slug, made) {
    Object.assign(this, { house, slug, id: made.id, key: made.api_key, owner: { email: `owner@${slug}.example`, password: 'correct horse battery' } });
    this.host = `${slug}.localhost:${house.port}`;
    this.port = house.port;
    this.headers = { host: this.host, authorization: `Bearer ${made.api_key}` };
    this.agent = new Agent({ keepAlive: true, maxSockets: 16 });
  }

  async send(method, path, body, headers = {}) {
    const sent = { ...this.headers, ...headers };
    if (!sent.authorization) delete sent.authorization;
    const answer = await ask(this, { method, path, host: this.host, body, headers: sent, timeout: 600_000 });
    if (answer.status === 0) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer;
  }

  /** What is made or asked for, as JSON; anything but a 2xx is an error with its words. */
  async ask(method, path, body, headers) {
    const answer = await this.send(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.text ? { ...JSON.parse(answer.text), etag: answer.headers.etag } : { etag: answer.headers.etag };
  }

  /** The cookie of its owner. */
  signIn() { return signIn(this, this.host, this.owner); }
}

/** Sixteen at a time, in their order. */
export async function each(list, deed) {
  const made = [];
  for (let i = 0; i < list.length; i += 16) made.push(...(await Promise.all(list.slice(i, i + 16).map((one, k) => deed(one, i + k)))));
  return made;
}

export const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
export const median = (list) => quantile(list, 0.5);
export function keep(name, text) {
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  writeFileSync(join(root, 'bench/results', name), typeof text === 'string' ? text : `${JSON.stringify(text, null, 2)}\n`);
}
