// What part of each crate's lines the suite runs. `record FILE` takes a report of cargo-tarpaulin into bench/results/coverage.txt;
// `check` ends in failure when a recorded figure is under its floor.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const kept = join(root, 'bench/results/coverage.txt');
/** Where the money and the walls are, more; the harness is no part of the product. */
const floor = (crate) => (['kernel', 'tenancy', 'billing'].includes(crate) ? 90 : 80);
const NOT_THE_PRODUCT = ['harness'];

const line = /^(\S+) +([\d.]+) % of (\d+) lines \((.*)\)$/;
const read = () => new Map((existsSync(kept) ? readFileSync(kept, 'utf8').split('\n') : []).flatMap((text) => { const m = text.match(line); return m ? [[m[1], { percent: Number(m[2]), lines: Number(m[3]), when: m[4] }]] : []; }));

function record(file) {
  const told = JSON.parse(readFileSync(file, 'utf8'));
  const sums = new Map();
  for (const { path, covered, coverable } of told.files) {
    const crate = path.join('/').replace(/^\/+/, '/').match(/\/crates\/([^/]+)\/src\//)?.[1];
    if (!crate || NOT_THE_PRODUCT.includes(crate)) continue;
    const sum = sums.get(crate) ?? { covered: 0, coverable: 0 };
    sums.set(crate, { covered: sum.covered + covered, coverable: sum.coverable + coverable });
  }
  if (!sums.size) throw new Error(`${file} tells of no crate`);
  const measured = process.env.WHAT ? (process.env.WHAT.match(/-p (\S+)/g) ?? []).map((word) => word.slice(3)) : [...sums.keys()];
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim();
  const all = read();
  for (const crate of measured) {
    const { covered, coverable } = sums.get(crate) ?? { covered: 0, coverable: 0 };
    if (coverable) all.set(crate, { percent: Math.floor((covered / coverable) * 1000) / 10, lines: coverable, when: `${commit}, ${new Date().toISOString().slice(0, 10)}` });
  }
  const rows = [...all].sort(([a], [b]) => a.localeCompare(b)).map(([crate, { percent, lines, when }]) => `${crate.padEnd(12)} ${percent.toFixed(1).padStart(5)} % of ${lines} lines (${when})`);
  writeFileSync(kept, `Lines that the suite runs, by crate, and at which commit that was measured (make coverage). Floors: 90 % of kernel, tenancy and billing, 80 % of the rest.\n${rows.join('\n')}\n`);
}

function check() {
  const all = read();
  const under = [...all].filter(([crate, { percent }]) => percent < floor(crate));
  for (const [crate, { percent, when }] of under) console.error(`coverage: ${crate} has ${percent} % (${when}), its floor is ${floor(crate)} %. Write the tests that are missing, then \`WHAT="-p ${crate}" make coverage\``);
  const missing = spawnSync('sh', ['-c', 'ls crates'], { cwd: root, encoding: 'utf8' }).stdout.trim().split('\n').filter((crate) => !all.has(crate) && !NOT_THE_PRODUCT.includes(crate));
  if (missing.length) console.log(`coverage: never measured: ${missing.join(', ')} (make coverage)`);
  process.exit(under.length ? 1 : 0);
}

const [verb, file] = process.argv.slice(2);
if (verb === 'record') record(file);
else check();
