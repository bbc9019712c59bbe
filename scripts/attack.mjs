// `make attack`: everything we know of to get at another company's data or at the house itself, at length, on this machine alone; a report
// that a company could be shown, target/attack/report.html, and the same as JSON. Exit 1 when anything got through, or when a part
// that must find what was planted for it did not. `--short` takes minutes; `--only=word,word` takes those parts.
import { spawn, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, root } from './house.mjs';
import { leftOut, options, report, wait } from './report.mjs';
import { scripts } from '../web/tools/scripts.mjs';

const short = Boolean(options.short);
const { out, part, end, wanted } = report(root, 'attack', {
  title: 'Tradewind under attack', held: 'Everything held.', open: 'Something did not hold.', command: 'make attack',
  about: 'Two companies of one installation, and somebody who wants what is the other’s, without touching anybody else’s.',
});
const programs = process.env.ATTACK_BIN || join(root, 'target/debug');
const seconds = Number(process.env.ATTACK_SECONDS || (short ? 60 : 1800));
const probes = Number(process.env.ATTACK_PROBES || (short ? 100_000 : 1_000_000));
const scratch = mkdtempSync(join(tmpdir(), 'tradewind-attack.'));
const running = [];
const leave = () => { for (const child of running) { try { child.stdin?.end(); child.kill('SIGTERM'); } catch { /* it has ended */ } } rmSync(scratch, { recursive: true, force: true }); };
process.on('exit', leave);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** Runs a program to its end, its words into a log; { code, text }. */
async function run(name, program, args, { env = {}, limit = 3600, cwd = root } = {}) {
  const log = join(out, 'logs', `${name}.log`);
  const file = openSync(log, 'w');
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', file, file] });
  running.push(child);
  const timer = setTimeout(() => child.kill('SIGTERM'), limit * 1000);
  const code = await new Promise((done) => { child.on('exit', (code) => done(code)); child.on('error', () => done(127)); });
  clearTimeout(timer);
  return { code, text: readFileSync(log, 'utf8') };
}

/** Tests of ours by name: held when all passed and at least one ran. Lines that count something are taken along. */
async function tests(name, args, words, env) {
  const { code, text } = await run(name, process.env.CARGO || 'cargo', ['test', '--workspace', ...args, '--', ...words, '--nocapture'], { env, limit: seconds * 2 + 3600 });
  const ran = [...text.matchAll(/test result: \w+\. (\d+) passed; (\d+) failed/g)].reduce(([p, f], m) => [p + Number(m[1]), f + Number(m[2])], [0, 0]);
  const counted = text.split('\n').filter((line) => /probes, no leak|requests? |ways out|cells of CSV|forged tokens|named statements/.test(line) && /^\d/.test(line.trim()));
  const left = text.split('\n').filter((line) => line.startsWith('LEFT OUT'));
  return { ok: code === 0 && ran[0] > 0 && ran[1] === 0, figures: [`${ran[0]} tests passed, ${ran[1]} failed`, ...counted.map((line) => line.trim()), ...left] };
}

await part('neighbour', 'Every address that takes an id, in path, query and body, asked by one company for another one’s: by token, key, session, phone, each role and nobody, in every pairing of shared and separate placement.',
  'Row-level security, the tenant in the statement and the permission are each taken away in a test of its own; what then stands or falls is found.',
  () => tests('neighbour', ['--test', 'house'], ['neighbour'], { ATTACK_PROBES: String(probes), ATTACK_SECONDS: String(seconds) }));
await part('corpora', 'Hosts that are not ours, ways out of folders, names of files that are ways, formulas in exports.',
  'The words looked for are found where they are allowed to be; each formula is one.',
  () => tests('corpora', ['--test', 'house'], ['attack']));
await part('bodies', 'Every field of every form and every body of the API spoilt in one place at a time: other types, missing, too long, SQL, HTML, control characters.',
  'A planted door that believes what it is told is found.', () => tests('bodies', ['--test', 'house'], ['bad_input']));
await part('fuzz', 'Hosts, credentials, cursors, filters, bodies and files at random: never a fault of ours, never slow.',
  'A planted door that breaks is found.', () => tests('fuzz', ['--test', 'house'], ['fuzz'], { FUZZ_CASES: short ? '64' : '2000' }));
await part('tokens', 'Access tokens that differ from a good one in one thing: other keys, other algorithms, none, other companies, expired, cut, doubled.',
  'The forger’s own faultless token is believed.', () => tests('tokens', ['--test', 'tokens'], ['no_forged_token_is_believed']));
await part('ssrf', 'Addresses that lead back to our own machines, in every spelling, by redirects, and by a name server that says one thing and then another.',
  'The same requests to an allowed machine arrive.', () => tests('ssrf', ['--test', 'door'], []));

// The house as it runs, with companies of its own, for other people's tools and a browser.
const tools = join(root, 'target/attack-env/bin');
const needsServer = ['xss', 'schemathesis', 'sqlmap', 'secrets'].some(wanted);
let house;
if (needsServer) {
  // ATTACK_BIN names a folder of programs that are built already.
  const built = process.env.ATTACK_BIN ? { status: 0 } : spawnSync(process.env.CARGO || 'cargo', ['build', '--workspace', '--bins'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (built.status !== 0) process.exit(1);
  const port = await freePort();
  const env = { ...process.env, TRADEWIND_DATA_DIR: join(scratch, 'data'), TRADEWIND_LISTEN: `127.0.0.1:${port}`, TRADEWIND_RATE_PRINCIPAL: '4000000', TRADEWIND_RATE_TENANT: '4000000', TRADEWIND_RATE_VISITOR: '4000000', TRADEWIND_RATE_CAREFUL: '4000000' };
  const log = openSync(join(out, 'logs', 'server.log'), 'w');
  const server = spawn(join(programs, 'tradewind'), ['serve'], { cwd: root, env, stdio: ['ignore', log, log] });
  running.push(server);
  const get = (host, path, headers = {}, method = 'GET', body) => new Promise((done) => {
    const going = request({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (piece) => { text += piece; }).on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
    });
    going.on('error', () => done({ status: 0, headers: {}, text: '' }));
    going.end(body);
  });
  for (let tries = 0; tries < 120 && (await get('localhost', '/readyz')).status !== 200; tries += 1) await wait(500);
  const company = (slug, placement) => {
    const made = spawnSync(join(programs, 'tradewind'), ['tenant', 'create', '--name', `Attacked ${slug}`, '--slug', slug, '--plan', 'enterprise', '--placement', placement, '--owner-email', `olive@${slug}.example`, '--owner-password', 'attack me at length', '--json'], { cwd: root, env, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`no company: ${made.stdout} ${made.stderr}`);
    return { ...JSON.parse(made.stdout), slug, host: `${slug}.localhost:${port}`, url: `http://${slug}.localhost:${port}`, password: 'attack me at length' };
  };
  house = { port, get, company, log: join(out, 'logs', 'server.log') };
}
const faults = () => [...new Set((readFileSync(house.log, 'utf8').match(/"message":"failed".*|failed .*error=.*/g) ?? []).map((line) => line.slice(0, 200)))];

await part('xss', 'Markup and script in every text field that the API takes; then every page opened in Chromium.',
  'The same markup, in a page that does not escape it, is seen and runs.', async () => scripts(house, { root, short, out }));

await part('schemathesis', 'The document of the API against the house as it runs (schemathesis, from PyPI): requests made from the document, and against it.',
  'Who is not let in tests nothing: how many requests were done is counted, and too few are a failure.', async () => {
    if (!existsSync(join(tools, 'schemathesis'))) return leftOut('schemathesis is not here (sh scripts/attack-env.sh fetches it)');
    const acme = house.company('schema', 'dedicated');
    const budget = Math.min(seconds, short ? 60 : 1800);
    const before = readFileSync(house.log, 'utf8').length;
    const { code, text } = await run('schemathesis', join(tools, 'schemathesis'), ['run', join(root, 'golden/openapi.json'), '--url', `http://127.0.0.1:${house.port}`, '-H', `Host: ${acme.host}`, '-H', `X-API-Key: ${acme.api_key}`,
      '--checks', 'not_a_server_error', '--max-examples', short ? '3' : '30', '--max-time', String(budget), '--phases', short ? 'coverage,fuzzing' : 'examples,coverage,fuzzing', '--continue-on-failure', '--workers', '1', '--request-timeout', '10', '--generation-deterministic', '--generation-with-security-parameters', 'false', '--no-color',
      '--exclude-path-regex', '/auth/|/account/|api-keys|/sign-out', '--warnings', 'off', '--report', 'json', '--report-dir', join(out, 'schemathesis')], { limit: budget + 300, env: { PYTHONUNBUFFERED: '1' }, cwd: scratch });
    const line = (pattern) => text.match(pattern)?.[0]?.trim();
    const tested = Number(text.match(/Tested: (\d+)/)?.[1] ?? 0);
    const cases = line(/[\d,]+ generated.*/) ?? line(/[\d,]+ test cases.*/);
    // A door that is shut to everything proves nothing: most must come in, and many be done.
    const answers = [...readFileSync(house.log, 'utf8').slice(before).matchAll(/"status":(\d)(\d\d)/g)];
    const share = (test) => answers.filter(test).length;
    const [done, shut] = [share((m) => m[1] === '2'), share((m) => m[1] + m[2] === '401')];
    const cameIn = done >= 30 && shut * 5 < answers.length;
    // The tool trips over itself now and then (a KeyError of its own); that is said, and counts only when it happens often.
    const failed = /=+ FAILURES =+/.test(text) || faults().length > 0;
    const tripped = Math.max(0, ...[...text.matchAll(/(\d+) errors?\b/g)].map((m) => Number(m[1])));
    return { ok: !failed && tripped <= 3 && [0, 1].includes(code) && tested > 100 && cameIn, figures: [`${tested} operations tested`, cases, `${answers.length} answers: ${done} done, ${answers.length - done - shut} refused with a reason, ${shut} not let in`, failed ? 'answers that must not be, see logs/schemathesis.log' : 'no answer that must not be', tripped ? `the tool itself tripped ${tripped} times` : null].filter(Boolean) };
  });

/** Every request with a JSON body: what the document asks for, and a star behind each text, where sqlmap puts what it tries. */
function bodiesOf(document) {
  const formats = { uuid: '0190b6a2-7c1e-7def-8000-0123456789ab', date: '2026-06-24', 'date-time': '2026-06-24T15:00:00Z', email: 'ada@example.com' };
  const named = (schema) => (schema?.$ref ? named(document.components.schemas[schema.$ref.split('/').pop()]) : (schema?.allOf ?? schema?.oneOf ?? schema?.anyOf)?.map(named).find((one) => one?.type !== 'null') ?? schema);
  const sample = (given, depth = 0) => {
    const schema = named(given), type = [schema?.type].flat().find((one) => one !== 'null');
    if (schema?.const !== undefined) return schema.const;
    if (schema?.enum) return schema.enum[0];
    if (type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name, one]) => depth < 2 && (schema.required?.includes(name) || [named(one)?.type].flat().includes('string'))).map(([name, one]) => [name, sample(one, depth + 1)]));
    if (type === 'array') return depth < 2 ? [sample(schema.items, depth + 1)] : [];
    if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
    if (type === 'boolean') return true;
    return `${formats[schema?.format] ?? 'rivera'}*`;
  };
  return Object.entries(document.paths).flatMap(([path, operations]) => ['post', 'put', 'patch'].flatMap((method) => {
    const schema = operations[method]?.requestBody?.content?.['application/json']?.schema;
    // Whoever signs in or is asked by a code is counted, and kept out after a few tries.
    if (!schema || !path.startsWith('/api/') || /auth|api-keys/.test(path)) return [];
    const body = JSON.stringify(sample(schema));
    return body.includes('*') ? [[method.toUpperCase(), path, body]] : [];
  }));
}

await part('sqlmap', 'SQL injection into every parameter of every list and address and every text of every body, by sqlmap (from PyPI).',
  'A hole planted in a program of the tests must be found by the same call.', async () => {
    if (!existsSync(join(tools, 'sqlmap'))) return leftOut('sqlmap is not here (sh scripts/attack-env.sh fetches it)');
    const budget = Math.min(seconds, short ? 60 : 3600);
    // Each refusal has an id of its own, by which two equal answers look different: sqlmap then takes chance for a hole. It compares them without.
    const still = join(scratch, 'still');
    mkdirSync(still);
    writeFileSync(join(still, '__init__.py'), '');
    writeFileSync(join(still, 'without_ids.py'), 'import re\n\ndef postprocess(page, headers=None, code=None):\n    return re.sub(r\'"instance":"[^"]*"\', "", page) if page else page, headers, code\n');
    const common = [`--postprocess=${join(still, 'without_ids.py')}`, '--batch', '--level=1', '--risk=1', '--threads=4', '--timeout=10', '--retries=0', '--dbms=PostgreSQL', '--flush-session', '--disable-coloring', '--skip-waf', '--ignore-code=401,400,403,404,405,409,422'];
    const holePort = await freePort();
    const hole = spawn(join(programs, 'planted-hole'), [`127.0.0.1:${holePort}`], { cwd: root, stdio: ['pipe', 'ignore', 'inherit'] });
    running.push(hole);
    const open = () => new Promise((done) => { request({ host: '127.0.0.1', port: holePort, path: '/people?name=Ada' }, (answer) => { answer.resume(); done(true); }).on('error', () => done(false)).end(); });
    for (let tries = 0; tries < 60 && !(await open()); tries += 1) await wait(500);
    const planted = await run('sqlmap-planted', join(tools, 'sqlmap'), ['-u', `http://127.0.0.1:${holePort}/people?name=Ada`, '--technique=BEU', '--output-dir', join(scratch, 'planted'), ...common], { limit: 300 });
    hole.stdin.end();
    const seen = /identified the following injection point|is vulnerable|Parameter: name \(GET\)/.test(planted.text);
    const acme = house.company('sql', 'pooled');
    const document = JSON.parse(readFileSync(join(root, 'golden/openapi.json'), 'utf8'));
    const targets = [];
    for (const [path, operations] of Object.entries(document.paths)) {
      const operation = operations.get;
      if (!path.startsWith('/api/') || !operation) continue;
      const sample = (schema) => schema?.format === 'uuid' ? '0190b6a2-7c1e-7def-8000-0123456789ab' : [schema?.type].flat().includes('integer') ? '1' : (schema?.enum?.[0] ?? 'rivera');
      const query = (operation.parameters ?? []).filter((p) => p.in === 'query' && !['cursor', 'limit'].includes(p.name)).map((p) => `${p.name}=${encodeURIComponent(sample(p.schema))}`).join('&');
      // A star is where sqlmap puts what it tries in a path.
      const where = path.replace(/\{[^}]+\}/g, '1*');
      if (query) targets.push(`http://127.0.0.1:${house.port}${path.replace(/\{[^}]+\}/g, '0190b6a2-7c1e-7def-8000-0123456789ab')}?${query}`);
      if (where !== path) targets.push(`http://127.0.0.1:${house.port}${where}`);
    }
    const some = (all, most) => (short ? all.filter((_, n) => n % Math.ceil(all.length / most) === 0) : all);
    const list = join(scratch, 'targets.txt'), taken = some(targets, 30);
    writeFileSync(list, taken.join('\n'));
    const { text } = await run('sqlmap', join(tools, 'sqlmap'), ['-m', list, `--headers=Host: ${acme.host}\nX-API-Key: ${acme.api_key}`, '--technique=BEU', '--output-dir', join(scratch, 'sqlmap'), ...common], { limit: budget });
    const tried = new Set([...text.matchAll(/URL:\s*\n?\s*GET (\S+)/g)].map((m) => m[1])).size;
    // Bodies: requests as a proxy would have written them down, with a star behind each text. sqlmap goes where their host says, so the key names the company.
    const bodies = bodiesOf(document).map(([method, path, body]) => `${'='.repeat(54)}\n${method} ${path.replace(/\{[^}]+\}/g, '0190b6a2-7c1e-7def-8000-0123456789ab')} HTTP/1.1\nHost: 127.0.0.1:${house.port}\nContent-Type: application/json\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}\n`);
    const sent = some(bodies, 12), book = join(scratch, 'bodies.txt');
    writeFileSync(book, `${sent.join('')}${'='.repeat(54)}\n`);
    const posted = await run('sqlmap-bodies', join(tools, 'sqlmap'), ['-l', book, `--headers=X-API-Key: ${acme.api_key}`, '--technique=BEU', '--output-dir', join(scratch, 'sqlmap-bodies'), ...common], { limit: budget });
    const both = text + posted.text;
    const parameters = (within) => [...within.matchAll(/heuristic \(basic\) test shows that .*? might (?:not )?be /g)].length;
    const found = [...both.matchAll(/identified the following injection point|appears to be injectable|is vulnerable\. Do you/g)].length;
    return { ok: seen && found === 0 && parameters(text) > 5 && parameters(posted.text) > 3, figures: [`the planted hole was ${seen ? 'found' : 'NOT FOUND'}`, `${parameters(text)} parameters of ${tried} addresses tried (there are ${targets.length}), ${parameters(posted.text)} fields of bodies (of ${sent.length} of ${bodies.length} that take one), ${found} found open`, `bounded to ${budget} s each`] };
  });

await part('secrets', 'What was issued during the attack (keys, passwords, cookies) looked for in the log of the house.',
  'A word that was logged is found by the same search.', async () => {
    const acme = house.company('secret', 'pooled');
    const signIn = await house.get(acme.host, '/sign-in', { 'content-type': 'application/x-www-form-urlencoded', origin: acme.url }, 'POST', new URLSearchParams({ email: 'olive@secret.example', password: acme.password }).toString());
    const cookie = String(signIn.headers['set-cookie'] ?? '').split(';')[0].split('=')[1] ?? '';
    await house.get(acme.host, '/api/v1/customers', { authorization: `Bearer ${acme.api_key}x` });
    await house.get(acme.host, `/customers?q=${acme.api_key}`, { cookie: `__Host-tradewind=${cookie}` });
    await wait(500);
    const log = readFileSync(house.log, 'utf8');
    const secrets = { 'API key': acme.api_key, password: acme.password, cookie };
    const said = Object.entries(secrets).filter(([, secret]) => secret.length > 8 && log.includes(secret)).map(([name]) => name);
    const control = log.includes('/api/v1/customers') || log.includes('request');
    const broken = faults();
    return { ok: said.length === 0 && control && cookie.length > 8 && broken.length === 0, figures: [`${Object.keys(secrets).length} secrets, ${said.length ? `${said} in the log` : 'none in the log'}`, `${broken.length} faults of the house in its log during all of the above`, ...broken.slice(0, 5), 'every secret of the whole suite of tests is looked for in every table and log at the end of `make test`'] };
  });

process.exit(end());
