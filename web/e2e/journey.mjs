// The whole day of a company in a browser, by labels and roles as a person would: sign-up, import, price book, technician,
// booking, board, phone, invoice, payment. A neighbour that was there before sees nothing of it. Started by
// `cargo test -p tradewind --test journey` with BASE, CHROMIUM, NEIGHBOUR and DEDICATED ({slug, api_key, email, password})
// and OUT (for the pictures); once with the office at a desk and customer and technician on the phone, once (SWAPPED) the
// other way round.
import assert from 'node:assert/strict';
import { Eyes, desk } from './eyes.mjs';
import { bringCustomers, fillPriceBook, hireTechnician, signUp } from './company.mjs';
import { bill, lookBack } from './money.mjs';
import { ownWalls, pagesOfOthers } from './neighbour.mjs';
import { book, customer, dispatch, dispatchByForm, touch, watchBoard } from './visit.mjs';
import { makeChecklist, work } from './fieldwork.mjs';
import { takeBack } from './undo.mjs';
import { withoutAMouse } from './keys.mjs';
import { ask } from './wire.mjs';

const { BASE: base, NEIGHBOUR, DEDICATED, OUT: out, SWAPPED } = process.env;
const [neighbour, dedicated] = [JSON.parse(NEIGHBOUR), JSON.parse(DEDICATED)];
const eyes = await new Eyes(out, Boolean(SWAPPED)).open();
let office;

async function chapter(title, tale) {
  const began = Date.now();
  try {
    const told = await tale();
    console.log(`${title}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    return told;
  } catch (error) {
    const pages = eyes.browser.contexts().flatMap((context) => context.pages());
    for (const [n, page] of pages.entries()) await page.screenshot({ path: `${out}/failed-${n}.png` }).catch(() => {});
    console.log(`${title}: failed at ${pages.map((page) => page.url()).join(' ')}`);
    throw error;
  }
}

/** What the neighbour has stays hers, and nothing of ours is hers, by list or by id. */
async function neighbourSeesNothing(company, made) {
  const lists = ['customers', 'items', 'technicians', 'appointments?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z', 'work-orders', 'invoices', 'payments', 'members', 'tax-rates', 'categories'];
  const ours = /Rivera|Prairie|Chen|Delgado|Okafor|Turner|capacitor|Illinois/i;
  for (const list of lists) {
    const hers = await ask(base, neighbour, 'GET', `/api/v1/${list}`);
    assert.ok(hers.status < 500, `${list}: ${hers.status} ${hers.text}`);
    assert.doesNotMatch(hers.text, ours, `the neighbour sees something of ours in ${list}`);
    const mine = await ask(base, company, 'GET', `/api/v1/${list}`);
    assert.doesNotMatch(mine.text, /Neighbour|Nelly/, `we see something of the neighbour in ${list}`);
  }
  const one = await ask(base, neighbour, 'GET', '/api/v1/customers');
  assert.deepEqual(one.body.data.map((each) => each.name), ['Nelly Neighbour']);
  for (const [path, id] of [['customers', made.customer], ['work-orders', made.job], ['invoices', made.invoice]]) {
    assert.equal((await ask(base, company, 'GET', `/api/v1/${path}/${id}`)).status, 200, `${path}: our own`);
    assert.equal((await ask(base, neighbour, 'GET', `/api/v1/${path}/${id}`)).status, 404, `${path}: the neighbour`);
  }
  // A key opens one company only, whichever host it is shown to.
  const stray = await ask(base, { slug: neighbour.slug, api_key: company.api_key }, 'GET', '/api/v1/customers');
  assert.deepEqual([stray.status, stray.body?.code], [403, 'wrong_tenant']);
}

let failed;
try {
  const hers = await ask(base, neighbour, 'POST', '/api/v1/customers', { name: 'Nelly Neighbour', email: 'nelly@neighbour.example' });
  assert.equal(hers.status, 201, hers.text);
  const context = await eyes.person(desk);
  office = await context.newPage();
  const company = await chapter('a company signs up', () => signUp(eyes, office, base, neighbour.slug));
  await chapter('it brings its customers', () => bringCustomers(eyes, office, company));
  await chapter('it fills its price book', () => fillPriceBook(eyes, office, company));
  const link = await chapter('it hires a technician', () => hireTechnician(eyes, office, company));
  await chapter('it says what is asked on every job', () => makeChecklist(eyes, office, company));
  const board = await chapter('the board is opened', () => watchBoard(eyes, context, company));
  await chapter(`${customer} books`, () => book(eyes, company));
  await chapter('the board shows it and it is moved', () => (SWAPPED ? dispatchByForm : dispatch)(eyes, board, company));
  if (!SWAPPED) await chapter('the board is worked without a mouse', () => withoutAMouse(eyes, context, company));
  if (!SWAPPED) await chapter('the board is touched', () => touch(eyes, context, company));
  await chapter('the technician does the work', () => work(eyes, link, board));
  const invoice = await chapter('the office bills it', () => bill(eyes, office, company));
  const made = await chapter('the day is looked back on', () => lookBack(eyes, office, company, invoice));
  await chapter('what was put away is brought back', () => takeBack(eyes, office, company));
  await chapter('the neighbour sees nothing', () => neighbourSeesNothing(company, { ...made, invoice: invoice.id }));
  await chapter('nor in her browser', () => pagesOfOthers(eyes, base, neighbour, company, { ...made, invoice: invoice.id }));
  await chapter('a company with walls of its own', () => ownWalls(eyes, base, dedicated, company, made));
} catch (error) { failed = error; }
await eyes.close();
for (const one of [...new Set(eyes.wrong)]) console.log(`wrong: ${one}`);
if (failed) console.log(failed.stack);
console.log(`${eyes.screens} screens, ${SWAPPED ? 'at one width' : 'each at 2 widths in light and dark'}; ${eyes.wrong.length} things wrong`);
process.exit(failed || eyes.wrong.length ? 1 : 0);
