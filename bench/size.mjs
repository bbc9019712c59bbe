// What the house costs as it grows and as it lives: a request among 100, 10,000 and 100,000 companies, memory after a million requests,
// the start to the first answer, and what a first page weighs on the wire.
//
//   node bench/size.mjs
//
// COMPANIES (100,10000,100000) and REQUESTS (1000000) say otherwise.
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import http from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { psql } from './captured.mjs';
import { House, binary, freePort, keep, machine, median } from './house.mjs';

const sizes = (process.env.COMPANIES || '100,10000,100000').split(',').map(Number), requests = Number(process.env.REQUESTS || 1_000_000);
const house = await House.start();
const first = house.company('bench');
const customer = (await first.ask('POST', '/api/v1/customers', { name: 'Rosa Rivera' })).id;
const lines = [];
const say = (line) => { console.log(line); lines.push(line); };
say(`${machine()}, node ${process.version}`);

// ---- companies: everything that lies in the first one lies in each, under its own id; the key of each is its own.
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** An id in 22 digits and letters, as a key names its company. */
const short = (id) => { let rest = BigInt(`0x${id.replaceAll('-', '')}`), out = ''; while (out.length < 22) { out = digits[Number(rest % 62n)] + out; rest /= 62n; } return out; };
const secret = () => Array.from(randomBytes(43), (byte) => digits[byte % 62]).join('');
const companies = [];
function grow(to) {
  const began = performance.now(), fresh = [];
  for (let n = companies.length + fresh.length; n < to; n += 1) {
    const id = randomUUID(), key = `tk_${short(id)}_${secret()}`;
    fresh.push({ n, id, key, hash: createHash('sha256').update(key).digest('hex') });
  }
  const rows = fresh.map((one) => `${one.n}\t${one.id}\t${one.hash}`).join('\n');
  psql(house, `
    set session_replication_role = replica; set synchronous_commit = off;
    create table if not exists public.others (n int, id uuid, hash text); truncate public.others;
    copy public.others from stdin;\n${rows}\n\\.
    insert into ctl.tenant (id, slug, name, plan, status, placement, settings, features, owner_email) select o.id, 'many-' || o.n, 'Many ' || o.n, t.plan, t.status, t.placement, t.settings, t.features, t.owner_email from ctl.tenant t, public.others o where t.id = '${first.id}';
    do $$ declare t record; columns text; begin
      for t in select c.oid::regclass as name from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname not in ('audit', 'record_version') loop
        select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_attribute where attrelid = t.name and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'tenant_id';
        execute format('insert into %s (tenant_id, %s) select o.id, %s from %s r, public.others o where r.tenant_id = %L', t.name, columns, (select string_agg('r.' || trim(c), ', ') from unnest(string_to_array(columns, ',')) c), t.name, '${first.id}');
      end loop; end $$;
    update app.api_key k set secret_hash = o.hash from public.others o where k.tenant_id = o.id;
    vacuum analyze; checkpoint;`);
  companies.push(...fresh);
  return (performance.now() - began) / 1000;
}

async function wrk(file, seconds) {
  const before = house.cpu();
  const out = await new Promise((ok, bad) => {
    const child = spawn('wrk', ['-t1', '-c16', `-d${seconds}s`, '--latency', '-s', file, `http://127.0.0.1:${house.port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (d) => (said += d));
    child.on('error', bad);
    child.on('exit', (code) => (code ? bad(new Error(said)) : ok(said)));
  });
  const after = house.cpu(), count = Number(out.match(/(\d+) requests in/)[1]), refused = Number(out.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0);
  if (refused) throw new Error(`${refused} of ${count} refused`);
  return { count, us: (after.server - before.server + after.postgres - before.postgres) / count };
}
const load = (name, list) => {
  const file = join(house.data, `${name}.lua`);
  const of = list.map((one) => `{"many-${one.n}.localhost:${house.port}","Bearer ${one.key}"}`);
  writeFileSync(file, `local list = {${of}}\nfunction request() local one = list[math.random(#list)] return wrk.format("GET", "/api/v1/customers/${customer}", {Host = one[1], authorization = one[2]}) end\n`);
  return file;
};
const costs = {};
for (const size of sizes) {
  const took = grow(size);
  const some = load('some', companies.filter((_, n) => n % Math.max(1, Math.floor(size / 100)) === 0).slice(0, 100)), every = load('every', companies);
  await wrk(some, 2);
  const rounds = { some: [], every: [] };
  for (let r = 0; r < 5; r += 1) { rounds.some.push((await wrk(some, 3)).us); rounds.every.push((await wrk(every, 3)).us); }
  costs[size] = { some: median(rounds.some), every: median(rounds.every), memory: house.memory() };
  say(`among ${size} companies (written in ${took.toFixed(0)} s): a customer of one of 100 that are busy ${costs[size].some.toFixed(0)} µs of CPU, of any of all ${costs[size].every.toFixed(0)} µs; the server holds ${costs[size].memory.toFixed(0)} MB`);
}
const [least, most] = [sizes[0], sizes.at(-1)];
say(`${most} companies cost ${(costs[most].some / costs[least].some).toFixed(2)} times what ${least} do where 100 are busy (must be at most 1.2), ${(costs[most].every / costs[least].every).toFixed(2)} where each request is for another`);

// ---- memory: as many requests as a busy day has, of the hundred.
const before = house.memory(), file = load('some', companies.slice(0, 100));
let done = 0;
while (done < requests) done += (await wrk(file, 10)).count;
say(`after ${done} requests the server holds ${house.memory().toFixed(0)} MB (${before.toFixed(0)} before; must be below 100)`);

// ---- start: a second server beside it on the same database, from its start to the first page.
const starts = [];
for (let n = 0; n < 7; n += 1) {
  const port = await freePort(), { host, port: number } = house.socket;
  const env = { ...house.env, TRADEWIND_LISTEN: `127.0.0.1:${port}`, DATABASE_URL: `postgres://postgres@/tradewind?host=${encodeURIComponent(host)}&port=${number}` };
  const began = performance.now();
  const second = spawn(binary, ['serve'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const answers = () => new Promise((ok) => { http.get({ host: '127.0.0.1', port, path: '/sign-in', headers: { host: `bench.localhost:${port}` } }, (res) => { res.resume(); ok(res.statusCode === 200); }).on('error', () => ok(false)); });
  while (!(await answers())) { if (performance.now() - began > 20_000) throw new Error('the second server does not answer'); await new Promise((ok) => setTimeout(ok, 3)); }
  starts.push(performance.now() - began);
  const gone = new Promise((ok) => second.once('exit', ok));
  second.kill('SIGTERM');
  await gone;
}
say(`start to the first answer, with the database ready and ${most} companies in it: p50 ${median(starts).toFixed(0)} ms, most ${Math.max(...starts).toFixed(0)} ms (must be below 1,000)`);

// ---- weight: the page and what it names, compressed as a browser asks for it.
const cookie = await first.signIn();
for (const [name, path, who] of [['sign-in', '/sign-in', ''], ['the first page of an office', '/', cookie], ['the dispatch board', '/board', cookie], ['the booking page', '/book', '']]) {
  const ask = (at) => first.send('GET', at, undefined, { authorization: '', accept: 'text/html,*/*', 'accept-encoding': 'br, gzip', ...(who && { cookie: who }) });
  const page = await ask(path);
  if (page.status !== 200) throw new Error(`${path}: ${page.status}`);
  const how = page.headers['content-encoding'], text = (how === 'br' ? brotliDecompressSync(page.bytes) : how === 'gzip' ? gunzipSync(page.bytes) : page.bytes).toString(), named = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+\.(?:css|js|mjs))"/g)].map(([, at]) => at);
  let bytes = page.bytes.length;
  for (const at of new Set(named)) bytes += (await ask(at)).bytes.length;
  say(`${name}: ${(bytes / 1000).toFixed(0)} kB of HTML, styles and scripts in ${new Set(named).size + 1} files (must be below 150)`);
}
keep('size.txt', `${lines.join('\n')}\n`);
await house.end();
