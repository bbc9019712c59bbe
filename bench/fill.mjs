// What stands in the database while requests are measured: one company that is asked, a thousand others beside it, and a very large one.
import { each } from './house.mjs';
import { psql } from './captured.mjs';

const names = "(array['John','Mary','Maria','James','Jose','Anna','Peter','Sam','Susan','Sarah','Steve','Stella','Tom','Linda','Michael','Robert'])[1 + n * 7 % 16] || ' ' || (array['Smith','John','Miller','Stone','Rivera','Garcia','Chen','Baker'])[1 + n / 16 % 8] || case when n % 3 = 0 then '' else substr(md5(n::text), 1, 4) end";

/** Customers with their words, ways to reach them and places, written above the walls: through the front door it would take hours. */
const customers = (tenant, count) => `
  insert into app.customer (tenant_id, id, number, name, name_key, email, email_key, phone, phone_key, place, city, city_key, words)
  select ${tenant}, gen_random_uuid(), 100000 + n, p.name, lower(p.name), p.email, p.email, p.phone, p.phone, p.street || ', ' || p.city, p.city, lower(p.city),
    lower(p.name) || ' ' || lower(p.street) || ' ' || lower(p.city) || ' ' || translate(p.email, '@.', '  ') || ' ' || (100000 + n) || ' ' || p.phone || ' ' || right(p.phone, 10) || ' ' || right(p.phone, 7) || ' ' || right(p.phone, 4)
  from generate_series(1, ${count}) n cross join lateral (select ${names} as name, 'c' || n || '@example.com' as email, '1217555' || lpad((n % 10000)::text, 4, '0') as phone,
    (1 + n % 900) || ' ' || (array['Elm','Oak','Main','Maple','Park'])[1 + n % 5] || ' St' as street, (array['Springfield','Springfield','Salem','Franklin','Riverside'])[1 + n / 3 % 5] as city) p;`;
const rest = (which) => `
  insert into app.customer_word (tenant_id, word, customer_id) select distinct tenant_id, word, id from app.customer cross join lateral unnest(string_to_array(words, ' ')) word where ${which};
  insert into app.customer_reach (tenant_id, key, customer_id) select c.tenant_id, k.key, c.id from app.customer c cross join lateral (values ('email ' || c.email_key), ('phone ' || c.phone_key || ' ' || c.name_key), ('name ' || c.name_key)) k(key) where ${which.replaceAll('tenant_id', 'c.tenant_id')};
  insert into app.location (tenant_id, id, customer_id, street, city, country) select tenant_id, gen_random_uuid(), id, split_part(place, ',', 1), city, 'US' from app.customer where ${which};`;

/** `of.tenants` others with a thousand customers each, one of `of.large`; the company itself has `of.own`. */
export function ballast(house, company, of) {
  const began = performance.now();
  const own = `'${company.id}'::uuid`, all = `tenant_id in (select id from fill.other) or tenant_id = ${own}`;
  psql(house, `
    set session_replication_role = replica; set maintenance_work_mem = '512MB'; set synchronous_commit = off;
    create schema fill; create table fill.other as select gen_random_uuid() as id, n from generate_series(0, ${of.tenants}) n;
    ${customers(own, of.own)}
    ${customers("(select id from fill.other where n = 0)", of.large)}
    do $$ declare o record; begin for o in select id from fill.other where n > 0 loop ${customers('o.id', 1000)} end loop; end $$;
    ${rest(all)}
    drop table fill.other; drop schema fill;
    vacuum analyze app.customer; vacuum analyze app.customer_word; vacuum analyze app.customer_reach; vacuum analyze app.location; checkpoint;`);
  return (performance.now() - began) / 1000;
}

/** Its technicians with a week's shifts, visits on one day, prices, drafts of invoices, and an issued one of fifty lines: all through the front door. */
export async function work(company, { technicians, visits, drafts }) {
  const item = (await company.ask('POST', '/api/v1/items', { name: 'AC tune-up', kind: 'service', price: { amount: '99.00', currency: 'USD' }, duration_minutes: 60 })).id;
  const people = await each(Array.from({ length: technicians }), async (_, n) => {
    const made = await company.ask('POST', '/api/v1/technicians', { name: `Technician ${String(n).padStart(2, '0')}`, email: `t${n}@bench.example`, skills: 'HVAC' });
    const shifts = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, starts: '07:00', ends: '19:00' }));
    await company.ask('PUT', `/api/v1/technicians/${made.id}/shifts`, { shifts }, { 'if-match': made.etag });
    return made.id;
  });
  const known = await each(Array.from({ length: 40 }), async (_, n) => {
    const { id } = await company.ask('POST', '/api/v1/customers', { name: `Customer ${n}` });
    const place = await company.ask('POST', `/api/v1/customers/${id}/locations`, { street: `${n} Elm St`, city: 'Chicago', postal_code: `606${String(n).padStart(2, '0')}`, latitude: 41.7 + n * 0.005, longitude: -87.65 });
    return { id, place: place.id };
  });
  // Two days on, from eight o'clock of the company's own clock, an hour each.
  const { time_zone } = await company.ask('GET', '/api/v1/company');
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10), noon = new Date(`${day}T12:00:00Z`);
  const ahead = Date.parse(`${noon.toLocaleString('sv', { timeZone: time_zone }).replace(' ', 'T')}Z`) - noon;
  const at = (hour) => new Date(Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000 - ahead).toISOString();
  const booked = await each(Array.from({ length: visits }), async (_, n) => {
    // The last two of a day are at one place, so that the last can be moved without a way being too long.
    const last = technicians * (Math.floor(visits / technicians) - 1), who = known[(n >= last ? n - technicians : n) % known.length];
    const visit = { customer_id: who.id, location_id: who.place, item_id: item, technician_id: people[n % technicians], starts_at: at(8 + Math.floor(n / technicians)), anyway: true };
    return (await company.ask('POST', '/api/v1/appointments', visit)).id;
  });
  const linesOf = (many) => Array.from({ length: many }, (_, n) => ({ description: `Line ${n + 1}`, unit_price: { amount: '49.50', currency: 'USD' }, taxes: [{ name: 'Sales tax', rate_ppm: 87500 }] }));
  const lines = linesOf(3), paper = (await company.ask('POST', '/api/v1/invoices', { customer_id: known[0].id, lines: linesOf(50) })).id;
  await company.ask('POST', `/api/v1/invoices/${paper}/issue`);
  const invoices = await each(Array.from({ length: drafts }), async (_, n) => (await company.ask('POST', '/api/v1/invoices', { customer_id: known[n % known.length].id, lines })).id);
  return { item, people, customers: known, day, at, booked, paper, drafts: invoices };
}
