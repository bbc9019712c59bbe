// The server, the worker and PostgreSQL end in the middle.
import { wait } from '../report.mjs';
import { counted, tally } from './count.mjs';

export async function killed(house) {
  const { part, short, rounds, chance, ground, all, web, worker, clients, reborn } = house;
  /** A promise of the long run: in the short one the machine may be doing something else. */
  const inTime = (times) => short || Math.max(...times) < 10_000;
  const slowest = (times) => `back in ${Math.max(...times)} ms at most, ${[...times].sort((a, b) => a - b)[times.length >> 1]} ms in the middle`;
  await part('server', `The web process and the worker killed (SIGKILL) at ${rounds} moments at random under load, and started again.`,
    'Each count is made again with a mistake planted for it, and finds it.', async () => {
      const writing = await clients('server');
      const imported = writing.import(all[0], short ? 100 : 1000);
      const back = [];
      for (let n = 0; n < rounds; n += 1) {
        await wait(chance.between(100, 1200));
        const one = chance.next() < 0.6 ? web : worker;
        await one.kill();
        back.push(await one.start());
      }
      await reborn();
      const end = await imported;
      await writing.finish();
      const held = await counted(ground, writing);
      held.figures.push(`${rounds} kills, ${slowest(back)}`, `an import of ${end.lines} lines came to its end`);
      return { ...held, ok: held.ok && inTime(back) };
    });

  /** Kills PostgreSQL's first process under load, so often; gives how long until something was acknowledged again. */
  async function strike(writing, times, least, after = () => {}) {
    const back = [];
    for (let n = 0; n < times; n += 1) {
      await wait(chance.between(least, least + 1000));
      const begun = Date.now();
      await ground.kill();
      after();
      await ground.start();
      const known = writing.acknowledged();
      while (writing.acknowledged() === known) {
        if (Date.now() - begun > 60_000) throw new Error('nothing is acknowledged a minute after PostgreSQL was killed');
        await wait(20);
      }
      back.push(Date.now() - begun);
    }
    return back;
  }
  await part('postgres', `PostgreSQL's first process killed (SIGKILL) at ${rounds} moments at random under load, and started again; the house goes on by itself.`,
    'With synchronous_commit and fsync off, the same must lose what was acknowledged, and the same count finds it.', async () => {
      const writing = await clients('postgres');
      const back = await strike(writing, rounds, 300);
      await writing.finish();
      await reborn();
      const held = await counted(ground, writing);
      held.figures.push(`${rounds} kills, ${slowest(back)}`);
      // The sabotage: commits are acknowledged before they are written.
      for (const name of ['synchronous_commit', 'fsync']) ground.sql(`alter system set ${name} = off`);
      ground.sql('select pg_reload_conf()');
      const writers = ground.rows("select pid from pg_stat_activity where backend_type in ('walwriter', 'background writer', 'checkpointer')").map(Number);
      const signal = (name) => writers.forEach((pid) => process.kill(pid, name));
      const careless = await clients('sabotage');
      signal('SIGSTOP');
      await strike(careless, 1, 1500, () => signal('SIGKILL'));
      await careless.finish();
      ground.sql('alter system reset all');
      ground.sql('select pg_reload_conf()');
      // What they remember is of a time that never was.
      await reborn([web, worker]);
      const { lost } = tally(ground, careless);
      held.figures.push(`with synchronous_commit and fsync off ${lost.length} acknowledged were ${lost.length ? 'found lost' : 'NOT FOUND LOST'}`);
      return { ...held, ok: held.ok && lost.length > 0 && inTime(back) };
    });
}
