// Clients that write in several companies at once and keep a ledger of what they were told: acknowledged with its id, or refused. What
// had no answer, or one that says "again", is asked once more with the same idempotency key, until there is an answer.
import { wait } from '../report.mjs';

/** Numbers at random that can be had again. */
export function dice(seed) {
  let state = seed >>> 0;
  const next = () => { state = (state + 0x6d2b79f5) >>> 0; let t = state; t = Math.imul(t ^ (t >>> 15), t | 1); t ^= t + Math.imul(t ^ (t >>> 7), t | 61); return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
  return { next, below: (n) => Math.floor(next() * n), between: (a, b) => a + Math.floor(next() * (b - a + 1)), of: (list) => list[Math.floor(next() * list.length)] };
}

const PATIENCE = 90_000;
const price = { amount: '107.00', currency: 'USD' };
/** A booking finds its time taken, an invoice is paid up: that is an answer. */
const EXPECTED = { visit: [409], payment: [422] };

export class Clients {
  /** `doors` are the processes that answer; `careless` ones take a new key each time, which is what keys are for. */
  constructor(doors, companies, { seed, prefix, each = 3, careless = false }) {
    Object.assign(this, { doors, companies, prefix, each, careless, dice: dice(seed), ledger: [], odd: [], again: 0, number: 0, going: true });
  }

  /** A technician for each company, whose times are wanted, and one deed of each kind, so that every count has something to count. */
  async settleIn() {
    for (const company of this.companies) {
      const made = await this.doors[0].ask({ method: 'POST', path: '/api/v1/technicians', host: company.host, key: company.api_key, body: { name: 'Marco', email: `${this.prefix}@${company.slug}.example`.toLowerCase() } });
      if (made.status !== 201) throw new Error(`no technician: ${made.status} ${made.text}`);
      company.technician = JSON.parse(made.text).id;
      const customer = await this.customer(company);
      await this.job(company, await this.visit(company, customer));
      await this.payment(company, await this.invoice(company, customer));
    }
    return this;
  }
  mark() { return `F-${this.prefix}-${(this.number += 1)}`; }

  start() {
    this.tasks = this.companies.flatMap((company) => Array.from({ length: this.each }, () => this.write(company)));
    return this;
  }
  /** Lets everybody come to the end of what they began. */
  async finish() {
    this.going = false;
    await Promise.all(this.tasks);
  }
  acknowledged(verb) { return this.ledger.filter((deed) => deed.done && (!verb || deed.verb === verb)).length; }

  /** Asks until there is an answer, and writes it down. */
  async do(verb, company, mark, path, body) {
    const deed = { verb, company, mark };
    const until = Date.now() + PATIENCE;
    for (let tries = 0; Date.now() < until; tries += 1) {
      const key = this.careless ? `${verb}-${mark}-${tries}` : `${verb}-${mark}`;
      const answer = await this.dice.of(this.doors).ask({ method: 'POST', path, host: company.host, key: company.api_key, body, headers: { 'idempotency-key': key } });
      if (answer.status >= 200 && answer.status < 300) {
        const told = JSON.parse(answer.text);
        Object.assign(deed, { done: true, id: told.id, number: told.number, at: Date.now() });
        break;
      }
      if (answer.status === 0 || answer.status >= 500 || answer.status === 429) {
        // What the house says of itself when it cannot: words, and never what went wrong inside.
        if (answer.status >= 500 && !this.inWords(answer)) this.odd.push(`${answer.status} without words to ${path}: ${answer.text.slice(0, 200)}`);
        this.again += 1;
        await wait(50 + Math.min(1000, tries * 100));
        continue;
      }
      deed.refused = answer.status;
      if (!EXPECTED[verb]?.includes(answer.status)) this.odd.push(`${answer.status} to ${verb}: ${answer.text.slice(0, 200)}`);
      break;
    }
    this.ledger.push(deed);
    return deed;
  }
  inWords(answer) {
    if (!String(answer.headers['content-type']).includes('problem+json')) return false;
    const problem = JSON.parse(answer.text);
    return Boolean(problem.title) && !/SQLSTATE|panicked|postgres/i.test(answer.text);
  }

  async customer(company) {
    const mark = this.mark();
    return (await this.do('customer', company, mark, '/api/v1/customers', { name: mark, email: `${mark}@faults.example`.toLowerCase() })).id;
  }
  async visit(company, customer) {
    const mark = this.mark();
    const starts = new Date(Date.UTC(2031, 0, 1) + this.dice.below(60 * 48) * 1_800_000).toISOString();
    return (await this.do('visit', company, mark, '/api/v1/appointments', { customer_id: customer, title: mark, starts_at: starts, duration_minutes: 30, technician_id: company.technician, anyway: true })).id;
  }
  /** The job of a visit, and with it what ties the two. */
  async job(company, visit) {
    const mark = this.mark();
    await this.do('job', company, mark, '/api/v1/work-orders', { appointment_id: visit, title: mark });
  }
  /** Its id, once it has its number. */
  async invoice(company, customer) {
    const mark = this.mark();
    const { id } = await this.do('invoice', company, mark, '/api/v1/invoices', { customer_id: customer, reference: mark, lines: [{ description: 'Run capacitor', unit_price: price }] });
    return id && (await this.do('issue', company, mark, `/api/v1/invoices/${id}/issue`)).id;
  }
  async payment(company, invoice) {
    const mark = this.mark();
    await this.do('payment', company, mark, `/api/v1/invoices/${invoice}/payments`, { amount: { amount: '9.00', currency: 'USD' }, method: 'transfer', reference: mark });
  }

  /** All of it is given back. */
  async note(company, invoice) {
    const mark = this.mark();
    await this.do('note', company, mark, `/api/v1/invoices/${invoice}/credit-notes`, { reason: mark });
  }

  async write(company) {
    const [customers, invoices] = [[], []];
    const keep = (list, id) => id && list.push(id);
    while (this.going) {
      const chance = this.dice.next();
      if (!customers.length || chance < 0.35) keep(customers, await this.customer(company));
      else if (chance < 0.6) {
        const visit = await this.visit(company, this.dice.of(customers));
        if (visit && chance < 0.5) await this.job(company, visit);
      }
      else if (chance < 0.8 || !invoices.length) keep(invoices, await this.invoice(company, this.dice.of(customers)));
      else await this.payment(company, this.dice.of(invoices));
    }
  }

  /** A file of so many customers, imported while all this goes on; done when every line is. */
  async import(company, lines) {
    const mark = `L-${this.prefix}-${(this.number += 1)}`;
    const file = ['Name', ...Array.from({ length: lines }, (_, n) => `${mark}-${n}`)].join('\n');
    const edge = 'tradewindedge';
    const body = Buffer.from(`--${edge}\r\nContent-Disposition: form-data; name="file"; filename="customers.csv"\r\nContent-Type: text/csv\r\n\r\n${file}\r\n--${edge}--\r\n`);
    const ask = (method, path, more = {}) => this.dice.of(this.doors).ask({ method, path, host: company.host, key: company.api_key, ...more });
    const until = Date.now() + PATIENCE * 2;
    const insist = async (good, method, path, more) => {
      for (;;) {
        const answer = await ask(method, path, more);
        if (good(answer)) return JSON.parse(answer.text);
        if (Date.now() > until) throw new Error(`the import does not get on: ${answer.status} ${answer.text.slice(0, 200)}`);
        await wait(300);
      }
    };
    const said = (status) => (answer) => answer.status === status;
    const made = await insist(said(201), 'POST', '/api/v1/customer-imports', { body, headers: { 'content-type': `multipart/form-data; boundary=${edge}`, 'idempotency-key': `upload-${mark}` } });
    const path = `/api/v1/customer-imports/${made.id}`;
    const is = (status) => (answer) => answer.status === 200 && JSON.parse(answer.text).status === status;
    await insist(said(202), 'POST', `${path}/check`, { body: {}, headers: { 'idempotency-key': `check-${mark}` } });
    await insist(is('checked'), 'GET', path);
    await insist(said(202), 'POST', `${path}/run`, { headers: { 'idempotency-key': `run-${mark}` } });
    const end = await insist(is('done'), 'GET', path);
    for (let n = 0; n < lines; n += 1) this.ledger.push({ verb: 'line', company, mark: `${mark}-${n}`, done: true });
    return end;
  }
}
