// The house as it runs, with a PostgreSQL of its own, for `make faults` and `make load`: child processes that can be killed, and a way to
// ask each of them.
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { wait } from './report.mjs';

export const root = resolve(import.meta.dirname, '..');
const running = new Set();
/** Whatever still runs ends with us. */
process.on('exit', () => { for (const child of running) { try { child.kill('SIGTERM'); } catch { /* it has ended */ } } });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export const freePort = () => new Promise((done) => { const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); }); });

/** A child process; its words go into a log. `ended` is kept when it ends. */
function child(program, args, { env, log, cwd = root, pipe = false }) {
  const file = openSync(log, 'a');
  const process_ = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', pipe ? 'pipe' : file, file] });
  running.add(process_);
  process_.ended = new Promise((done) => { process_.on('exit', () => { running.delete(process_); done(); }); process_.on('error', () => done()); });
  return process_;
}

/** PostgreSQL with the settings it has in the house, kept by `front-door`: the keeper, and what it says of where it is. */
export async function postgres(programs, folder, log, words = []) {
  const keeper = child(join(programs, 'front-door'), [folder, ...words, '--npm', join(root, 'web/node_modules')], { log, pipe: true });
  let said = '';
  await new Promise((done, failed) => {
    keeper.stdout.on('data', (piece) => { said += piece; if (/^dsn=.*\n/m.test(said)) done(); });
    keeper.on('exit', () => failed(new Error(`PostgreSQL does not start: ${readFileSync(log, 'utf8').slice(-400)}`)));
  });
  return { keeper, said };
}

/** One of those that can be killed and asked. */
export class Ground {
  constructor(folder, programs, logs) { Object.assign(this, { folder, programs, log: join(logs, 'postgres.log') }); }

  async start() {
    const { keeper, said } = await postgres(this.programs, this.folder, this.log);
    this.keeper = keeper;
    this.pid = Number(said.match(/pid=(\d+)/)[1]);
    const [, socket, port] = said.match(/^dsn=postgresql:\/\/postgres@([^:]+):(\d+)\//m);
    Object.assign(this, { socket: decodeURIComponent(socket), port, dsn: `postgresql://postgres@${socket}:${port}/tradewind` });
    if (this.sql("select 1 from pg_database where datname = 'tradewind'", 'postgres') === '') this.sql('create database tradewind', 'postgres');
    return this;
  }

  /** What a statement says, as lines with bars. */
  sql(text, database = 'tradewind') {
    const told = spawnSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', this.socket, '-p', this.port, '-U', 'postgres', '-d', database], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (told.error) throw new Error('missing: psql (Debian: apt-get install postgresql-client)');
    if (told.status !== 0) throw new Error(`${told.stderr.trim().slice(0, 300)} in: ${text.slice(0, 300)}`);
    return told.stdout.trim();
  }
  rows(text) { const said = this.sql(text); return said === '' ? [] : said.split('\n').map((line) => line.split('|')); }
  number(text) { return Number(this.sql(text)); }

  /** As a power cut would, but for the memory of the operating system. */
  async kill() { process.kill(this.pid, 'SIGKILL'); await this.keeper.ended; }
  async stop() { if (this.keeper?.exitCode === null) { this.keeper.kill('SIGTERM'); await this.keeper.ended; } }
}

/** One process of the house. */
export class Serving {
  constructor(name, ground, { programs, logs, data, port, dsn = ground.dsn, roles = 'web,worker', env = {}, words = [] }) {
    Object.assign(this, { name, programs, port, words: ['serve', '--roles', roles, ...words], log: join(logs, `${name}.log`) });
    const boundless = Object.fromEntries(['PRINCIPAL', 'TENANT', 'VISITOR', 'CAREFUL'].map((of) => [`TRADEWIND_RATE_${of}`, '4000000']));
    this.env = { DATABASE_URL: dsn, TRADEWIND_DATA_DIR: data, TRADEWIND_LISTEN: `127.0.0.1:${port}`, TRADEWIND_LOG: 'warn,tokio_postgres=error', ...boundless, ...env };
    this.agent = new Agent({ keepAlive: true });
  }

  /** Starts it; gives the milliseconds until it says that it is ready. */
  async start(patience = 60) {
    const begun = Date.now();
    this.process = child(join(this.programs, 'tradewind'), this.words, { env: this.env, log: this.log });
    await this.ready(patience);
    return Date.now() - begun;
  }
  async ready(patience = 60) {
    const until = Date.now() + patience * 1000;
    const look = () => this.ask({ path: '/readyz', host: 'localhost', timeout: 10_000 });
    for (let said = await look(); said.status !== 200; said = await look()) {
      if (this.process.exitCode !== null) throw new Error(`${this.name} ended: ${readFileSync(this.log, 'utf8').slice(-400)}`);
      if (Date.now() > until) throw new Error(`${this.name} is not ready after ${patience} s: ${said.status} ${said.text.slice(0, 300)}`);
      await wait(25);
    }
  }
  async kill() { this.process.kill('SIGKILL'); await this.process.ended; this.agent.destroy(); }
  async stop() { if (this.process?.exitCode === null && this.process.signalCode === null) { this.process.kill('SIGTERM'); await this.process.ended; } this.agent.destroy(); }

  ask(what) { return ask(this, what); }
}

/** One request to a server with an `agent` and a `port`; status 0 where no answer came. */
export function ask({ agent, port }, { method = 'GET', path, host, key, body, headers = {}, timeout = 20_000 }) {
  const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const sent = { host, ...(key && { authorization: `Bearer ${key}` }), ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...headers };
  return new Promise((done) => {
    const none = (why) => done({ status: 0, text: String(why), bytes: Buffer.alloc(0), headers: {} });
    const going = request({ agent, host: '127.0.0.1', port, method, path, headers: sent, timeout }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece)).on('end', () => {
        const bytes = Buffer.concat(pieces);
        done({ status: answer.statusCode, text: bytes.toString(), bytes, headers: answer.headers });
      }).on('error', none);
    });
    going.on('timeout', () => going.destroy(new Error('no answer in time'))).on('error', none);
    going.end(text);
  });
}

/** The cookie of somebody whom the form lets in. */
export async function signIn(server, host, { email, password }) {
  const form = new URLSearchParams({ email, password }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', origin: `http://${host}` };
  const answer = await ask(server, { method: 'POST', path: '/sign-in', host, body: form, headers });
  const set = answer.headers['set-cookie']?.find((one) => one.startsWith('__Host-tradewind='));
  if (!set) throw new Error(`nobody is let in: ${answer.status} ${answer.headers.location ?? answer.text.slice(0, 300)}`);
  return set.split(';')[0];
}

/** The programs of the suite that set the stage: what it printed, as JSON lines. */
export function stage(ground, programs, data, words, more = {}) {
  const env = { ...process.env, DATABASE_URL: ground.dsn, TRADEWIND_DATA_DIR: data, TRADEWIND_LOG: 'error' };
  const told = spawnSync(join(programs, 'examples/stage'), words, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28, ...more });
  if (told.status !== 0) throw new Error(`stage ${words.join(' ')}: ${told.stderr?.slice(-500)}`);
  return told.stdout.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/** Companies in that placement, and where their rows lie. */
export function companies(ground, programs, data, many, placement, prefix) {
  const made = stage(ground, programs, data, ['companies', String(many), placement, prefix]);
  const places = new Map(ground.rows("select id, coalesce(schema_name, 'app') from ctl.tenant"));
  return made.map((company) => ({ ...company, schema: places.get(company.id) }));
}
