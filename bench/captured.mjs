// Which statements a request runs, as PostgreSQL's own log tells it, and the same as a script for pgbench.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const literal = (text) => (/[:\\]/.test(text) ? `E'${text.replace(/\\/g, '\\\\').replace(/'/g, "''").replace(/:/g, '\\x3a')}'` : `'${text.replace(/'/g, "''")}'`);
const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Asks the house's own PostgreSQL as its superuser. */
export function psql(house, text) {
  const { host, port } = house.socket;
  return execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', host, '-p', port, '-U', 'postgres', '-d', 'tradewind', '-f', '-'], { input: text, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'inherit'] });
}

function logged(house) {
  const folder = join(house.data, 'postgres/log');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n')).filter(Boolean).map((line) => JSON.parse(line)).filter((one) => one.message.startsWith('execute '));
}

/**
 * The statements of one deed, in their order, each with its values as text, connection by connection: a page asks on several at once. Of
 * a change only the first connection is followed, for a worker may be at what follows from it already.
 */
async function statementsOf(house, deed, changes) {
  const before = logged(house).length;
  await deed();
  await new Promise((ok) => setTimeout(ok, 150));
  const mine = logged(house).slice(before).filter((one) => one.user !== 'tw_job' && one.user !== 'tw_control');
  const pids = [...new Set(mine.map((one) => one.pid))].slice(0, changes ? 1 : undefined);
  return pids.flatMap((pid) => mine.filter((one) => one.pid === pid)).map((one) => {
    const values = [];
    for (const [, n, , text] of (one.detail ?? '').matchAll(/\$(\d+) = (NULL|'((?:[^']|'')*)')/g)) values[n - 1] = text === undefined ? null : text.replaceAll("''", "'");
    return { sql: one.message.replace(/^execute [^:]*: /, '').replace(/\s+/g, ' ').trim(), values };
  });
}

/** Type names of each statement's values, as PostgreSQL finds them. */
function typesOf(house, statements) {
  const text = statements.map((one, n) => `prepare b${n} as ${one.sql};`).join('\n');
  const said = psql(house, `set search_path = app, wall, public;\n${text}\nselect name || '|' || coalesce(array_to_string(parameter_types::text[], '|'), '') from pg_prepared_statements where name ~ '^b[0-9]+$';`);
  return Object.fromEntries(said.trim().split('\n').map((line) => { const [name, ...types] = line.split('|'); return [name.slice(1), types]; }));
}

/** What one deed runs, as a script for pgbench: one pipeline, and what is new each time (ids, times, numbers) new each time. `twice` does the same deed again with other things. */
export async function script(house, twice, changes) {
  psql(house, "alter system set log_destination = 'jsonlog'; alter system set log_statement = 'all'; alter system set log_parameter_max_length = -1; select pg_reload_conf();");
  await new Promise((ok) => setTimeout(ok, 500));
  await twice(); // What a connection sees for the first time is prepared, and what is cached is cached.
  // Who asks is looked up every few seconds only: two times in a row without it are waited for.
  const run = () => statementsOf(house, twice, changes);
  let first = await run(), second = await run();
  const sorted = (all) => all.map((one) => one.sql).sort().join();
  const same = () => second.length && first.length === second.length && sorted(first) === sorted(second);
  for (let tries = 0; tries < 8 && !same(); tries += 1) { first = second; second = await run(); }
  psql(house, 'alter system reset all; select pg_reload_conf();');
  if (!same()) throw new Error(`the same deed ran ${first.length} statements, then ${second.length}`);
  // Only what changes something has anything that is new each time.
  if (!changes) first = second;
  const bare = second.filter((one) => !/^(begin|commit)/i.test(one.sql));
  const types = typesOf(house, bare);
  const known = new Set(first.flatMap((one) => one.values.flatMap((value) => value?.match(uuids) ?? [])));
  const fresh = new Map();
  const variable = (id) => { if (!fresh.has(id)) fresh.set(id, `u${fresh.size}`); return fresh.get(id); };
  const value = (text, type, was) => {
    if (text === null || text === undefined) return `null::${type}`;
    if (text !== was && /^timestamp/.test(type)) return 'now()';
    if (text !== was && /^(bigint|integer)$/.test(type)) return `(:n)::${type}`;
    const parts = [];
    let at = 0;
    for (const found of text.matchAll(uuids)) {
      if (known.has(found[0])) continue;
      parts.push(literal(text.slice(at, found.index)), `lpad(to_hex((:${variable(found[0])})::bigint), 32, '0')`);
      at = found.index + found[0].length;
    }
    parts.push(literal(text.slice(at)));
    return `(${parts.filter((part) => part !== "''").join(' || ') || "''"})::${type}`;
  };
  const lines = second.map((one, n) => {
    const which = bare.indexOf(one);
    if (which < 0) return `${one.sql};`;
    return `${one.sql.replace(/\$(\d+)/g, (_, k) => value(one.values[k - 1], types[which]?.[k - 1] ?? 'text', first[n].values[k - 1]))};`;
  });
  const sets = ['\\set n random(1000000, 9000000000000)', ...[...fresh.values()].map((name) => `\\set ${name} random(1, 9000000000000000000)`)];
  return { text: [...sets, '\\startpipeline', ...lines, '\\endpipeline', ''].join('\n'), statements: bare.length };
}
