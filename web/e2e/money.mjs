// Third chapter: the office bills the work and takes the money; then everything that knows of it is looked at.
import assert from 'node:assert/strict';
import { desk, field, follow, heading, phone, press, wide } from './eyes.mjs';
import { customer } from './visit.mjs';

/** 129.00 + 48.50 and 8.25 % on both, rounded once: 177.50 + 14.64. */
const total = '192.14';

/** The draft that the finished job made, issued and paid. Answers the id of the invoice. */
export async function bill(eyes, page, company) {
  // Drafting is a job of its own and takes a moment.
  const drafted = page.locator('tr[data-row]', { hasText: customer });
  for (let n = 0; n < 30; n += 1) {
    await page.goto(`${company.home}/invoices`);
    if (await drafted.count()) break;
    await page.waitForTimeout(500);
  }
  await eyes.see(page, 'invoices');
  await page.goto(new URL(await page.locator('tr[data-row]', { hasText: customer }).getByRole('link').first().getAttribute('href'), company.home).href);
  await heading(page, `Draft for ${customer}`);
  await page.getByText('Run capacitor 45/5 µF').first().waitFor();
  await page.getByText(`$${total}`).first().waitFor();
  await eyes.see(page, 'invoice-draft');
  await press(page, 'Issue invoice');
  await page.getByRole('button', { name: 'Record payment' }).first().waitFor();
  const number = (await page.getByRole('heading', { level: 1 }).textContent()).trim();
  assert.match(number, /\d/, 'an issued invoice has a number');
  await eyes.see(page, 'invoice-issued');
  const pdf = await page.evaluate(async () => { const a = await fetch(document.querySelector('a[href$="/pdf"]').href); return { status: a.status, type: a.headers.get('content-type'), head: (await a.text()).slice(0, 5) }; });
  assert.deepEqual(pdf, { status: 200, type: 'application/pdf', head: '%PDF-' });
  await page.getByRole('button', { name: 'Record payment' }).filter({ visible: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Record payment' });
  await dialog.waitFor();
  assert.equal(await field(dialog, 'Amount').inputValue(), total);
  await eyes.see(page, 'invoice-pay');
  await press(dialog, 'Record payment');
  await page.getByText('Paid', { exact: true }).first().waitFor();
  await eyes.see(page, 'invoice-paid');
  return { id: new URL(page.url()).pathname.split('/').pop(), number };
}

/** Dashboard and timeline tell all of it. */
export async function lookBack(eyes, page, company, invoice) {
  await page.goto(`${company.home}/`);
  await heading(page, /^Today/);
  await page.getByText(`$${total}`).or(page.getByText('$192')).first().waitFor();
  await eyes.see(page, 'today', [desk, phone, wide]);
  await page.goto(`${company.home}/board`);
  await page.locator('[data-lane][data-name="Tess Turner"]').waitFor();
  await eyes.see(page, 'board-wide', [wide]);
  await page.goto(`${company.home}/customers`);
  await eyes.see(page, 'customers-wide', [wide]);
  await follow(page, new RegExp(`^${customer}`));
  await heading(page, customer);
  const id = new URL(page.url()).pathname.split('/').pop();
  const told = await page.locator('main').textContent();
  for (const words of [/booked/i, /on (the|its) way|set out/i, /finished|completed/i, new RegExp(invoice.number), /paid|payment/i]) assert.match(told, words, `the timeline does not tell ${words}`);
  await eyes.see(page, 'customer');
  await page.goto(`${company.home}/jobs`);
  await page.locator('tr[data-row]', { hasText: customer }).waitFor();
  await eyes.see(page, 'jobs');
  await page.goto(new URL(await page.locator('tr[data-row]', { hasText: customer }).getByRole('link').first().getAttribute('href'), company.home).href);
  await page.getByText('Capacitor was swollen').first().waitFor();
  await eyes.see(page, 'job');
  await page.getByRole('button', { name: /^Show large/ }).first().click();
  const large = page.getByRole('dialog', { name: 'After' });
  await page.waitForFunction(() => document.querySelector('dialog[open] img.photo')?.naturalWidth > 0);
  await eyes.see(page, 'job-photo');
  const [saved] = await Promise.all([page.waitForEvent('download'), large.getByRole('link', { name: 'Save photo' }).click()]);
  assert.match(saved.suggestedFilename(), /\.jpe?g$/);
  await press(large, 'Close');
  const job = new URL(page.url()).pathname.split('/').pop();
  const photo = await page.locator('img[src*="/photos/"]').first().getAttribute('src');
  for (const path of ['/settings', '/settings/company', '/settings/api-keys', '/settings/audit', '/settings/roles', '/settings/plan', '/account', '/appointments/new', '/customers/new', '/invoices/new']) {
    page.expects = [404];
    const answer = await page.goto(`${company.home}${path}`);
    if (answer.status() === 404) { eyes.wrong.push(`${path} is not there`); continue; }
    await eyes.see(page, path.slice(1).replaceAll('/', '-'));
  }
  return { customer: id, job, photo };
}
