// Other companies of the house in their own browsers: what is not theirs is not there for them, and one behind walls of its
// own works like any other.
import assert from 'node:assert/strict';
import { desk, field, follow, heading, press } from './eyes.mjs';
import { ask } from './wire.mjs';

/** Signs in at the company's address; answers the page, standing on Today. */
async function signedIn(eyes, base, company) {
  const home = `http://${company.slug}.localhost:${new URL(base).port}`;
  const context = await eyes.person(desk);
  const page = await context.newPage();
  await page.goto(`${home}/sign-in`);
  await field(page, 'Email').fill(company.email);
  await field(page, 'Password').fill(company.password);
  await press(page, 'Sign in');
  await heading(page, /^Today/);
  return { context, page, home };
}

/** Every address of ours, opened at hers by somebody who is signed in there. */
export async function pagesOfOthers(eyes, base, neighbour, company, made) {
  const { context, page, home } = await signedIn(eyes, base, neighbour);
  const job = await ask(base, company, 'GET', `/api/v1/work-orders/${made.job}`);
  const visit = job.body.appointment_id;
  assert.ok(visit && made.photo, 'the job has a visit and a photo');
  const paths = [`/customers/${made.customer}`, `/customers/${made.customer}/edit`, `/customers/${made.customer}/locations/new`, `/jobs/${made.job}`, made.photo, `/invoices/${made.invoice}`, `/invoices/${made.invoice}/pdf`, `/appointments/${visit}`, `/appointments/${visit}/move`, `/appointments/new?customer_id=${made.customer}`, `/tech/jobs/${visit}`];
  page.expects = [404];
  for (const path of paths) {
    const answer = await page.goto(`${home}${path}`);
    assert.equal(answer.status(), 404, path);
    await heading(page, 'There is nothing at this address');
    assert.doesNotMatch(await page.locator('body').textContent(), /Rivera|Prairie|192\.14/, path);
  }
  await eyes.see(page, 'neighbour-not-found', [desk]);
  // Her session says nothing at our address.
  const cookies = await context.cookies(home);
  await context.addCookies(cookies.map(({ name, value }) => ({ name, value, url: company.home.replace('http:', 'https:'), secure: true })));
  await page.goto(`${company.home}/customers`);
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await context.close();
}

/** A customer and a job for tomorrow, by the buttons that are there for it. */
export async function ownWalls(eyes, base, dedicated, company, made) {
  const { context, page, home } = await signedIn(eyes, base, dedicated);
  await page.goto(`${home}/customers/new`);
  await field(page, 'Name').fill('Wanda Walls');
  await field(page, 'Street and number').fill('1 Stone Court');
  await field(page, 'City').fill('Springfield');
  await press(page, 'Add customer');
  await heading(page, 'Wanda Walls');
  await follow(page, 'New job for this customer');
  await heading(page, 'New job');
  assert.match(await page.getByLabel('Where', { exact: true }).locator('option:checked').textContent(), /1 Stone Court/);
  await field(page, 'Or in a few words').fill('Look at the furnace');
  await field(page, 'Takes').fill('60');
  const day = page.getByLabel(/^Day/);
  const tomorrow = new Date(`${await day.inputValue()}T12:00:00Z`);
  tomorrow.setUTCDate(tomorrow.getUTCDate() + 1);
  await day.fill(tomorrow.toISOString().slice(0, 10));
  await page.getByLabel(/^Begins/).fill('10:00');
  await eyes.see(page, 'dedicated-new-job', [desk]);
  await press(page, 'Book job');
  await page.getByText(/Wanda Walls booked/).first().waitFor();
  await press(page, 'Prepare the job');
  await page.goto(`${home}/jobs`);
  await page.locator('tr[data-row]', { hasText: 'Wanda Walls' }).waitFor();
  // Walls on both sides.
  page.expects = [404];
  assert.equal((await page.goto(`${home}/customers/${made.customer}`)).status(), 404);
  const hers = await ask(base, dedicated, 'GET', '/api/v1/customers');
  assert.deepEqual(hers.body.data.map((each) => each.name), ['Wanda Walls']);
  assert.equal((await ask(base, company, 'GET', `/api/v1/customers/${hers.body.data[0].id}`)).status, 404);
  await context.close();
}
