// `make load`: many clients of many companies at once, of pages and of the API; then one company that asks fifty times more than it may, and
// one that leaves a hundred thousand jobs behind, beside others who must not notice. A report in target/load, JSON and HTML; the long run's
// figures and chart in bench/results. Exit 1 when a promise is not kept. CLIENTS, TENANTS, SECONDS, PAUSE and JOBS bound it; `--short` takes
// a minute and holds to what is answered, not to how fast, for the machine may be doing something else.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ground, Serving, companies, freePort, root, signIn } from './house.mjs';
import { chart } from './load/chart.mjs';
import { charged, chargedToPostgres, cores, machine, memory } from './machine.mjs';
import { options, report, version, wait } from './report.mjs';

const short = Boolean(options.short);
const { out, part, end } = report(root, 'load', {
  title: 'Tradewind under load', held: 'Everything held.', open: 'Something did not hold.', command: 'make load',
  about: 'Clients that ask as people and programs do: pages and the API, mostly reading, in companies of both placements.',
});
const logs = join(out, 'logs');
const programs = process.env.LOAD_BIN || join(root, `target/${short ? 'debug' : 'release'}`);
// What founds the companies and asks is not what is measured.
const tools = process.env.LOAD_TOOLS || programs;
const given = (name, long, brief) => Number(process.env[name] || (short ? brief : long));
const [many, tenants, seconds, pause, jobs] = [given('CLIENTS', 1000, 60), given('TENANTS', 100, 6), given('SECONDS', 600, 8), given('PAUSE', 2, 1), given('JOBS', 100_000, 10_000)];
const seed = Number(process.env.SEED || 1);
const scratch = mkdtempSync(join(tmpdir(), 'tradewind-load.'));
chmodSync(scratch, 0o755);
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const data = join(scratch, 'data');
mkdirSync(data);
const ground = await new Ground(join(scratch, 'postgres'), tools, logs).start();
const all = [...companies(ground, tools, data, Math.ceil(tenants / 2), 'pooled', 'pool'), ...companies(ground, tools, data, Math.floor(tenants / 2), 'dedicated', 'own')];

const JSON_ = { 'content-type': 'application/json' };
/** Each company gets what a day needs: customers, a technician, visits, invoices, and its owner signed in. */
async function furnish(house, company, customers) {
  const post = async (path, body) => {
    const made = await house.ask({ method: 'POST', path, host: company.host, key: company.api_key, body, headers: JSON_ });
    if (made.status >= 300) throw new Error(`${path}: ${made.status} ${made.text.slice(0, 200)}`);
    return JSON.parse(made.text).id;
  };
  const ids = { customer: [], invoice: [], technician: [await post('/api/v1/technicians', { name: 'Marco', email: `marco@${company.slug}.example` })] };
  for (let n = 0; n < customers; n += 1) ids.customer.push(await post('/api/v1/customers', { name: `Rivera ${n}`, phone: `(217) 555-${String(1000 + n)}` }));
  for (const customer of ids.customer.slice(0, 3)) ids.invoice.push(await post('/api/v1/invoices', { customer_id: customer, lines: [{ description: 'Run capacitor', unit_price: { amount: '107.00', currency: 'USD' } }] }));
  const cookie = await signIn(house, company.host, { email: `olive@${company.slug}.example`, password: 'a stage for faults' });
  return { group: company.placement, host: company.host, key: company.api_key, cookie, ids };
}

const page = (name, path, share) => ({ name, method: 'GET', path, share, page: true, good: [200] });
const read = (name, path, share) => ({ name, method: 'GET', path, share, good: [200] });
const write = (name, path, share, body, good = [201]) => ({ name, method: 'POST', path, share, body: JSON.stringify(body), good });
/** Of a hundred requests: 45 pages, 40 of programs that read, 15 that write. */
const DAY = [
  page('page: today', '/', 10), page('page: board', '/board', 10), page('page: customers', '/customers', 8), page('page: customer', '/customers/{customer}', 10), page('page: invoices', '/invoices', 4), page('page: invoice', '/invoices/{invoice}', 3),
  read('get customer', '/api/v1/customers/{customer}', 15), read('list customers', '/api/v1/customers?limit=50', 8), read('search customers', '/api/v1/customers?q=rivera', 7), read('list visits', '/api/v1/appointments?limit=50', 6), read('get invoice', '/api/v1/invoices/{invoice}', 4),
  write('add customer', '/api/v1/customers', 6, { name: 'Load {n}' }), write('book visit', '/api/v1/appointments', 5, { customer_id: '{customer}', title: 'Load {n}', starts_at: '{half_hour}', duration_minutes: 30, technician_id: '{technician}', anyway: true }, [201, 409]),
  write('draft invoice', '/api/v1/invoices', 2, { customer_id: '{customer}', reference: 'Load {n}', lines: [{ description: 'Run capacitor', unit_price: { amount: '107.00', currency: 'USD' } }] }), write('write note', '/api/v1/customers/{customer}/notes', 2, { body: 'Load {n}' }),
];

/** Lets clients loose; what they saw, and what it cost whom. */
async function load(house, plan) {
  const file = join(scratch, 'plan.json');
  writeFileSync(file, JSON.stringify({ address: `127.0.0.1:${house.port}`, seed, takes: DAY, pause, ...plan }));
  const before = [charged(house.process.pid), chargedToPostgres(ground.pid), memory(house.process.pid)];
  const child = spawn(join(tools, 'load'), [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece) => { said += piece; });
  const code = await new Promise((done) => child.on('exit', done));
  if (code !== 0) throw new Error('the clients ended early');
  const seen = JSON.parse(said);
  const cost = { clients: seen.cpu_seconds, server: charged(house.process.pid) - before[0], postgres: chargedToPostgres(ground.pid) - before[1] };
  return { ...seen, cost, memory: [before[2], memory(house.process.pid)].map(Math.round) };
}
const requests = (kinds) => kinds.reduce((sum, kind) => sum + kind.requests, 0);
const refused = (kinds) => kinds.reduce((sum, kind) => sum + (kind.answers[429] ?? 0), 0);
const results = { machine: machine(), postgres: ground.sql('show server_version'), commit: version(root), clients: many, tenants, seconds, pause };

const serving = async (name, env = {}) => { const house = new Serving(name, ground, { programs, logs, data, port: await freePort(), env }); await house.start(); return house; };
const founding = await serving('founding');
const furnished = [];
for (const company of all) furnished.push(await furnish(founding, company, short ? 5 : 30));
await founding.stop();

await part('mix', `${many} clients at once in ${tenants} companies, half of them in schemas of their own, for ${seconds} s: pages and the API, 85 % reading, 15 % writing, each resting some ${pause} s after an answer.`,
  'Clients that ask for what is not there are counted as errors.', async () => {
    const house = await serving('mix');
    await load(house, { clients: Math.min(many, 50), companies: furnished, seconds: short ? 2 : 20 });
    const seen = await load(house, { clients: many, companies: furnished, seconds });
    const planted = await load(house, { clients: 5, companies: furnished, seconds: 1, pause: 0.1, takes: [read('nowhere', '/api/v1/nowhere', 1)] });
    await house.stop();
    const errors = seen.kinds.reduce((sum, kind) => sum + kind.errors, 0) + refused(seen.kinds);
    const { p50_ms: p50, p95_ms: p95, p99_ms: p99 } = seen.all;
    results.mix = seen;
    const line = (kind) => `${kind.kind} (${kind.group}): ${kind.requests}, p50 ${kind.p50_ms.toFixed(1)} ms, p95 ${kind.p95_ms.toFixed(1)} ms, p99 ${kind.p99_ms.toFixed(1)} ms`;
    return {
      ok: errors === 0 && planted.kinds.some((kind) => kind.errors > 0) && requests(seen.kinds) > many && (short || p95 < 100),
      figures: [
        `${requests(seen.kinds)} requests, ${Math.round(requests(seen.kinds) / seen.seconds)} a second, ${errors} errors; p50 ${p50?.toFixed(1)} ms, p95 ${p95?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms`,
        `CPU: server ${seen.cost.server.toFixed(1)} s, PostgreSQL ${seen.cost.postgres.toFixed(1)} s, the clients themselves ${seen.cost.clients.toFixed(1)} s of ${(seen.seconds * cores).toFixed(0)} s; memory of the server ${seen.memory[0]} MB before, ${seen.memory[1]} MB after`,
        ...seen.odd.slice(0, 3), ...(short ? [] : seen.kinds.map(line)),
      ],
    };
  });

await part('neighbour', 'One company asks fifty times as often as it may, beside three who ask as often as ever. It is refused, and they notice nothing.',
  'Where nothing is limited the same flood is refused nothing, which the same count finds.', async () => {
    const limit = short ? 60 : 600;
    const rates = { TRADEWIND_RATE_TENANT: String(limit), TRADEWIND_RATE_PRINCIPAL: String(limit) };
    const [first, ...rest] = furnished;
    const [loud, others] = [{ ...first, group: 'loud' }, rest.slice(0, 3).map((company) => ({ ...company, group: 'quiet' }))];
    const lasts = short ? 8 : 60;
    // Fifty clients that ask ten times a second each are five hundred a second; the limit is ten. Six others, twice a second each. The
    // short run has a smaller limit and asks as fast as the machine lets it.
    const quiet = Array.from({ length: short ? 3 : 6 }, (_, n) => ({ ...others[n % 3], haste: short ? 8 : 1 }));
    const flood = Array.from({ length: 50 }, () => ({ ...loud, haste: short ? 0 : 0.2 }));
    const ask = (house, who, takes = DAY.filter((take) => take.good[0] === 200)) => load(house, { clients: who.length, companies: who, seconds: lasts, pause: 0.5, takes });
    const house = await serving('limited', rates);
    const alone = await ask(house, quiet);
    const beside = await ask(house, [...quiet, ...flood]);
    await house.stop();
    const free = await serving('unlimited');
    const unlimited = await load(free, { clients: 50, companies: flood, seconds: short ? 4 : 10, pause: 0.5 });
    await free.stop();
    const of = (seen, group) => seen.groups.find((one) => one.group === group);
    const [before, after, noise] = [of(alone, 'quiet'), of(beside, 'quiet'), of(beside, 'loud')];
    const ratio = after.p99_ms / before.p99_ms;
    const times = noise.requests / beside.seconds / (limit / 60);
    results.neighbour = { limit_a_minute: limit, times_the_limit: times, alone: before, beside: after, loud: noise, ratio };
    const bad = (group) => group.errors + (group.answers[429] ?? 0);
    return {
      ok: bad(before) === 0 && bad(after) === 0 && (noise.answers[429] ?? 0) > 0 && noise.errors === 0 && refused(unlimited.kinds) === 0 && requests(unlimited.kinds) > limit && (short || (ratio <= 1.5 && times >= 45)),
      figures: [`asked ${times.toFixed(0)} times its limit: ${noise.requests} requests, ${noise.answers[429] ?? 0} refused; the others: ${after.requests} requests, ${bad(after)} errors, p99 ${after.p99_ms.toFixed(1)} ms beside it, ${before.p99_ms.toFixed(1)} ms alone: ${ratio.toFixed(2)} times`, ...beside.odd.slice(0, 3)],
    };
  });

await part('jobs', `One company has ${jobs} jobs waiting, another ten: the ten are done within 10 s.`,
  'The many still wait when the ten are done; else nothing was in their way.', async () => {
    const [loud, quiet] = [all[0], all[all.length - 1]];
    const enqueue = (company, count) => ground.sql(`
      insert into ops.job (tenant_id, id, kind, body, run_at, created_at)
      select '${company.id}', gen_random_uuid(), 'subscriber:customers.timeline',
        jsonb_build_object('id', gen_random_uuid(), 'at', now(), 'kind', 'customer.restored', 'subject', c.id, 'body', jsonb_build_object('customer', c.id)), now(), now()
      from generate_series(1, ${count}), lateral (select id from "${company.schema}".customer where tenant_id = '${company.id}' order by id limit 1) as c`);
    const left = (company) => ground.number(`select count(*) from ops.job where tenant_id = '${company.id}' and state in ('ready', 'running')`);
    enqueue(loud, jobs);
    const house = await serving('jobs');
    await wait(1000);
    const begun = Date.now();
    enqueue(quiet, 10);
    while (left(quiet) > 0 && Date.now() - begun < 60_000) await wait(20);
    const [took, waiting] = [Date.now() - begun, left(loud)];
    const dead = ground.number("select count(*) from ops.job where state = 'dead'");
    ground.sql(`delete from ops.job where tenant_id = '${loud.id}' and state = 'ready'`);
    await house.stop();
    results.jobs = { of_one: jobs, beside_ms: took, still_waiting: waiting };
    return { ok: took < 10_000 && waiting > 0 && dead === 0, figures: [`ten done in ${took} ms, while ${waiting} of the other still waited`] };
  });

const code = end(results);
if (!short && !options.only) {
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  writeFileSync(join(root, 'bench/results/load.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(root, 'bench/results/load.svg'), chart(results));
}
await ground.stop();
process.exit(code);
