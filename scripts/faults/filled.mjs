// The disk of PostgreSQL runs full.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Ground, Serving, companies, freePort } from '../house.mjs';
import { leftOut, wait } from '../report.mjs';
import { counted } from './count.mjs';

export async function filled(house) {
  const { part, short, clients, reborn, scratch, programs, logs } = house;
  await part('disk', 'The disk that PostgreSQL writes to runs full under load, and has room again. Meanwhile the house says so in words; nothing is half done, and it goes on by itself.',
    'While it is full nothing is acknowledged, else it was not full; the counts find what is planted for them.', async () => {
      const small = join(scratch, 'small');
      mkdirSync(small);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1g,mode=755', 'tmpfs', small], { encoding: 'utf8' });
      if (mounted.status !== 0) return leftOut('a file system of its own cannot be mounted here (it takes root)');
      let [little, narrow] = [];
      try {
        little = await new Ground(join(small, 'postgres'), programs, logs).start();
        const keys = join(scratch, 'keys');
        mkdirSync(keys);
        const two = [...companies(little, programs, keys, 1, 'pooled', 'tight'), ...companies(little, programs, keys, 1, 'dedicated', 'close')];
        narrow = new Serving('narrow', little, { programs, logs, data: keys, port: await freePort() });
        await narrow.start();
        const writing = await clients('disk', { doors: [narrow], companies: two });
        const figures = [];
        let [silent, back] = [true, 0];
        for (let n = 0; n < (short ? 1 : 5); n += 1) {
          await wait(1000);
          const ballast = join(small, 'ballast');
          spawnSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=64k 2>/dev/null; true`]);
          const ask = () => narrow.ask({ method: 'POST', path: '/api/v1/customers', host: two[0].host, key: two[0].api_key, body: { name: 'F-room' } });
          const refused = ({ status }) => status === 503 || status === 500;
          // What was reserved before runs out first, and a log that is used again makes room for a last few; then nothing more is taken.
          let [known, said] = [-1, await ask()];
          for (let tries = 0; tries < 60 && !(known === writing.acknowledged() && refused(said)); tries += 1) {
            known = writing.acknowledged();
            await wait(1500);
            said = await ask();
          }
          silent &&= known === writing.acknowledged() && refused(said);
          const full = writing.again;
          figures.push(`full: ${said.status} "${said.status ? JSON.parse(said.text).detail ?? JSON.parse(said.text).title : said.text}"`);
          rmSync(ballast);
          const begun = Date.now();
          while (writing.acknowledged() === known && Date.now() - begun < 60_000) {
            // PostgreSQL may have ended for want of room; whoever keeps it starts it again.
            if (little.keeper.exitCode !== null) await little.start();
            await wait(50);
          }
          back = Math.max(back, Date.now() - begun);
          figures.push(`${full} asked again, going on ${Date.now() - begun} ms after there was room`);
        }
        await writing.finish();
        await reborn([narrow], little);
        const held = await counted(little, writing);
        return { ...held, ok: held.ok && silent && (short || back < 10_000), figures: [...held.figures, ...figures] };
      } finally {
        await narrow?.stop();
        await little?.stop();
        spawnSync('umount', ['-l', small]);
      }
    });
}
