// `make test`: every program of the suite, two at a time, for the long tests of one leave a core idle that the next can use. Each of the two
// lanes has a PostgreSQL of its own: the passwords of its roles belong to the program that runs. At the end every table and log of both is
// searched for every secret that a test saw: passwords, cookies, tokens, keys, codes. Then load, alone. What failed is said once more at the
// very end. `--only=word,word` takes those programs; LANES is how many run at a time. Logs lie in target/suite.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { postgres, root } from './house.mjs';
import { options } from './report.mjs';

/** These take minutes: they begin first, and what is short fills the gaps. */
const LONG = ['tradewind house', 'tradewind journey', 'attack', 'tradewind commands', 'faults', 'tenancy sign_up', 'customers imports', 'scheduling one_winner', 'walls'];
const only = options.only ? String(options.only).split(',') : null;
const lanes = Number(process.env.LANES || 2);
const logs = join(root, 'target/suite');
rmSync(logs, { recursive: true, force: true });
mkdirSync(logs, { recursive: true });
const scratch = mkdtempSync(join(process.env.TMPDIR || tmpdir(), 'tradewind-test.'));
const canary = join(scratch, 'canary');
mkdirSync(canary);
const running = new Set();
const leave = () => { for (const child of running) child.kill('SIGTERM'); rmSync(scratch, { recursive: true, force: true }); };
process.on('exit', leave);

/** A program to its end, its words into a file: whether it was content, and what it said. */
async function run([program, ...words], { cwd = root, env = {}, log, shown = false } = {}) {
  const child = spawn(program, words, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', shown ? 'inherit' : 'pipe'] });
  running.add(child);
  const file = log && createWriteStream(log);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => { said.push(piece); file?.write(piece); });
  const code = await new Promise((done) => { child.on('error', (error) => { said.push(Buffer.from(String(error))); done(-1); }); child.on('close', done); });
  running.delete(child);
  file?.end();
  return { good: code === 0, text: Buffer.concat(said).toString() };
}
async function must(words, more) {
  const { good, text } = await run(words, { shown: true, ...more });
  if (!good) { console.error(text.slice(-4000)); process.exit(1); }
  return text;
}

/** Everything that cargo calls a test, by its package and its name. */
async function programs() {
  const told = await must(['cargo', 'test', '--workspace', '--no-run', '--message-format=json-render-diagnostics']);
  return told.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
    .filter(({ reason, profile, executable }) => reason === 'compiler-artifact' && profile.test && executable)
    .map(({ manifest_path: manifest, target, executable }) => {
      const folder = dirname(manifest);
      const name = target.kind.includes('test') ? `${basename(folder)} ${target.name}` : `${basename(folder)}, inside${target.kind.includes('bin') ? ` ${target.name}` : ''}`;
      return { name, words: [executable], cwd: folder, env: { CARGO_MANIFEST_DIR: folder } };
    });
}

/** A PostgreSQL for whatever runs in this lane. */
async function ground(number) {
  const { said } = await postgres(join(root, 'target/debug'), join(scratch, `server-${number}`), join(logs, `postgres-${number}.log`), ['--temp']);
  return said.match(/^dsn=(.*)$/m)[1];
}

// What cargo builds: the programs that the suite starts, and among them the gallery of the pieces of pages.
const gallery = join(scratch, 'gallery');
await must(['cargo', 'build', '--workspace', '--bins', '--examples']);
await must([join(root, 'target/debug/examples/gallery'), gallery]);
const work = [
  ...await programs(),
  { name: 'examples in the documentation', words: ['cargo', 'test', '--workspace', '--doc'] },
  { name: 'islands', words: ['node', '--test'], cwd: join(root, 'web'), env: { GALLERY: gallery } },
  // Other people's tools and a browser, and what ends in the middle, for some minutes; at length in `make attack` and `make faults`.
  { name: 'attack', words: ['node', 'scripts/attack.mjs', '--short', '--only=xss,schemathesis,sqlmap,secrets'], env: { ATTACK_BIN: join(root, 'target/debug') } },
  { name: 'faults', words: ['node', 'scripts/faults.mjs', '--short'] },
].filter(({ name }) => !only || only.some((word) => name.includes(word)));
if (!work.length) { console.error(`nothing of the suite is called ${only.join(' or ')}`); process.exit(1); }
const place = ({ name }) => { const at = LONG.findIndex((one) => name.startsWith(one)); return at < 0 ? LONG.length : at; };
work.sort((a, b) => place(a) - place(b));

const failed = [];
const count = { passed: 0, failed: 0, ignored: 0 };
async function one({ name, words, cwd, env }, more = {}) {
  const begun = Date.now();
  const { good, text } = await run(words, { cwd, env: { ...env, ...more }, log: join(logs, `${name.replaceAll(/[ ,]+/g, '-')}.log`) });
  const seconds = ((Date.now() - begun) / 1000).toFixed(0).padStart(4);
  const sums = [...text.matchAll(/^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  for (const [, passed, wrong, ignored] of sums) { count.passed += Number(passed); count.failed += Number(wrong); count.ignored += Number(ignored); }
  const tests = sums.length ? `, ${sums.reduce((sum, [, passed]) => sum + Number(passed), 0)} passed` : '';
  console.log(`${good ? 'ok    ' : 'FAILED'} ${seconds} s  ${name}${tests}`);
  if (!good) {
    // What cargo's runner says of each; of the others' words the last ones.
    const from = text.indexOf('\nfailures:\n');
    const ending = (from < 0 ? text.split('\n').filter((line) => line.includes('FAILED') || line.startsWith('    ')).slice(-40).join('\n') || text.slice(-3000) : text.slice(from)).trim();
    console.log(ending);
    failed.push({ name, words: ending });
  }
}

const servers = await Promise.all(Array.from({ length: lanes }, (_, number) => ground(number)));
await Promise.all(servers.map(async (dsn) => {
  for (let next = work.shift(); next; next = work.shift()) await one(next, { TRADEWIND_TEST_DATABASE: dsn, TRADEWIND_CANARY: canary });
}));
if (!only) {
  await Promise.all(servers.map((dsn, number) => one({ name: `secrets, lane ${number + 1}`, words: ['target/debug/find-secrets', canary, dsn] })));
  // At length in `make load`. Alone, for it compares what neighbours wait.
  await one({ name: 'load', words: ['node', 'scripts/load.mjs', '--short'] });
}
for (const { name, words } of failed) console.log(`\nFAILED: ${name}\n${words.slice(-1500)}`);
console.log(`\ntest result: ${failed.length ? 'FAILED' : 'ok'}. ${count.passed} passed; ${count.failed} failed; ${count.ignored} ignored${failed.length ? `; did not hold: ${failed.map(({ name }) => name).join(', ')}` : ''}`);
process.exit(failed.length ? 1 : 0);
