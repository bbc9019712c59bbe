// Migrations under load, killed, and held up by a lock.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Serving, freePort, stage } from '../house.mjs';
import { wait } from '../report.mjs';
import { counted } from './count.mjs';

export async function migrated(house) {
  const { part, short, chance, ground, all, web, worker, clients, stageLater, programs, logs, data } = house;
  await part('versions', 'Two versions side by side: the house goes on under load while a next version’s migration runs in every schema, a second process is started upon it, both answer, and the migration is taken back.',
    'The column is there between the two and not afterwards; the counts find what is planted for them.', async () => {
      const columns = () => ground.number("select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid where a.attname = 'next_word' and not a.attisdropped and c.relkind = 'r'");
      const newer = new Serving('newer', ground, { programs, logs, data, port: await freePort(), words: ['--migrate', 'false'] });
      const writing = await clients('versions', { doors: [web] });
      const moments = [];
      const migrate = async (way) => {
        const begun = Date.now();
        const { applied, skipped } = await stageLater(['next', way]);
        moments.push(`${way} in ${Date.now() - begun} ms`);
        if (skipped.length) throw new Error(`${way}: ${applied} applied, ${skipped} were skipped`);
      };
      await wait(1000);
      await migrate('up');
      const there = columns();
      await newer.start();
      writing.doors.push(newer);
      await wait(short ? 1500 : 30_000);
      writing.doors.pop();
      await wait(300);
      await newer.stop();
      await migrate('down');
      await wait(500);
      await writing.finish();
      const held = await counted(ground, writing);
      const schemas = new Set(['app', ...all.map(({ schema }) => schema)]).size;
      held.figures.push(`${there} schemas of the next version, ${moments.join(', ')}; ${writing.again} asked again`);
      // Whoever asks while a table changes waits; nobody is refused.
      return { ...held, ok: held.ok && there === schemas && columns() === 0 && writing.again === 0 };
    });

  const bare = Number(process.env.SCHEMAS || (short ? 10 : 500));
  await part('migration', `A migration of ${bare} dedicated schemas killed (SIGKILL) at random and begun again, while one schema is locked: that one is skipped, written down, and done later.`,
    'A line taken out of the ledger is found as half a schema.', async () => {
      await Promise.all([web.stop(), worker.stop()]);
      stage(ground, programs, data, ['schemas', String(bare)]);
      const schemas = ground.number('select count(distinct schema_name) from ctl.tenant where schema_name is not null') + 1;
      // A line in the ledger, the column, and the walls of the table: all or none.
      const half = `select count(*) from (select schema_name::text as name from ctl.migration where version = 9001) l
        full join (select n.nspname::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace where a.attname = 'next_word' and not a.attisdropped and c.relkind = 'r') k using (name)
        full join (select n.nspname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = 'next_noun' and c.relkind = 'r' and c.relforcerowsecurity) w using (name)
        where l is null or k is null or w is null`;
      const done = () => ground.number('select count(*) from ctl.migration where version = 9001');
      const [locked] = ground.rows("select schema_name from ctl.tenant where slug = 'bare-1'")[0];
      const holder = spawn('psql', ['-XAtq', '-h', ground.socket, '-p', ground.port, '-U', 'postgres', '-d', 'tradewind'], { stdio: ['pipe', 'pipe', 'ignore'] });
      holder.stdin.write(`begin; lock table "${locked}".customer in access exclusive mode; select 1;\n`);
      await new Promise((held) => holder.stdout.once('data', held));
      const env = { ...process.env, DATABASE_URL: ground.dsn, TRADEWIND_DATA_DIR: data, TRADEWIND_LOG: 'error' };
      let [kills, halves, lives] = [0, 0, 400];
      const begun = Date.now();
      while (done() < schemas - 1 && kills < 400) {
        const before = done();
        const runner = spawn(join(programs, 'examples/stage'), ['next', 'up'], { env, stdio: 'ignore' });
        const ended = new Promise((over) => runner.on('exit', over));
        await Promise.race([ended, wait(chance.between(lives / 2, lives))]);
        runner.kill('SIGKILL');
        await ended;
        kills += 1;
        halves += ground.number(half);
        // Where the machine is slow a runner must live longer to get anything done.
        if (done() === before) lives += 100;
      }
      const first = await stageLater(['next', 'up']);
      const written = ground.number(`select count(*) from ctl.migration_failure where schema_name = '${locked}'`);
      holder.stdin.end('rollback;\n');
      await wait(200);
      const later = await stageLater(['next', 'up']);
      const took = Date.now() - begun;
      const seen = Number(ground.sql(`begin; delete from ctl.migration where version = 9001 and schema_name = '${locked}'; ${half}; rollback;`));
      const left = ground.number(half) + ground.number('select count(*) from ctl.migration_failure');
      const reached = done();
      await stageLater(['next', 'down']);
      const again = Date.now();
      const { applied } = await stageLater(['next', 'up']);
      const whole = Date.now() - again;
      await stageLater(['next', 'down']);
      await Promise.all([web.start(), worker.start()]);
      return {
        ok: halves === 0 && left === 0 && seen === 1 && reached === schemas && kills > 2 && first.skipped.includes(locked) && written === 1 && later.applied === 1,
        figures: [`${schemas} schemas, ${kills} kills: ${halves} half schemas; the locked one was ${first.skipped.includes(locked) && written ? 'skipped, written down' : 'NOT SKIPPED'} and done later; ${Math.round(took / 1000)} s altogether`, `without a kill ${applied} schemas in ${whole} ms`],
      };
    });
}
