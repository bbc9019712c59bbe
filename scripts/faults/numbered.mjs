// Numbers have no gaps: many write in one company, of whom some roll back after they had their number.
import { Serving, freePort } from '../house.mjs';
import { wait } from '../report.mjs';
import { Clients } from './clients.mjs';
import { counted, numbers, planted } from './count.mjs';
import { Wire } from './wire.mjs';

const SHARE = 0.3;

/** Everybody issues, and now and then gives one back whole. */
class Writers extends Clients {
  async settleIn() {
    await super.settleIn();
    const [company] = this.companies;
    this.customerOf = await this.customer(company);
    await this.note(company, await this.invoice(company, this.customerOf));
    return this;
  }
  async write(company) {
    while (this.going) {
      const invoice = await this.invoice(company, this.customerOf);
      if (invoice && this.going && this.dice.next() < 0.4) await this.note(company, invoice);
    }
  }
}

export async function numbered(house) {
  const { part, short, seed, rounds, chance, ground, all, worker, reborn, programs, logs, data } = house;
  const [company] = all;
  const many = Number(process.env.WRITERS || 200);
  const kills = Math.max(2, Math.round(rounds / 5));
  await part('numbers', `${many} writers issue invoices and credit notes in one company. The connection to PostgreSQL is cut before COMMIT in ${SHARE * 100} % of the transactions that have taken a number, so that they roll back with it, and the server is killed (SIGKILL) ${kills} times.`,
    'A number taken away and one that stands twice, in each of the three series, are found by the same count.', async () => {
      const wire = await new Wire(ground, chance, { share: SHARE, of: /into number_series/ }).start();
      const fragile = new Serving('numbers', ground, { programs, logs, data, port: await freePort(), dsn: wire.dsn });
      await worker.stop();
      await fragile.start();
      const writers = await new Writers([fragile], [company], { seed: seed + 7_000, prefix: 'numbers', each: many }).settleIn();
      writers.start();
      wire.armed = true;
      for (let n = 0; n < kills; n += 1) {
        await wait(chance.between(short ? 3_000 : 4_000, short ? 5_000 : 9_000));
        await fragile.kill();
        await fragile.start();
      }
      await wait(short ? 2_000 : 10_000);
      wire.armed = false;
      await writers.finish();
      await reborn([fragile]);
      const held = await counted(ground, writers, { verbs: ['invoice', 'issue', 'note'] });
      const series = numbers(ground, company);
      const blind = planted(ground, company).filter(({ gap, double }) => gap.missing < 1 || gap.twice > 0 || double.twice < 1);
      const { commits, cuts: { 'before COMMIT': cut } } = wire;
      await fragile.stop();
      wire.stop();
      await worker.start();
      const whole = series.every(({ given, missing, twice }) => given > 0 && missing === 0 && twice === 0);
      const share = cut / commits;
      held.figures.push(
        `${series.map(({ series: name, given, missing, twice }) => `${name} 1..${given}, ${missing} missing, ${twice} twice`).join('; ')}`,
        `${commits} transactions had a number and came to their COMMIT, ${cut} of them were cut off (${Math.round(share * 100)} %); ${kills} kills`,
        blind.length ? `BLIND for what was planted: ${blind.map(({ series: name }) => name).join(', ')}` : 'a gap and a double planted in each series are found',
      );
      return { ...held, ok: held.ok && whole && !blind.length && cut >= 10 && Math.abs(share - SHARE) < 4 * Math.sqrt((SHARE * (1 - SHARE)) / commits) };
    });
}
