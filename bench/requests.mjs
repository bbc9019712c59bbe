// CPU per request of Tradewind (server + PostgreSQL) beside pgbench on the same statements, in interleaved rounds.
//
//   node bench/requests.mjs [rounds] [seconds a slice]
//
// TENANTS, LARGE and OWN say how many others there are (a thousand customers each), how many customers the largest has, and how many the one
// that is asked. CPU is what the operating system charged to the processes (/proc/<pid>/stat), so it does not matter how many cores the load
// generator has. A ratio of 0.65 means: of the CPU that Tradewind spends, pgbench would have needed 65 %.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { script } from './captured.mjs';
import { chart } from './chart.mjs';
import { ballast, work } from './fill.mjs';
import { House, keep, machine, median, root } from './house.mjs';
import { charged } from '../scripts/machine.mjs';

const rounds = Number(process.argv[2] || 5), slice = Number(process.argv[3] || 2);
const of = { tenants: Number(process.env.TENANTS || 1000), large: Number(process.env.LARGE || 750_000), own: Number(process.env.OWN || 40_000) };
const clients = 16;
const pgbench = ['18', '17', '16', '15'].map((v) => `/usr/lib/postgresql/${v}/bin/pgbench`).concat('/opt/homebrew/bin/pgbench').find(existsSync);
if (!pgbench) throw new Error('missing: pgbench (Debian: apt-get install postgresql-15)');
if (spawnSync('wrk', ['-v']).error) throw new Error('missing: wrk (Debian: apt-get install wrk)');
if (process.platform !== 'linux') throw new Error('this bench reads /proc: run it on Linux');
const pause = (ms) => new Promise((ok) => setTimeout(ok, ms));

const house = await House.start();
const company = house.company('bench');
const cookie = await company.signIn();
const filled = ballast(house, company, of);
console.log(`${of.tenants} companies of 1,000 customers, one of ${of.large}, one of ${of.own}: written in ${filled.toFixed(0)} s`);
const cases = JSON.parse(readFileSync(join(root, 'bench/cases.json'), 'utf8'));
const made = await work(company, { technicians: 50, visits: 400, drafts: Number(process.env.DRAFTS || rounds * slice * 500 + 1000) });
const ids = [];
for (let cursor = ''; ids.length < 2000; ) {
  const page = await company.ask('GET', `/api/v1/customers?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
  ids.push(...page.data.map((one) => one.id));
  cursor = page.next_cursor;
}

// One way to fill in a case, here and in wrk.
let spent = 0;
const known = { paper: made.paper, item: made.item, place: made.customers[20].place, day: made.day, customer: ids[1000] };
const fill = (path) => path.replace(/\{(\w+)\}/g, (_, name) => (name === 'draft' ? made.drafts[spent++] : known[name]));
// wrk adds a `Host` of its own beside one that is written otherwise.
const { host: Host, ...keyed } = company.headers;
const headersOf = (c) => (c.page ? { Host, cookie, accept: 'text/html' } : { Host, ...keyed, ...(c.body && { 'content-type': 'application/json' }) });
const plain = async (c) => {
  const answer = await company.send(c.method ?? 'GET', fill(c.path), c.body && JSON.stringify(c.body).replace('{random}', String(Math.random())), c.page ? { cookie, authorization: '', accept: 'text/html' } : {});
  if (answer.status >= 300) throw new Error(`${c.name}: ${answer.status} ${answer.text.slice(0, 400)}`);
};

const lua = (text) => JSON.stringify(text);
function write(c) {
  const path = `${lua(fill(c.once ? c.path.replace('{draft}', '~') : c.path.replace('{customer}', '~')))}`.replace('~', c.once ? '" .. next_draft() .. "' : '" .. ids[math.random(#ids)] .. "');
  const body = c.body ? `string.gsub(${lua(JSON.stringify(c.body))}, "{random}", tostring(math.random()))` : 'nil';
  const drafts = c.once ? `drafts = {${made.drafts.slice(spent).map(lua)}}\nat = 0\nfunction next_draft() at = at + 1 return drafts[at] or drafts[1] end\n` : '';
  const headers = Object.entries(headersOf(c)).map(([k, v]) => `[${lua(k)}] = ${lua(v)}`);
  writeFileSync(join(house.data, 'load.lua'), `math.randomseed(${Math.floor(Math.random() * 1e9)})\nids = {${ids.map(lua)}}\n${drafts}headers = {${headers}}\nfunction request() local body = ${body} return wrk.format(${lua(c.method ?? 'GET')}, ${path}, headers, body) end\n`);
}

/** Round trips of one request, as the program itself counts them; whoever else works meanwhile can only add to it. */
async function trips(c) {
  const read = async () => Number((await company.send('GET', '/metrics', undefined, { host: `localhost:${house.port}`, authorization: '' })).text.match(/^database_round_trips_total (\d+)/m)?.[1] ?? NaN);
  let least = Infinity;
  for (let n = 0; n < 5; n += 1) { const before = await read(); await plain(c); least = Math.min(least, (await read()) - before); }
  return least;
}

// A backend that has just ended is counted by nobody until the postmaster has taken leave of it.
const reaped = () => pause(400);

// wrk loads it: a generator of its own weight (node needs more CPU for a request than the server) would leave the server half idle, and
// an idle process pays for being woken at each request.
async function web(c) {
  write(c);
  await reaped();
  const before = house.cpu();
  const out = await new Promise((ok, bad) => {
    const child = spawn('wrk', ['-t1', `-c${clients}`, `-d${slice}s`, '--latency', '-s', join(house.data, 'load.lua'), `http://127.0.0.1:${house.port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (d) => (said += d));
    child.on('error', bad);
    child.on('exit', (code) => (code ? bad(new Error(`wrk ${c.name}: ${said}`)) : ok(said)));
  });
  const after = house.cpu();
  const find = (pattern) => Number(out.match(pattern)?.[1] ?? NaN), ms = (text) => parseFloat(text) * (text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1000);
  const count = find(/(\d+) requests in/);
  if (c.once) spent += count + clients;
  const bad = find(/Non-2xx or 3xx responses: (\d+)/) || 0;
  // A refused answer is no measure of anything: what the server says to the same request is shown beside the figures.
  if (bad) await plain(c).catch((e) => console.error(`refused under load, and alone: ${e.message}`));
  const server = (after.server - before.server) / count, postgres = (after.postgres - before.postgres) / count;
  return { us: server + postgres, server, postgres, rate: find(/Requests\/sec:\s+([\d.]+)/), p50: ms(out.match(/50%\s+(\S+)/)[1]), p99: ms(out.match(/99%\s+(\S+)/)[1]), bad };
}
async function bare(c) {
  if (!c.script) return null;
  writeFileSync(join(house.data, 'bare.sql'), c.script.text);
  await reaped();
  const before = house.cpu().postgres;
  const child = spawn(pgbench, ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(slice), '-f', join(house.data, 'bare.sql'), '-h', house.socket.host, '-p', house.socket.port, '-U', 'tw_app', 'tradewind'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '', err = '', mine = 0;
  const watch = setInterval(() => { mine = Math.max(mine, charged(child.pid)); }, 20);
  child.stdout.on('data', (d) => (out += d)); child.stderr.on('data', (d) => (err += d));
  const code = await new Promise((ok) => child.on('exit', ok));
  clearInterval(watch);
  await reaped();
  const count = Number(out.match(/number of transactions actually processed: (\d+)/)?.[1]);
  if (code || !count || /aborted/.test(err)) throw new Error(`pgbench ${c.name}: ${err.slice(0, 1000)}`);
  return { us: (house.cpu().postgres - before + mine * 1e6) / count };
}
// What a change leaves to be done (relay, subscribers) is waited for and counted apart: else the next case would pay for it.
async function settle() {
  const used = () => { const { server, postgres } = house.cpu(); return server + postgres; };
  const begun = used();
  for (let n = 0, calm = 0; n < 120 && calm < 4; n += 1) {
    const before = used();
    await pause(500);
    calm = used() - before < 30_000 ? calm + 1 : 0;
  }
  return used() - begun;
}

for (const c of cases) {
  c.trips = await trips(c);
  // A number is given once only, so the statements that give it cannot be given to pgbench a thousand times.
  if (!c.once) c.script = await script(house, () => plain(c), Boolean(c.method));
  await settle();
}
for (const c of cases) { await web(c); await settle(); await bare(c); c.rounds = []; }
for (let r = 0; r < rounds; r += 1) for (const c of cases) {
  const b = r % 2 ? await bare(c) : null, w = await web(c), later = (await settle()) / (w.rate * slice);
  c.rounds.push({ w, later, b: b ?? (await bare(c)) });
}
const results = cases.map((c) => {
  const mid = (f) => median(c.rounds.map(f));
  const beside = c.script && { pgbench_us: mid((r) => r.b.us), ratio: mid((r) => r.b.us / r.w.us), must: c.must, goal: c.goal };
  return { case: c.name, tradewind_us: mid((r) => r.w.us), server_us: mid((r) => r.w.server), postgres_us: mid((r) => r.w.postgres), later_us: mid((r) => r.later), ...beside, round_trips: c.trips, statements: c.script?.statements, requests_per_s: mid((r) => r.w.rate), p50_ms: mid((r) => r.w.p50), p99_ms: mid((r) => r.w.p99), refused: c.rounds.reduce((n, r) => n + r.w.bad, 0) };
});
const list = results.find((one) => one.case === 'list'), html = results.find((one) => one.case === 'HTML list');
console.table(results.map((r) => Object.fromEntries(Object.entries(r).map(([k, v]) => [k, typeof v === 'number' ? Math.round(v * 100) / 100 : v]))));
console.log(`the list as a page costs ${(html.server_us / list.server_us).toFixed(2)} of what it costs as JSON (CPU of the server)`);
const version = spawnSync(pgbench, ['--version'], { encoding: 'utf8' }).stdout.trim();
const kept = { machine: machine(), node: process.version, pgbench: version, rows: of, fill_s: Math.round(filled), rounds, slice_ms: slice * 1000, html_over_json: html.server_us / list.server_us, memory_mb: Math.round(house.memory()), results };
keep('requests.json', kept);
keep('requests.svg', chart(`CPU per request, µs (${kept.machine})`, results.map((one) => ({ name: one.case, parts: [['server', one.server_us], ['PostgreSQL', one.postgres_us]], mark: one.pgbench_us }))));
await house.end();
const failed = results.filter((one) => one.ratio < one.must || one.refused);
for (const one of failed) console.log(`falls short: ${one.case}, ratio ${one.ratio?.toFixed(2)}, refused ${one.refused}`);
process.exit(failed.length ? 1 : 0);
