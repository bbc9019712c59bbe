// A role of the company's own: made from a copy, narrowed in the matrix, given to somebody, who then sees less; and a team, whose
// records they see together. Started by `cargo test -p tradewind --test journey` with BASE, CHROMIUM, COMPANY ({slug, email,
// password, api_key}) and OUT (for the pictures).
import assert from 'node:assert/strict';
import { Eyes, desk, field, follow, heading, press } from './eyes.mjs';
import { ask } from './wire.mjs';

const { BASE: base, COMPANY, OUT: out } = process.env;
const company = JSON.parse(COMPANY);
const home = `http://${company.slug}.localhost:${new URL(base).port}`;
const password = 'nine brass doorknobs';
const eyes = await new Eyes(out).open();
const pages = [];

async function made(path, body) {
  const answer = await ask(base, company, 'POST', path, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

async function signedIn(email, secret) {
  const page = await (await eyes.person(desk)).newPage();
  pages.push(page);
  await page.goto(`${home}/sign-in`);
  await field(page, 'Email').fill(email);
  await field(page, 'Password').fill(secret);
  await press(page, 'Sign in');
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  return page;
}

const tick = (page, sentence) => page.getByLabel(sentence, { exact: false }).first();
const reach = (page, noun, words) => page.getByRole('group', { name: noun }).getByLabel(words);

/** Whom the list of customers shows. */
async function customers(page) {
  await page.goto(`${home}/customers`);
  const names = await page.locator('tr[data-row] a').allTextContents();
  return names.map((name) => name.trim().split(' ')[0]).filter(Boolean).sort();
}

/** What a role may do counts within seconds: asks again until it does. */
async function until(what, expected) {
  let last;
  for (let tries = 0; tries < 20; tries += 1) {
    last = await what();
    if (JSON.stringify(last) === JSON.stringify(expected)) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  assert.deepEqual(last, expected);
}

async function give(owner, name, choose) {
  await owner.goto(`${home}/settings/people`);
  await follow(owner, name);
  await choose(owner);
  await press(owner, 'Save');
  await owner.getByText(`${name} saved.`).first().waitFor();
}

let failed;
try {
  const people = {};
  for (const [name, customer] of [['Anna North', 'Alder House'], ['Ben North', 'Birch House']]) {
    const email = `${name.split(' ')[0].toLowerCase()}@${company.slug}.example`;
    const { id } = await made('/api/v1/members', { name, email, role: 'dispatcher', password });
    const { id: customer_id } = await made('/api/v1/customers', { name: customer, phone: '(217) 555-0101', assigned_to: id });
    people[name] = { email, customer: customer_id };
  }
  const { id: nobodys } = await made('/api/v1/customers', { name: 'Cedar House', phone: '(217) 555-0101' });

  const owner = await signedIn(company.email, company.password);
  await owner.goto(`${home}/settings/roles`);
  await heading(owner, 'Roles');
  // As a company begins: its technicians see their own.
  await owner.locator('tr[data-row]', { hasText: 'Technician' }).getByText('Their own').first().waitFor();
  await eyes.see(owner, 'roles');

  // A name that exists is refused, with what was chosen kept.
  owner.expects = [422];
  await field(owner, 'What you call it').fill('dispatcher');
  await press(owner, 'Make role');
  await owner.getByText('There is a role called Dispatcher already.').first().waitFor();
  await eyes.see(owner, 'role-taken');
  owner.expects = [];
  await field(owner, 'What you call it').fill('Office apprentice');
  await field(owner, 'A copy of').selectOption({ label: 'Dispatcher' });
  await press(owner, 'Make role');
  await heading(owner, 'Office apprentice');
  await eyes.see(owner, 'role-made');
  const role = owner.url();

  // Who sees a part of the company cannot be let see the whole of it.
  for (const noun of ['Customers, their places, history and invoices', 'Appointments', 'Jobs']) await reach(owner, noun, 'Their own').check();
  await tick(owner, 'See invoices and what customers owe').uncheck();
  owner.expects = [422];
  await press(owner, 'Save role');
  await owner.getByText('shows the whole company. Take it off').first().waitFor();
  assert.equal(await tick(owner, 'See invoices and what customers owe').isChecked(), false, 'what was chosen is kept');
  assert.ok(await reach(owner, 'Jobs', 'Their own').isChecked(), 'and whose records');
  await eyes.see(owner, 'role-contradicts');
  owner.expects = [];
  const whole = owner.locator('label.tickline').filter({ hasText: 'shows the whole company' }).locator('input:checked');
  while (await whole.count()) await whole.first().uncheck();
  await press(owner, 'Save role');
  await owner.getByText('Office apprentice is saved.').first().waitFor();
  await eyes.see(owner, 'roles-with-own');

  // Before: Anna is a dispatcher and sees everybody's.
  const anna = await signedIn(people['Anna North'].email, password);
  assert.deepEqual(await customers(anna), ['Alder', 'Birch', 'Cedar']);
  const nav = anna.locator('a[href="/invoices"]');
  assert.ok(await nav.count(), 'a dispatcher finds the invoices');
  await give(owner, 'Anna North', (page) => field(page, 'Role').selectOption({ label: 'Office apprentice' }));
  await until(() => customers(anna), ['Alder']);
  assert.equal(await nav.count(), 0, 'no way leads to what she may not');
  await eyes.see(anna, 'apprentice-customers');
  anna.expects = [403, 404];
  await anna.goto(`${home}/invoices`);
  await heading(anna, 'This is not open to you');
  await anna.getByText('see invoices and what customers owe').first().waitFor();
  await eyes.see(anna, 'apprentice-forbidden');
  await anna.goto(`${home}/customers/${people['Ben North'].customer}`);
  await heading(anna, 'There is nothing at this address');
  anna.expects = [];
  await anna.goto(`${home}/customers/${people['Anna North'].customer}`);
  await heading(anna, 'Alder House');
  await eyes.see(anna, 'apprentice-customer');
  // Who else looks at the board is seen on it, once there is one.
  const members = (await ask(base, company, 'GET', '/api/v1/members')).body.data;
  await made('/api/v1/technicians', { name: 'Ben North', member_id: members.find((one) => one.name === 'Ben North').id });
  const seat = await owner.context().newPage();
  await seat.goto(`${home}/board`);
  await seat.waitForResponse((answer) => answer.url().endsWith('/board/here') && answer.ok());
  await anna.goto(`${home}/board`);
  await anna.locator('#board-here', { hasText: /is here/ }).waitFor();
  await eyes.see(anna, 'apprentice-board');
  await seat.close();

  // A role in use is not deleted, and the page says who stands in the way.
  owner.expects = [409];
  await owner.goto(role);
  await press(owner, 'Delete role');
  await heading(owner, 'This role is in use');
  await eyes.see(owner, 'role-in-use');
  owner.expects = [];

  // A team: its people see each other's, and nobody else's.
  await owner.goto(`${home}/settings/teams`);
  await heading(owner, 'Teams');
  await eyes.see(owner, 'teams-none');
  await field(owner, 'What you call it').fill('North');
  await press(owner, 'Add team');
  await owner.getByText('North is added.').first().waitFor();
  for (const name of ['Anna North', 'Ben North']) await give(owner, name, (page) => field(page, 'Team').selectOption({ label: 'North' }));
  await owner.goto(`${home}/settings/teams`);
  await owner.getByText('2 people').first().waitFor();
  await eyes.see(owner, 'teams');
  await owner.goto(role);
  for (const noun of ['Customers, their places, history and invoices', 'Appointments', 'Jobs']) await reach(owner, noun, "Their team's").check();
  await press(owner, 'Save role');
  await owner.getByText('Office apprentice is saved.').first().waitFor();
  await until(() => customers(anna), ['Alder', 'Birch']);
  await eyes.see(anna, 'apprentice-team');
  anna.expects = [404];
  await anna.goto(`${home}/customers/${nobodys}`);
  await heading(anna, 'There is nothing at this address');

  // Out of the team she sees her own again; and what was done stands in the audit.
  await give(owner, 'Anna North', (page) => field(page, 'Team').selectOption({ label: 'None' }));
  await until(() => customers(anna), ['Alder']);
  await owner.goto(`${home}/settings/people`);
  await follow(owner, 'Anna North');
  await heading(owner, 'Anna North');
  await eyes.see(owner, 'person-with-own-role');
  await owner.goto(`${home}/settings/audit`);
  await owner.getByText('Office apprentice').first().waitFor();
} catch (error) {
  failed = error;
  for (const [n, page] of pages.entries()) await page.screenshot({ path: `${out}/failed-${n}.png` }).catch(() => {});
  console.log(`failed at ${pages.map((page) => page.url()).join(' ')}`);
}
await eyes.close();
for (const one of [...new Set(eyes.wrong)]) console.log(`wrong: ${one}`);
if (failed) console.log(failed.stack);
console.log(`${eyes.screens} screens, each at 2 widths in light and dark; ${eyes.wrong.length} things wrong`);
process.exit(failed || eyes.wrong.length ? 1 : 0);
