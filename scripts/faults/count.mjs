// What the database holds beside what the clients were told: acknowledged, lost, doubled, half done. Each count is made once more with a
// mistake planted in a transaction that is rolled back, and must then find it.
import { wait } from '../report.mjs';

const at = (company) => ({ s: `"${company.schema}"`, t: `'${company.id}'::uuid` });
/** Where the mark of each verb stands. */
const MARKED = { customer: ['customer', 'name'], line: ['customer', 'name'], visit: ['appointment', 'title'], job: ['work_order', 'title'], invoice: ['invoice', 'reference'], payment: ['payment', 'reference'], note: ['credit_note', 'reason'] };
/** These have a number, which was told. */
const NUMBERED = ['issue', 'note'];
const TOLD = "('customer.created', 'invoice.drafted', 'invoice.issued', 'payment.recorded', 'appointment.booked')";
const STORIES = "('customer.created', 'invoice.issued', 'payment.recorded', 'appointment.booked')";

/** [what is wrong, how often, how to make it so] in one company. Unique indexes and keys are out of the way of the planted ones. */
const HALVES = ({ s, t }) => [
  ['changes of which the audit and the outbox do not say the same', `
    select count(*) from (select action, subject, count(*) as n from ${s}.audit where tenant_id = ${t} and action in ${TOLD} group by 1, 2) a
    full join (select kind, subject, count(*) as n from ops.outbox where tenant_id = ${t} and kind in ${TOLD} group by 1, 2) o
    on o.kind = a.action and o.subject = a.subject where a.n is distinct from o.n`,
  `delete from ops.outbox where tenant_id = ${t} and id = (select max(id::text)::uuid from ops.outbox where tenant_id = ${t} and kind = 'invoice.issued')`],
  ['rows without a word in the audit, or words without their row', `
    select (select count(*) from ${s}.customer c where tenant_id = ${t} and name like 'F-%' and not exists (select from ${s}.audit a where a.tenant_id = ${t} and a.subject = c.id and a.action = 'customer.created'))
    + (select count(*) from ${s}.payment p where tenant_id = ${t} and not exists (select from ${s}.audit a where a.tenant_id = ${t} and a.action = 'payment.recorded' and a.subject = p.id))
    + (select count(*) from ${s}.audit a where tenant_id = ${t} and action = 'customer.created' and not exists (select from ${s}.customer c where c.tenant_id = ${t} and c.id = a.subject))
    + (select count(*) from ${s}.audit a where tenant_id = ${t} and action = 'appointment.booked' and not exists (select from ${s}.appointment c where c.tenant_id = ${t} and c.id = a.subject))`,
  `delete from ${s}.audit where tenant_id = ${t} and id = (select max(id::text)::uuid from ${s}.audit where tenant_id = ${t} and action = 'customer.created')`],
  ['numbers of invoices that are missing or there twice', `
    select count(*) - count(distinct sequence) + coalesce(max(sequence), 0) - count(distinct sequence)
    + (select abs(coalesce(max(i.sequence), 0) + 1 - coalesce((select next from ${s}.number_series where tenant_id = ${t} and name = 'invoice'), 1)) from ${s}.invoice i where tenant_id = ${t})
    from ${s}.invoice where tenant_id = ${t} and sequence is not null`,
  `update ${s}.invoice set sequence = sequence + 1 where tenant_id = ${t} and sequence = (select max(sequence) from ${s}.invoice where tenant_id = ${t})`],
  ['vouchers that do not balance, or numbers of vouchers that are missing', `
    select (select count(*) from (select v.id from ${s}.voucher v left join ${s}.voucher_entry e on e.tenant_id = v.tenant_id and e.voucher_id = v.id
      where v.tenant_id = ${t} group by v.id having count(e.id) < 2 or sum(e.debit_minor) <> sum(e.credit_minor)) as wrong)
    + (select coalesce(max(number), 0) - count(*) from ${s}.voucher where tenant_id = ${t})`,
  `delete from ${s}.voucher_entry where tenant_id = ${t} and id = (select max(id::text)::uuid from ${s}.voucher_entry where tenant_id = ${t})`],
  ['invoices and payments that are not in the books once, or not paid by what was recorded', `
    select (select count(*) from ${s}.invoice i where tenant_id = ${t} and sequence is not null and (select count(*) from ${s}.voucher v where v.tenant_id = ${t} and v.kind = 'invoice' and v.subject = i.id) <> 1)
    + (select count(*) from ${s}.payment p where tenant_id = ${t} and (select count(*) from ${s}.voucher v where v.tenant_id = ${t} and v.kind = 'payment' and v.subject = p.id) <> 1)
    + (select count(*) from ${s}.invoice i where tenant_id = ${t} and paid_minor <> coalesce((select sum(amount_minor) from ${s}.payment p where p.tenant_id = ${t} and p.invoice_id = i.id), 0))`,
  `delete from ${s}.payment where tenant_id = ${t} and id = (select max(id::text)::uuid from ${s}.payment where tenant_id = ${t})`],
  ['people who are in two places at once, or visits that take nobody’s time', `
    select (select count(*) from ${s}.occupancy a join ${s}.occupancy b on b.tenant_id = a.tenant_id and b.resource_id = a.resource_id and a.id < b.id and a.during && b.during
      where a.tenant_id = ${t} and a.overlap_id is null and b.overlap_id is null and 'on_call' not in (a.kind, b.kind))
    + (select count(*) from ${s}.appointment v where tenant_id = ${t} and technician_id is not null and status = 'confirmed' and not exists (select from ${s}.occupancy o where o.tenant_id = ${t} and o.appointment_id = v.id))`,
  `delete from ${s}.occupancy where tenant_id = ${t} and id = (select max(id::text)::uuid from ${s}.occupancy where tenant_id = ${t} and appointment_id is not null)`],
  ['visits of jobs that are not what the calendar says, and jobs that name a visit of none or of another', `
    select (select count(*) from ${s}.work_order_visit j join ${s}.appointment v on v.tenant_id = j.tenant_id and v.id = j.appointment_id where j.tenant_id = ${t} and j.status <> v.status)
    + (select count(*) from ${s}.work_order w where tenant_id = ${t} and appointment_id is not null and not exists (select from ${s}.work_order_visit j where j.tenant_id = ${t} and j.order_id = w.id and j.appointment_id = w.appointment_id))`,
  `update ${s}.work_order_visit set status = case status when 'requested' then 'confirmed' else 'requested' end where tenant_id = ${t} and appointment_id = (select max(appointment_id::text)::uuid from ${s}.work_order_visit where tenant_id = ${t})`],
  ['events without their line on the timeline', `
    select count(*) from ops.outbox o where tenant_id = ${t} and kind in ${STORIES} and not exists (select from ${s}.timeline_entry e where e.tenant_id = ${t} and e.id = o.id)`,
  `delete from ${s}.timeline_entry where tenant_id = ${t} and id = (select max(id::text)::uuid from ${s}.timeline_entry where tenant_id = ${t} and kind = 'customer.created')`],
];
/** Of all companies together. */
const QUEUE = [
  ['events that nobody numbered', 'select count(*) from ops.outbox where seq is null', 'update ops.outbox set seq = null where seq = (select max(seq) from ops.outbox)'],
  ['numbers of events that are missing', 'select (select seq from ops.relay) - count(*) from ops.outbox where seq is not null', 'delete from ops.outbox where seq = (select min(seq) from ops.outbox)'],
  ['jobs that wait, are held, or died', "select count(*) from ops.job where state in ('ready', 'running', 'dead') or (state = 'later' and attempts > 0)", "update ops.job set state = 'dead' where id = (select max(id::text)::uuid from ops.job)"],
];

/** Until everything that was told is done with. Leases of the dead run out in half a minute. */
export async function settle(ground, seconds = 90) {
  const until = Date.now() + seconds * 1000;
  const left = "select (select count(*) from ops.outbox where seq is null) + (select count(*) from ops.job where state in ('ready', 'running') or (state = 'later' and attempts > 0))";
  while (ground.number(left) > 0 && Date.now() < until) await wait(250);
}
/** As if the half minute were over in which a killed worker might still live, and the pause of what failed. Only while no worker lives. */
export const bury = (ground) => ground.sql("update ops.job set lease_until = now() where state = 'running'; update ops.job set run_at = now() where state = 'later' and attempts > 0");

function halves(ground, companies) {
  const all = [...companies.flatMap((company) => HALVES(at(company)).map(([what, sql, plant]) => ({ what, sql, plant, where: company.slug }))), ...QUEUE.map(([what, sql, plant]) => ({ what, sql, plant, where: 'the queue' }))];
  const counts = ground.rows(`${all.map(({ sql }) => `select (${sql})::bigint`).join(' union all ')}`.replace(/^/, 'select * from (').concat(') as counts'));
  // One plants, the other counts again; then it never was.
  const seen = ground.sql(all.map(({ sql, plant }) => `begin; set local session_replication_role = replica; ${plant}; select (${sql})::bigint; rollback;`).join('\n')).split('\n').map(Number);
  const found = all.map((one, n) => ({ ...one, wrong: Number(counts[n][0]), blind: !(seen[n] > Number(counts[n][0])) }));
  return { wrong: found.filter(({ wrong }) => wrong > 0), blind: found.filter(({ blind }) => blind), tried: all.length };
}

/** Holds the ledger beside the rows. */
export function tally(ground, clients) {
  const sum = { acknowledged: 0, refused: 0, unanswered: 0, lost: [], doubled: [] };
  const rows = new Map();
  for (const company of clients.companies) {
    const { s, t } = at(company);
    for (const [table, column] of new Map(Object.values(MARKED))) {
      const more = ['invoice', 'credit_note'].includes(table) ? "coalesce(number, '')" : "''";
      for (const [id, mark, number] of ground.rows(`select id, ${column}, ${more} from ${s}.${table} where tenant_id = ${t} and ${column} like '_-${clients.prefix}-%'`)) {
        const key = `${company.id} ${table} ${mark}`;
        rows.set(key, [...(rows.get(key) ?? []), { id, number }]);
      }
    }
  }
  for (const deed of clients.ledger) {
    const there = rows.get(`${deed.company.id} ${(MARKED[deed.verb] ?? MARKED.invoice)[0]} ${deed.mark}`) ?? [];
    const name = `${deed.verb} ${deed.mark} of ${deed.company.slug}`;
    if (there.length > 1) sum.doubled.push(name);
    if (deed.refused) {
      sum.refused += 1;
      if (there.length && deed.verb !== 'issue') sum.doubled.push(`${name}, which was refused`);
    } else if (!deed.done) sum.unanswered += 1;
    else {
      sum.acknowledged += 1;
      const same = ({ id, number }) => (deed.id === undefined || id === deed.id) && (!NUMBERED.includes(deed.verb) || number === deed.number);
      if (!there.some(same)) sum.lost.push(name);
    }
  }
  return sum;
}

/** Where each series of numbers stands. */
export const SERIES = { invoice: ['invoice', 'sequence'], credit_note: ['credit_note', 'sequence'], voucher: ['voucher', 'number'] };
/** How many numbers a series has given, which of these are nowhere, and which stand twice. */
export function numbers(ground, company) {
  const count = counting(at(company));
  return Object.keys(SERIES).map((series) => ({ series, ...read(ground.rows(count(series))[0]) }));
}
const read = ([given, missing, twice]) => ({ given: Number(given), missing: Number(missing), twice: Number(twice) });
const counting = ({ s, t }) => (series) => {
  const [table, column] = SERIES[series];
  return `with held as (select ${column} as n from ${s}.${table} where tenant_id = ${t} and ${column} is not null),
    given as (select coalesce((select next - 1 from ${s}.number_series where tenant_id = ${t} and name = '${series}'), 0) as n)
    select (select n from given), (select count(*) from given, generate_series(1, greatest(given.n, (select max(n) from held))) as wanted where not exists (select from held where held.n = wanted)),
           (select count(*) - count(distinct n) from held)`;
};
/** The same with a number taken away, and with one that stands twice: what the count says then, in transactions that are rolled back. */
export function planted(ground, company) {
  const { s, t } = at(company);
  const count = counting({ s, t });
  return Object.entries(SERIES).map(([series, [table, column]]) => {
    const try_ = (plant) => read(ground.sql(`begin; set local session_replication_role = replica; ${plant}; ${count(series)}; rollback;`).split('\n').pop().split('|'));
    const once = ground.rows(`select conname from pg_constraint where conrelid = '${s}.${table}'::regclass and contype = 'u' and pg_get_constraintdef(oid) like '%, ${column})'`)[0][0];
    const gap = try_(`delete from ${s}.${table} where tenant_id = ${t} and ${column} = 2`);
    const double = try_(`alter table ${s}.${table} drop constraint ${once}; update ${s}.${table} set ${column} = 1 where tenant_id = ${t} and ${column} = 2`);
    return { series, gap, double };
  });
}

/** The figures of a part and whether it held. */
export async function counted(ground, clients, { patience = 90, verbs = ['customer', 'visit', 'job', 'invoice', 'issue', 'payment'] } = {}) {
  await settle(ground, patience);
  const sum = tally(ground, clients);
  const half = halves(ground, clients.companies);
  const idle = verbs.filter((verb) => clients.acknowledged(verb) === 0);
  const some = (list) => (list.length ? `: ${list.slice(0, 3).join('; ')}` : '');
  const figures = [
    `${sum.acknowledged} acknowledged, ${sum.lost.length} lost, ${sum.doubled.length} doubled, ${half.wrong.length} half done; ${sum.refused} refused, ${clients.again} asked again${sum.unanswered ? `, ${sum.unanswered} NEVER ANSWERED` : ''}${some([...sum.lost, ...sum.doubled])}`,
    ...half.wrong.map(({ what, wrong, where }) => `${wrong} × ${what} (${where})`),
    half.blind.length ? `BLIND for what was planted: ${half.blind.map(({ what, where }) => `${what} (${where})`).join('; ')}` : `${half.tried} counts, each of which finds what is planted for it`,
    ...(idle.length ? [`nothing was done of: ${idle.join(', ')}`] : []),
    ...clients.odd.slice(0, 3),
  ];
  return { ok: !sum.lost.length && !sum.doubled.length && !half.wrong.length && !half.blind.length && !sum.unanswered && !idle.length && !clients.odd.length, figures, sum };
}
