// `make faults`: what is acknowledged stays, nothing is done by half and nothing twice, whatever ends in the middle: the server, the worker,
// PostgreSQL, the wire between them, the disk, the clock, a migration. Real processes are killed under load; then the database is held beside
// what the clients were told. A report in target/faults, JSON and HTML. Exit 1 when anything was lost, doubled or half done, or when a part
// that must find what was planted for it did not. `--short` takes two minutes; `--only=word,word` takes those parts. SEED repeats a run,
// ROUNDS, SCHEMAS, EVENTS and WRITERS bound it.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clients, dice } from './faults/clients.mjs';
import { bury } from './faults/count.mjs';
import { cut } from './faults/cut.mjs';
import { filled } from './faults/filled.mjs';
import { killed } from './faults/killed.mjs';
import { migrated } from './faults/migrated.mjs';
import { moved } from './faults/moved.mjs';
import { numbered } from './faults/numbered.mjs';
import { told } from './faults/told.mjs';
import { Ground, Serving, companies, freePort, root } from './house.mjs';
import { options, report } from './report.mjs';

const short = Boolean(options.short);
const { out, part, end } = report(root, 'faults', {
  title: 'Tradewind and what goes wrong', held: 'Nothing was lost, doubled or half done.', open: 'Something did not hold.', command: 'make faults',
  about: 'Companies of both placements in one installation, whose clients keep a ledger of what they were told while processes are killed, wires cut, disks filled and clocks moved.',
});
const logs = join(out, 'logs');
const programs = process.env.FAULTS_BIN || join(root, 'target/debug');
const seed = Number(process.env.SEED || Date.now() % 1_000_000);
const rounds = Number(process.env.ROUNDS || (short ? 4 : 50));
const chance = dice(seed);
const scratch = mkdtempSync(join(tmpdir(), 'tradewind-faults.'));
// PostgreSQL runs as another user than root.
chmodSync(scratch, 0o755);
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
console.log(`seed ${seed}, ${rounds} rounds`);

/** A ground, a web process, a worker, and four companies. */
const data = join(scratch, 'data');
mkdirSync(data);
const ground = await new Ground(join(scratch, 'postgres'), programs, logs).start();
const all = [...companies(ground, programs, data, 2, 'pooled', 'pool'), ...companies(ground, programs, data, 2, 'dedicated', 'own')];
const [webPort, workerPort] = [await freePort(), await freePort()];
const web = new Serving('web', ground, { programs, logs, data, port: webPort, roles: 'web' });
const worker = new Serving('worker', ground, { programs, logs, data, port: workerPort, roles: 'worker' });
await Promise.all([web.start(), worker.start()]);

/** One of the stage's deeds, while everything else goes on. */
async function stageLater(words) {
  const child = spawn(join(programs, 'examples/stage'), words, { env: { ...process.env, DATABASE_URL: ground.dsn, TRADEWIND_DATA_DIR: data, TRADEWIND_LOG: 'error' } });
  let said = '';
  child.stdout.on('data', (piece) => { said += piece; });
  child.stderr.on('data', (piece) => { said += piece; });
  const code = await new Promise((done) => child.on('exit', done));
  if (code !== 0) throw new Error(`stage ${words.join(' ')}: ${said.slice(-400)}`);
  return JSON.parse(said);
}

let turn = 0;
/** Clients that write until the part is over. */
const clients = async (name, more = {}) => (await new Clients(more.doors ?? [web], more.companies ?? all, { seed: seed + (turn += 1), prefix: name, ...more }).settleIn()).start();
/** Killed processes leave leases behind that nobody waits for here. */
async function reborn(crew = [worker], on = ground) {
  for (const one of crew) await one.kill();
  bury(on);
  for (const one of crew) await one.start();
}

const house = { part, short, seed, rounds, chance, ground, all, web, worker, clients, reborn, stageLater, scratch, programs, logs, data };
for (const work of [killed, cut, numbered, moved, told, migrated, filled]) await work(house);
const code = end({ seed, rounds });
await Promise.all([web.stop(), worker.stop()]);
await ground.stop();
process.exit(code);
