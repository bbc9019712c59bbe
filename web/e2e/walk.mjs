// A walk over the pages that no other journey opens: the demo as `tradewind demo` makes it, a company that has nothing yet, and one
// that is suspended. Started by `cargo test -p tradewind --test journey` with BASE, CHROMIUM, QUIET ({slug, email, password}),
// SHUT ({slug}) and OUT (for the pictures).
import { placesOf } from '../tools/places.mjs';
import { Eyes, desk, field, heading, press } from './eyes.mjs';

const { BASE: base, OUT: out } = process.env;
const [quiet, shut] = [JSON.parse(process.env.QUIET), JSON.parse(process.env.SHUT)];
const home = (slug) => `http://${slug}.localhost:${new URL(base).port}`;

/** By who looks, as `placesOf` names them. The other places are looked at by the journeys that do something there. */
const unseen = {
  owner: [
    'board-week', 'board-list', 'board-map', 'board-beside', 'visit', 'visit-move', 'who-could-come', 'scheduling-missing', 'scheduling-rules', 'areas', 'area', 'area-new', 'travel-times', 'resources',
    'maintenance', 'maintenance-new', 'maintenance-plan', 'maintenance-edit', 'maintenance-visit', 'maintenance-billing', 'calendar-technician', 'calendar-own', 'calendar-customer',
    'contact-edit', 'location-edit', 'customer-edit', 'customer-portal', 'customer-statement', 'price-book-one', 'price-book-import', 'price-book-import-columns', 'price-book-import-done',
    'estimates', 'books', 'books-accounts', 'books-payouts', 'books-deferred', 'books-deposits', 'ratings', 'timesheets', 'checklists', 'settings-photos', 'settings-portal', 'mail-list', 'mail-one', 'mail-blocked', 'mail-sender', 'not-found',
  ],
  technician: ['forbidden'],
  'a customer': ['portal-home', 'portal-visits', 'portal-estimates', 'portal-invoices', 'portal-invoice', 'portal-documents', 'portal-cards', 'portal-details'],
  nobody: ['sign-in', 'problems', 'welcome-bad', 'confirm-bad', 'unsubscribe-bad'],
  'the product': ['front', 'mailbox', 'start-bad'],
};

const eyes = await new Eyes(out).open();
const began = Date.now();
let failed;
async function walk({ who, list, cookies, at }) {
  const context = await eyes.person(desk);
  if (cookies.length) await context.addCookies(cookies);
  const page = await context.newPage();
  for (const name of unseen[who]) {
    const path = list.find(([known]) => known === name)?.[1];
    if (!path) { eyes.wrong.push(`${who}: the demo has no ${name} to look at`); continue; }
    page.expects = /bad$|not-found|forbidden/.test(name) ? [400, 403, 404, 409, 410] : [];
    await page.goto(at + path);
    await eyes.see(page, name);
  }
  await context.close();
}

/** What a company sees that has no customers, prices, jobs or invoices; then one that is suspended. */
async function nothing() {
  const context = await eyes.person(desk);
  const page = await context.newPage();
  await page.goto(`${home(quiet.slug)}/sign-in`);
  await field(page, 'Email').fill(quiet.email);
  await field(page, 'Password').fill(quiet.password);
  await press(page, 'Sign in');
  await heading(page, /^Today/);
  for (const path of ['price-book', 'jobs', 'invoices', 'technicians', 'board?view=list']) {
    await page.goto(`${home(quiet.slug)}/${path}`);
    await eyes.see(page, `${path.replace(/\W+/g, '-')}-none`);
  }
  page.expects = [403, 404];
  await page.goto(`${home(shut.slug)}/`);
  await page.getByText('is suspended').first().waitFor();
  await eyes.see(page, 'suspended');
  await context.close();
}

try {
  const places = await placesOf(home('acme-hvac'));
  await Promise.all([...places.map(walk), nothing()]);
} catch (error) { failed = error; }
await eyes.close();
for (const one of [...new Set(eyes.wrong)]) console.log(`wrong: ${one}`);
if (failed) console.log(failed.stack);
console.log(`${eyes.screens} pages in ${((Date.now() - began) / 1000).toFixed(0)} s, each at 2 widths in light and dark; ${eyes.wrong.length} things wrong`);
process.exit(failed || eyes.wrong.length ? 1 : 0);
