// Workers end in the middle of events.
import { Serving, freePort } from '../house.mjs';
import { wait } from '../report.mjs';
import { bury, settle } from './count.mjs';

export async function told(house) {
  const { part, short, seed, rounds, chance, ground, all, worker, clients, reborn, programs, logs, data } = house;
  const many = Number(process.env.EVENTS || (short ? 2_000 : 20_000));
  await part('events', `${many} events told, and two workers killed (SIGKILL) at random until all of them have had their effect: a line on a customer’s timeline, by the event’s own id.`,
    'A line taken away is found missing, one there twice is found too much.', async () => {
      // Customers whom they can be about.
      await (await clients('events')).finish();
      await worker.kill();
      bury(ground);
      const word = `faults.${seed}`;
      const kills = Math.max(6, rounds);
      const each = Math.ceil(many / all.length / kills);
      const tell = all.map(({ schema, id }) => `
        insert into ops.outbox (tenant_id, id, at, kind, subject, body)
        select '${id}', gen_random_uuid(), now(), 'customer.restored', c.id, jsonb_build_object('customer', c.id, 'told', '${word}')
        from generate_series(1, ${each}) as n cross join lateral (select id from "${schema}".customer where tenant_id = '${id}' order by id limit 1 offset n % 3) as c;`).join('\n');
      const missing = `select count(*) from ops.outbox o where body ->> 'told' = '${word}' and not exists (select from (${all.map(({ schema, id }) => `select id from "${schema}".timeline_entry where tenant_id = '${id}'`).join(' union all ')}) as line where line.id = o.id)`;
      const begun = Date.now();
      const crew = await Promise.all(['one', 'two'].map(async (name) => new Serving(`worker-${name}`, ground, { programs, logs, data, port: await freePort(), roles: 'worker', words: ['--migrate', 'false'] })));
      await Promise.all(crew.map((one) => one.start()));
      const underway = "do $$ begin for n in 1..1000 loop exit when exists (select from ops.job where state = 'running'); perform pg_sleep(0.003); end loop; end $$";
      let held = 0;
      for (let n = 0; n < kills; n += 1) {
        ground.sql(tell);
        // Anywhere in the second until the relay looks, or in the middle of a job.
        if (n % 2) await wait(chance.between(0, 1200));
        else ground.sql(underway);
        const one = chance.of(crew);
        await one.kill();
        held += ground.number("select count(*) from ops.job where state = 'running'");
        await one.start();
      }
      await reborn(crew);
      await settle(ground);
      const events = ground.number(`select count(*) from ops.outbox where body ->> 'told' = '${word}'`);
      const lines = `select ${all.map(({ schema, id }) => `(select count(*) from "${schema}".timeline_entry where tenant_id = '${id}' and kind = 'customer.restored')`).join(' + ')}`;
      const [left, effects, dead] = [ground.number(missing), ground.number(lines), ground.number("select count(*) from ops.job where state = 'dead'")];
      const twice = effects + left - events;
      // The sabotage: one line is taken away, another one is there twice.
      const [{ schema, id }] = all;
      const one = `(select max(id::text)::uuid from "${schema}".timeline_entry where tenant_id = '${id}' and kind = 'customer.restored')`;
      const gone = Number(ground.sql(`begin; delete from "${schema}".timeline_entry where tenant_id = '${id}' and id = ${one}; ${missing}; rollback;`));
      const copied = Number(ground.sql(`begin; insert into "${schema}".timeline_entry (tenant_id, id, customer_id, at, kind, icon, text) select tenant_id, gen_random_uuid(), customer_id, at, kind, icon, text from "${schema}".timeline_entry where tenant_id = '${id}' and id = ${one}; ${lines}; rollback;`));
      const sees = gone === left + 1 && copied === effects + 1;
      for (const one of crew) await one.stop();
      await worker.start();
      return { ok: events === each * kills * all.length && events >= many && left === 0 && twice === 0 && dead === 0 && held > 0 && sees, figures: [`${events} events, ${kills} kills while ${held} jobs were held: ${left} without their effect, ${twice} twice, ${dead} jobs given up, in ${Math.round((Date.now() - begun) / 1000)} s`] };
    });
}
