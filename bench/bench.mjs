// CPU per request of Tradewind (server + PostgreSQL) beside pgbench on the same statements, in interleaved rounds.
//
//   node bench/bench.mjs [rounds] [seconds a slice]
//
// CPU is what the operating system charged to the processes (/proc/<pid>/stat), so it does not matter how many cores the
// load generator has. A ratio of 0.65 means: of the CPU that Tradewind spends, pgbench would have needed 65 %.
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, mkdirSync, writeFileSync, mkdtempSync, existsSync, chmodSync } from 'node:fs';
import { tmpdir, cpus, totalmem } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import net from 'node:net';
import http from 'node:http';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const rounds = Number(process.argv[2] || 5), slice = Number(process.argv[3] || 2) * 1000;
const clients = 16;
const pgbench = ['/usr/lib/postgresql/18/bin/pgbench', '/usr/lib/postgresql/17/bin/pgbench', '/usr/lib/postgresql/16/bin/pgbench', '/usr/lib/postgresql/15/bin/pgbench', '/opt/homebrew/bin/pgbench'].find(existsSync);
if (!pgbench) throw new Error('missing: pgbench (Debian: apt-get install postgresql-15)');
if (spawnSync('wrk', ['-v']).error) throw new Error('missing: wrk (Debian: apt-get install wrk)');
if (process.platform !== 'linux') throw new Error('this bench reads /proc: run it on Linux');
const port = await new Promise((ok) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const p = s.address().port; s.close(() => ok(p)); }); });
const data = mkdtempSync(join(tmpdir(), 'tradewind-bench-'));
chmodSync(data, 0o755);
const env = { ...process.env, TRADEWIND_DATA_DIR: data, TRADEWIND_LISTEN: `127.0.0.1:${port}`, TRADEWIND_BASE_DOMAIN: 'localhost', TRADEWIND_LOG: 'error', TRADEWIND_RATE_PRINCIPAL: '100000000', TRADEWIND_RATE_TENANT: '100000000', TRADEWIND_RATE_VISITOR: '100000000' };
delete env.DATABASE_URL;
const binary = process.env.TRADEWIND_BINARY || join(root, 'target/release/tradewind');
const server = spawn(binary, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
process.on('exit', () => server.kill('SIGTERM'));
await new Promise((ok, bad) => { server.stdout.on('data', (d) => String(d).includes('Tradewind is at') && ok()); server.on('exit', (c) => bad(new Error(`the server ended with ${c}`))); });

const made = JSON.parse(execFileSync(binary, ['tenant', 'create', '--name', 'Bench', '--slug', 'bench', '--plan', 'enterprise', '--placement', 'pooled', '--owner-email', 'owner@bench.example', '--owner-password', 'correct horse battery', '--json'], { env, encoding: 'utf8' }).trim().split('\n').pop());
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
const ask = (method, path, body) => new Promise((ok, bad) => {
  const text = body && JSON.stringify(body);
  const r = http.request({ agent, port, host: '127.0.0.1', method, path, headers: { host: `bench.localhost:${port}`, authorization: `Bearer ${made.api_key}`, ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) } }, (res) => {
    let all = ''; res.setEncoding('utf8'); res.on('data', (d) => (all += d)); res.on('end', () => ok({ status: res.statusCode, text: all }));
  });
  r.on('error', bad); r.end(text);
});

// 2,000 customers, through the front door.
const ids = [];
for (let i = 0; i < 2000; i += 16) {
  const batch = await Promise.all(Array.from({ length: 16 }, (_, k) => ask('POST', '/api/v1/customers', { name: `Customer ${i + k}` })));
  for (const answer of batch) { if (answer.status !== 201) throw new Error(answer.text); ids.push(JSON.parse(answer.text).id); }
}

// The statements as the program registers them.
const statements = JSON.parse(execFileSync(binary, ['statements'], { env, encoding: 'utf8' }));
const sqlOf = (name, file) => { const found = statements.find((s) => s.name === name && s.at.includes(file)); if (!found) throw new Error(`no statement ${name} in ${file}`); return found.sql.replace(/\s+/g, ' ').trim(); };
const fill = (sql, values) => sql.replace(/\$(\d+)/g, (_, n) => { if (values[n - 1] === undefined) throw new Error(`cases.json gives ${values.length} values to: ${sql}`); return values[n - 1]; });
const tenant = `'${made.id}'::uuid`, now = 'now()';
const uuid = "gen_random_uuid()";
const trip = (write, ...middle) => ['\\startpipeline', write ? 'begin;' : 'begin read only;', `select wall.set_tenant(${tenant});`, ...middle.map((m) => m + ';'), 'commit;', '\\endpipeline'].join('\n') + '\n';
const cases = JSON.parse(readFileSync(join(root, 'bench/cases.json'), 'utf8'));
const scripts = Object.fromEntries(cases.map((c) => [c.name, trip(c.write, ...c.statements.map((s) => fill(sqlOf(s.name, s.file), ['@t', ...s.values].map((v) => v === '@t' ? tenant : v === '@id' ? `(:'id')::uuid` : v === '@uuid' ? uuid : v === '@now' ? now : v === '@number' ? ':number' : v))))]));
const lua = (text) => JSON.stringify(text);
for (const c of cases) {
  const headers = { host: `bench.localhost:${port}`, authorization: `Bearer ${made.api_key}`, ...(c.body && { 'content-type': 'application/json' }) };
  const path = lua(c.path).replace('{id}', '" .. ids[math.random(#ids)] .. "');
  const body = c.body ? `'{"name":"New ' .. math.random() .. '"}'` : 'nil';
  writeFileSync(join(data, `${c.name}.lua`), `ids = {${ids.map(lua)}}\nheaders = {${Object.entries(headers).map(([k, v]) => `[${lua(k)}] = ${lua(v)}`)}}\nfunction request() return wrk.format(${lua(c.method)}, ${path}, headers, ${body}) end\n`);
}
for (const [name, text] of Object.entries(scripts)) {
  const number = text.includes(':number') ? '\\set number random(1000000, 9000000000000)\n' : '';
  writeFileSync(join(data, `${name}.sql`), number + text.replaceAll(":'id'", `'${ids[1000]}'`));
}
const socket = execFileSync('sh', ['-c', `sed -n 5p '${data}/postgres/data/postmaster.pid'`], { encoding: 'utf8' }).trim();
const pgport = execFileSync('sh', ['-c', `sed -n 4p '${data}/postgres/data/postmaster.pid'`], { encoding: 'utf8' }).trim();
const postmaster = Number(readFileSync(`${data}/postgres/data/postmaster.pid`, 'utf8').split('\n')[0]);

const ticks = (pid, withChildren = false) => { try { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' '); return Number(f[11]) + Number(f[12]) + (withChildren ? Number(f[13]) + Number(f[14]) : 0); } catch { return 0; } };
const parent = (pid) => { try { return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ')[1]); } catch { return 0; } };
const postgres = () => ticks(postmaster, true) + readdirSync('/proc').filter((p) => /^\d+$/.test(p) && parent(p) === postmaster).reduce((sum, p) => sum + ticks(p), 0);
const HZ = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

// A backend that has just ended is counted by nobody until the postmaster has taken leave of it.
const reaped = () => new Promise((ok) => setTimeout(ok, 400));

// wrk loads it: a generator of its own weight (node needs more CPU for a request than the server) would leave the server half idle, and
// an idle process pays for being woken at each request.
async function web(c) {
  await reaped();
  return new Promise((ok, bad) => {
    const before = { s: ticks(server.pid), p: postgres() };
    const child = spawn('wrk', ['-t1', `-c${clients}`, `-d${slice / 1000}s`, '--latency', '-s', join(data, `${c.name}.lua`), `http://127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', err = '';
    child.stdout.on('data', (d) => (out += d)); child.stderr.on('data', (d) => (err += d));
    child.on('error', bad);
    child.on('exit', (code) => {
      const of = (pattern) => Number(out.match(pattern)?.[1] ?? NaN), ms = (text) => parseFloat(text) * (text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1000);
      const count = of(/(\d+) requests in/);
      if (code || !count) return bad(new Error(`wrk ${c.name}: ${err}${out}`));
      const s = (ticks(server.pid) - before.s) / HZ * 1e6 / count, p = (postgres() - before.p) / HZ * 1e6 / count;
      ok({ us: s + p, server: s, postgres: p, rate: of(/Requests\/sec:\s+([\d.]+)/), p50: ms(out.match(/50%\s+(\S+)/)[1]), p99: ms(out.match(/99%\s+(\S+)/)[1]), bad: of(/Non-2xx or 3xx responses: (\d+)/) || 0 });
    });
  });
}
async function bare(c) {
  await reaped();
  return new Promise((ok, bad) => {
    const before = postgres(), begun = Date.now();
    const child = spawn(pgbench, ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(slice / 1000), '-f', join(data, `${c.name}.sql`), '-h', socket, '-p', pgport, '-U', 'tw_app', 'tradewind'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', err = '', mine = 0;
    const watch = setInterval(() => { mine = Math.max(mine, ticks(child.pid)); }, 20);
    child.stdout.on('data', (d) => (out += d)); child.stderr.on('data', (d) => (err += d));
    child.on('exit', async (code) => {
      clearInterval(watch);
      await reaped();
      const count = Number(out.match(/number of transactions actually processed: (\d+)/)?.[1]);
      if (code || !count) return bad(new Error(`pgbench ${c.name}: ${err}\n${readFileSync(join(data, `${c.name}.sql`), 'utf8')}`));
      ok({ us: ((postgres() - before) + mine) / HZ * 1e6 / count, rate: count / ((Date.now() - begun) / 1000) });
    });
  });
}
// What a change leaves to be done (relay, subscribers) is waited for and counted apart: else the next case would pay for it.
async function settle() {
  const begun = { s: ticks(server.pid), p: postgres() }, used = () => ticks(server.pid) + postgres();
  for (let n = 0, calm = 0; n < 120 && calm < 4; n++) {
    const before = used();
    await new Promise((ok) => setTimeout(ok, 500));
    calm = used() - before < HZ * 0.03 ? calm + 1 : 0;
  }
  return (ticks(server.pid) - begun.s + postgres() - begun.p) / HZ * 1e6;
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const results = [];
for (const c of cases) { await web(c); await settle(); await bare(c); }
for (const c of cases) c.rounds = [];
for (let r = 0; r < rounds; r++) for (const c of cases) {
  const b = r % 2 ? await bare(c) : null, w = await web(c), later = await settle() / (w.rate * slice / 1000);
  c.rounds.push({ w, later, b: b ?? await bare(c) });
}
for (const c of cases) {
  const of = (f) => median(c.rounds.map(f));
  results.push({ case: c.name, tradewind_us: of((r) => r.w.us), server_us: of((r) => r.w.server), postgres_us: of((r) => r.w.postgres), later_us: of((r) => r.later), pgbench_us: of((r) => r.b.us), ratio: of((r) => r.b.us / r.w.us), must: c.must, goal: c.goal, requests_per_s: of((r) => r.w.rate), p50_ms: of((r) => r.w.p50), p99_ms: of((r) => r.w.p99), refused: c.rounds.reduce((n, r) => n + r.w.bad, 0) });
}
console.table(results.map((r) => Object.fromEntries(Object.entries(r).map(([k, v]) => [k, typeof v === 'number' ? Math.round(v * 100) / 100 : v]))));
const version = spawnSync(pgbench, ['--version'], { encoding: 'utf8' }).stdout.trim();
mkdirSync(join(root, 'bench/results'), { recursive: true });
writeFileSync(join(root, 'bench/results/latest.json'), JSON.stringify({ machine: `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB`, node: process.version, pgbench: version, rounds, slice_ms: slice, results }, null, 2) + '\n');
server.removeAllListeners('exit');
server.kill('SIGTERM');
await new Promise((ok) => server.on('exit', ok));
