// A customer and their money on a phone: an estimate comes by letter, an option is chosen and something ticked, the name and a drawn
// signature approve it, the deposit is paid, the work is done, the last invoice has the deposit taken off, and the portal shows all of it;
// what the office types and what the customer reads are the same amounts. Started by `cargo test -p tradewind --test journey` with BASE,
// CHROMIUM, COMPANY ({slug, email, password, api_key}) and OUT (for the pictures). Letters are read at /mailbox.
import assert from 'node:assert/strict';
import { Eyes, desk, draws, field, follow, heading, phone, press } from './eyes.mjs';
import { letter } from './letters.mjs';
import { ask } from './wire.mjs';

const { BASE: base, COMPANY, OUT: out } = process.env;
const company = JSON.parse(COMPANY);
const home = `http://${company.slug}.localhost:${new URL(base).port}`;
const eyes = await new Eyes(out).open();
const pages = [];
const email = 'rosa@rivera.example';

async function asked(method, path, body) {
  const answer = await ask(base, company, method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
  return answer.body;
}
const usd = (amount) => ({ amount, currency: 'USD' });

/** With two options, of which one has something to tick; three tenths are wanted before the work. */
async function offered() {
  const rosa = await asked('POST', '/api/v1/customers', { name: 'Rosa Rivera', email, location: { street: '12 Elm St', city: 'Springfield', region: 'IL', postal_code: '62704' } });
  const tax = [{ name: 'Sales tax', rate_ppm: 82_500 }];
  const options = [
    { name: 'Repair', lines: [{ description: 'Blower motor', unit_price: usd('640.00'), taxes: tax }] },
    { name: 'Replace', recommended: true, discount_ppm: 50_000, lines: [
      { description: 'Furnace', unit_price: usd('4210.00'), taxes: tax },
      { description: 'Installation', unit_price: usd('1850.00'), taxes: [] },
      { description: 'Surge protector', unit_price: usd('219.33'), optional: true, taxes: tax },
    ] },
  ];
  const estimate = await asked('POST', '/api/v1/estimates', { customer_id: rosa.id, title: 'Heat for the winter', deposit_ppm: 300_000, options });
  await asked('POST', `/api/v1/estimates/${estimate.id}/send`, {});
  return { rosa: rosa.id, estimate: estimate.id };
}

/** Reads, chooses, ticks, signs with a finger. */
async function approves(page) {
  await page.goto(await letter(page, base, 'Your estimate from', 'Heat for the winter'));
  await heading(page, 'Heat for the winter');
  await page.getByText('$6,086.96').waitFor();
  await page.getByLabel(/^Surge protector/).check();
  // 6,279.33 less 313.97; 4,207.87 of it at 8.25 % is 347.15.
  await page.getByText('$6,312.51').waitFor();
  await eyes.see(page, 'estimate', [phone]);
  await press(page, 'Choose Replace');
  await page.getByText('An invoice for the deposit of').waitFor();
  await page.getByText('$1,893.75').first().waitFor();
  page.expects = [422];
  await press(page, 'Approve for $6,312.51');
  await page.getByText('Give your name.').first().waitFor();
  page.expects = [];
  await field(page, 'Your name').fill('Rosa Rivera');
  await draws(page, page.locator('canvas.est-sign'));
  assert.match(await page.locator('input[name="signature"]').inputValue(), /^M\d/, 'the signature is drawn');
  await eyes.see(page, 'estimate-sign', [phone]);
  await press(page, 'Approve for $6,312.51');
  await page.getByText('Approved by Rosa Rivera').waitFor();
  await page.getByText('The invoice for the deposit of $1,893.75 comes to you.').waitFor();
  await eyes.see(page, 'estimate-approved', [phone]);
}

/** By a link to the address that the letters come to. */
async function signsIn(page) {
  await page.goto(`${home}/portal`);
  await field(page, 'Email').fill(email);
  await press(page, 'Send me a link');
  await heading(page, 'Look into your mail');
  await page.goto(await letter(page, base, 'Your link to', 'It is good once'));
  await press(page, 'Sign in');
  await heading(page, 'Hello, Rosa Rivera');
}

const place = (page, name) => page.getByRole('navigation', { name: 'Your pages' }).getByRole('link', { name }).click();
const row = (page, words) => page.locator('.portal-row', { hasText: words });

/** The office takes a transfer for it, on the invoice's own page. */
async function takes(office, invoice, amount) {
  await office.goto(`${home}/invoices/${invoice}`);
  await office.getByRole('button', { name: 'Record payment' }).filter({ visible: true }).first().click();
  const dialog = office.getByRole('dialog', { name: 'Record payment' });
  assert.equal(await field(dialog, 'Amount').inputValue(), amount);
  await press(dialog, 'Record payment');
  await office.getByText('Paid', { exact: true }).first().waitFor();
}

async function signedIn() {
  const office = await (await eyes.person(desk)).newPage();
  pages.push(office);
  await office.goto(`${home}/sign-in`);
  await field(office, 'Email').fill(company.email);
  await field(office, 'Password').fill(company.password);
  await press(office, 'Sign in');
  await heading(office, /^Today/);
  return office;
}

/** The job that the estimate became is done; the draft that follows. */
async function done(job) {
  for (const verb of ['start', 'finish']) await asked('POST', `/api/v1/work-orders/${job}/${verb}`, {});
  for (let tries = 0; tries < 60; tries += 1) {
    const { data } = await asked('GET', '/api/v1/invoices?status=draft');
    const draft = data.find((one) => one.work_order_id === job);
    if (draft) return draft.id;
    await new Promise((later) => { setTimeout(later, 500); });
  }
  throw new Error('no draft for the finished job');
}

/** The paper behind a link of the page, as its text. */
async function paper(page, link) {
  const href = await row(page, link).getByRole('link').first().getAttribute('href');
  return page.evaluate(async (from) => { const answer = await fetch(from); return [answer.status, answer.headers.get('content-type')]; }, href);
}

let failed;
try {
  const { estimate } = await offered();
  const page = await (await eyes.person(phone)).newPage();
  pages.push(page);
  const office = await signedIn();
  await approves(page);
  const agreed = await asked('GET', `/api/v1/estimates/${estimate}`);
  assert.equal(agreed.status, 'approved');

  await signsIn(page);
  await row(page, '$1,893.75').waitFor();
  await eyes.see(page, 'portal-deposit', [phone]);
  await takes(office, agreed.deposit_invoice_id, '1893.75');
  await office.goto(`${home}/books/deposits`);
  await office.getByText('Agrees with the account of deposits.').waitFor();
  await eyes.see(office, 'books-deposits');
  await place(page, 'Home');
  await page.getByText('Nothing. Estimates to approve and open invoices stand here.').waitFor();

  const last = await done(agreed.made_work_order_id);
  await office.goto(`${home}/invoices/${last}`);
  await office.getByText('Less deposit, invoice INV-0001').waitFor();
  await eyes.see(office, 'last-invoice');
  await press(office, 'Issue invoice');
  await office.getByRole('button', { name: 'Record payment' }).first().waitFor();
  await place(page, 'Invoices');
  // What was agreed, less what was paid before.
  await row(page, '$4,418.76').waitFor();
  await eyes.see(page, 'portal-invoices', [phone]);
  await row(page, '$4,418.76').getByRole('link').first().click();
  await page.getByText('Less deposit, invoice INV-0001').waitFor();
  await eyes.see(page, 'portal-last-invoice', [phone]);
  await takes(office, last, '4418.76');
  await page.goBack();
  await page.reload();
  assert.equal(await page.getByRole('heading', { name: 'Open' }).count(), 0, 'nothing is open any more');
  await place(page, 'Documents');
  for (const words of ['Invoice INV-0001', 'Invoice INV-0002', 'Receipt for INV-0001', 'Receipt for INV-0002', 'Estimate EST-0001', 'Statement']) {
    assert.deepEqual(await paper(page, words), [200, 'application/pdf'], words);
  }
  await eyes.see(page, 'portal-documents', [phone]);
  await office.goto(`${home}/books/deposits`);
  await office.getByText('No deposit is kept for a customer').waitFor();
  await press(page, 'Sign out');
  await page.waitForURL((url) => url.pathname.startsWith('/portal/sign-in') || url.pathname === '/portal');
} catch (error) {
  failed = error;
  for (const [n, page] of pages.entries()) await page.screenshot({ path: `${out}/failed-${n}.png` }).catch(() => {});
  console.log(`failed at ${pages.map((page) => page.url()).join(' ')}`);
}
await eyes.close();
for (const one of [...new Set(eyes.wrong)]) console.log(`wrong: ${one}`);
if (failed) console.log(failed.stack);
console.log(`${eyes.screens} screens; ${eyes.wrong.length} things wrong`);
process.exit(failed || eyes.wrong.length ? 1 : 0);
