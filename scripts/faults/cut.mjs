// The connection to PostgreSQL ends in the middle.
import { Serving, freePort } from '../house.mjs';
import { wait } from '../report.mjs';
import { counted, tally } from './count.mjs';
import { MOMENTS, Wire } from './wire.mjs';

export async function cut(house) {
  const { part, short, chance, ground, worker, clients, reborn, programs, logs, data } = house;
  await part('wire', 'The connection between the house and PostgreSQL cut between two messages of theirs: anywhere, before a COMMIT is handed on, after it was done but before anybody hears of it, and right behind its answer. Clients come again with their idempotency key.',
    'Clients that come again with a new key each time must do things twice, and the same count finds it.', async () => {
      const wire = await new Wire(ground, chance).start();
      const fragile = new Serving('wire', ground, { programs, logs, data, port: await freePort(), dsn: wire.dsn });
      // The only one that works, so that whatever a job holds is cut too.
      await worker.stop();
      await fragile.start();
      const lasts = short ? 4_000 : 120_000;
      const over = async (writing) => {
        wire.armed = true;
        await wait(lasts);
        wire.armed = false;
        await writing.finish();
        await reborn([fragile]);
      };
      const writing = await clients('wire', { doors: [fragile] });
      await over(writing);
      const held = await counted(ground, writing);
      const many = { ...wire.cuts };
      held.figures.push(`cut ${MOMENTS.map((moment) => `${many[moment]} × ${moment}`).join(', ')}`);
      const careless = await clients('careless', { doors: [fragile], careless: true });
      await over(careless);
      const { doubled } = tally(ground, careless);
      held.figures.push(`without keys ${doubled.length} were ${doubled.length ? 'found doubled' : 'NOT FOUND DOUBLED'}`);
      await fragile.stop();
      wire.stop();
      await worker.start();
      return { ...held, ok: held.ok && doubled.length > 0 && MOMENTS.every((moment) => many[moment] > 0) };
    });
}
