// The clock of the house is set.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Serving, freePort } from '../house.mjs';
import { leftOut, wait } from '../report.mjs';
import { bury, counted } from './count.mjs';

export async function moved(house) {
  const { part, short, chance, ground, all, worker, clients, scratch, programs, logs, data } = house;
  const fakes = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find(existsSync);
  await part('clock', 'The clock of the house set forward and back by a day, again and again, under load, while PostgreSQL keeps the time: keys go on opening, who is signed in is so when the clock is right again, leases, numbers and the order of events hold.',
    'What was written carries all three days; the counts find what is planted for them.', async () => {
      if (!fakes) return leftOut('libfaketime is not here (Debian: apt-get install faketime)');
      const hands = join(scratch, 'hands');
      writeFileSync(hands, '+0\n');
      const ahead = new Serving('clock', ground, { programs, logs, data, port: await freePort(), env: { LD_PRELOAD: fakes, FAKETIME_TIMESTAMP_FILE: hands, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' } });
      await worker.kill();
      bury(ground);
      await ahead.start();
      const writing = await clients('clock', { doors: [ahead] });
      const [acme] = all;
      const signIn = await ahead.ask({ method: 'POST', path: '/sign-in', host: acme.host, body: new URLSearchParams({ email: `olive@${acme.slug}.example`, password: 'a stage for faults' }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', origin: `http://${acme.host}` } });
      const cookie = String(signIn.headers['set-cookie'] ?? '').split(';')[0];
      const steps = short ? ['+1d', '+0', '-1d', '+0'] : Array.from({ length: 60 }, (_, n) => (n % 2 ? '+0' : chance.of(['+1d', '-1d'])));
      const lost = [];
      for (const step of steps) {
        writeFileSync(hands, `${step}\n`);
        await wait(chance.between(700, 1500));
        // Half a day without a click ends a session: it need not outlast a day that is jumped over.
        const page = step === '+0' && await ahead.ask({ path: '/', host: acme.host, headers: { cookie, accept: 'text/html' } });
        if (page && page.status !== 200) lost.push(`${page.status} after ${step}`);
      }
      writeFileSync(hands, '+0\n');
      await writing.finish();
      const held = await counted(ground, writing);
      await ahead.kill();
      bury(ground);
      await worker.start();
      const days = ground.number(`select count(distinct created_at::date) from "${acme.schema}".customer where tenant_id = '${acme.id}' and name like 'F-clock-%'`);
      held.figures.push(`${steps.length} steps, rows of ${days} days`, lost.length ? `NO LONGER SIGNED IN: ${lost.join(', ')}` : 'signed in whenever the clock is right');
      return { ...held, ok: held.ok && days >= 3 && lost.length === 0 };
    });
}
