// Looks at every page of the running demo, signed in as those who use it: `node tools/tour.mjs --out=FOLDER [word …]`.
// Words narrow it to pages whose name contains one of them. Options: --base=http://acme-hvac.localhost:8391, --scheme=,
// --size=, --no-axe, --tall (pictures as tall as the page is, up to 3000 pixels). Exit 1 when anything is wrong.
import { resolve } from 'node:path';
import { look } from './look.mjs';

const args = process.argv.slice(2);
const opt = Object.fromEntries(args.filter((a) => a.startsWith('--')).map((a) => { const [k, ...v] = a.slice(2).split('='); return [k, v.join('=') || true]; }));
const words = args.filter((a) => !a.startsWith('--'));
const base = opt.base || 'http://acme-hvac.localhost:8391';
const { hostname, port } = new URL(base);
const company = hostname.split('.')[0];
const loopback = `http://127.0.0.1:${port}`;

// Node does not resolve *.localhost everywhere; the browser does. The server only reads the name.
async function ask(path, init = {}) {
  const { request } = await import('node:http');
  return new Promise((done, failed) => {
    const going = request(loopback + path, { method: init.method || 'GET', headers: { host: `${hostname}:${port}`, ...init.headers } }, (answer) => {
      let text = '';
      answer.on('data', (part) => { text += part; }).on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
    });
    going.on('error', failed);
    going.end(init.body);
  });
}

async function signIn(who) {
  const body = new URLSearchParams({ email: `${who}@${company}.example`, password: 'tradewind demo', next: '/' }).toString();
  const answer = await ask('/sign-in', { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: base } });
  const [name, value] = (answer.headers['set-cookie']?.[0] ?? '').split(';')[0].split('=');
  if (!value) throw new Error(`${who} could not sign in: ${answer.status} ${answer.text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').slice(0, 300)}`);
  return { name, value, url: `https://${hostname}/`, secure: true };
}

const links = async (cookie, page, pattern) => {
  const { text } = await ask(page, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
  return [...new Set([...text.matchAll(/href="([^"]+)"/g)].map((m) => m[1].replaceAll('&amp;', '&')).filter((href) => pattern.test(href)))];
};
const first = async (cookie, page, pattern) => (await links(cookie, page, pattern))[0];

const owner = await signIn(opt.owner || 'olive');
const technician = await signIn(opt.technician || (company === 'acme-hvac' ? 'marco' : 'lena'));
const id = '[0-9a-f-]{36}';
const customer = await first(owner, '/customers', new RegExp(`^/customers/${id}$`));
const job = await first(owner, '/jobs', new RegExp(`^/jobs/${id}`));
const price = await first(owner, '/price-book', new RegExp(`^/price-book/${id}`));
const tech = await first(owner, '/technicians', new RegExp(`^/technicians/${id}`));
const person = await first(owner, '/settings/people', new RegExp(`^/settings/people/${id}`));
const visit = await first(owner, '/', new RegExp(`^/appointments/${id}`));
const phoneJob = await first(technician, '/tech', new RegExp(`^/tech/jobs/${id}`));
// There is a letter to look at once somebody has sent a test.
await ask('/settings/email/test', { method: 'POST', headers: { cookie: `${owner.name}=${owner.value}`, origin: base, 'content-type': 'application/x-www-form-urlencoded' } });
const mail = await first(owner, '/settings/email', new RegExp(`^/settings/email/${id}`));
const program = await first(owner, '/settings/service-accounts', new RegExp(`^/settings/service-accounts/${id}`));
const contact = await first(owner, customer, new RegExp(`^/customers/contacts/${id}/edit`));
const location = await first(owner, customer, new RegExp(`^/customers/locations/${id}/edit`));
const states = await links(owner, '/invoices', /^\/invoices\?.*(state|status|only|show)=/);
const invoices = [];
for (const state of ['/invoices', ...states]) {
  const one = await first(owner, state, new RegExp(`^/invoices/${id}$`));
  if (one && !invoices.some((i) => i[1] === one)) invoices.push([`invoice-${(state.split('=')[1] || 'first').replace(/\W+/g, '')}`, one]);
}

const asOwner = [
  ['today', '/'], ['board', '/board'], ['board-week', '/board?view=week'], ['visit', visit], ['visit-new', '/appointments/new'], ['visit-new-whom', '/appointments/new?q=a'], ['visit-new-for', `/appointments/new?customer_id=${customer.split('/').pop()}`], ['visit-move', visit && `${visit}/move`], ['board-list', '/board?view=list'], ['customers', '/customers'],
  ['customers-none', '/customers?q=zzzzqqq'], ['customer', customer], ['customer-new', '/customers/new'], ['customer-edit', `${customer}/edit`],
  ['contact-new', `${customer}/contacts/new`], ['contact-edit', contact], ['location-new', `${customer}/locations/new`], ['location-edit', location],
  ['customer-import', '/customers/import'], ['price-book', '/price-book'], ['price-book-new', '/price-book/new'], ['price-book-one', price],
  ['price-book-categories', '/price-book/categories'], ['price-book-taxes', '/price-book/taxes'], ['technicians', '/technicians'], ['technician-new', '/technicians/new'],
  ['technician', tech], ['jobs', '/jobs'], ['job', job], ['invoices', '/invoices'], ['invoice-new', '/invoices/new'], ...invoices, ['settings', '/settings'],
  ['settings-company', '/settings/company'], ['settings-plan', '/settings/plan'], ['settings-people', '/settings/people'], ['settings-people-new', '/settings/people/new'],
  ['settings-person', person], ['settings-roles', '/settings/roles'], ['settings-api-keys', '/settings/api-keys'], ['settings-programs', '/settings/service-accounts'], ['settings-program', program], ['settings-audit', '/settings/audit'],
  ['history', customer.replace('customers', 'history')], ['history-job', job.split('?')[0].replace('jobs', 'history')], ['history-then', `${customer.replace('customers', 'history')}?at=${new Date().toISOString()}`],
  ['mail-list', '/settings/email'], ['mail-one', mail], ['mail-blocked', '/settings/email/blocked'], ['mail-sender', '/settings/email/sender'], ['account', '/account'],
  ['not-found', '/nothing-here'], ['customer-gone', '/customers/00000000-0000-7000-8000-000000000000'],
];
const asTechnician = [['tech', '/tech'], ['tech-job', phoneJob], ['forbidden', '/customers'], ['forbidden-settings', '/settings'], ['tech-account', '/account']];
const asNobody = [['sign-in', '/sign-in'], ['book', '/book'], ['welcome-bad', '/welcome?token=nothing'], ['problems', '/docs/problems']];
const atBase = [['front', '/'], ['mailbox', '/mailbox'], ['onboarding', '/onboarding'], ['start-bad', '/start']];

async function tour(who, list, cookies, at = base) {
  const pages = list.filter(([name, path]) => path && (!words.length || words.some((w) => w.endsWith('=') ? name === w.slice(0, -1) : name.includes(w)))).map(([name, path]) => ({ name, url: at + path }));
  for (const [name, path] of list) if (!path) console.log(`${who}: no address found for ${name}`);
  if (!pages.length) return [];
  let usual;
  const before = opt.tall && (async (page) => {
    usual ??= page.viewportSize();
    if (page.viewportSize().width !== usual.width) usual = { ...usual, width: page.viewportSize().width };
    await page.setViewportSize(usual);
    const tall = await page.evaluate(() => Math.max(document.documentElement.scrollHeight, ...[...document.querySelectorAll('.main, .list-scroll')].map((el) => el.scrollHeight + innerHeight - el.clientHeight)));
    const { width, height } = page.viewportSize();
    if (tall > height + 2) await page.setViewportSize({ width, height: Math.min(3000, tall) });
  });
  const { runs, wrong } = await look(pages, { out: opt.out && resolve(opt.out), schemes: String(opt.scheme || 'light,dark').split(','), only: String(opt.size || 'desk,phone').split(','), withAxe: !opt['no-axe'], cookies, before });
  console.log(`${who}: ${runs} looks`);
  return wrong;
}

const wrong = [
  ...await tour('owner', asOwner, [owner]),
  ...await tour('technician', asTechnician, [technician]),
  ...await tour('nobody', asNobody, []),
  ...await tour('the product', atBase, [], `http://localhost:${port}`),
];
for (const one of wrong) console.log(one);
console.log(`${wrong.length} things wrong`);
process.exit(wrong.length ? 1 : 0);
