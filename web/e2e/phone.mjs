// A customer on a phone, from the booking page to the end: books with the code of a letter, reads the letter, sends a photo, opens its link, moves the visit and calls it
// off, while the dispatcher's board stands open and shows each by itself. Started by `cargo test -p tradewind --test journey` with
// BASE, CHROMIUM, COMPANY ({slug, email, password, api_key}) and OUT (for the pictures). Letters are read at /mailbox.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Eyes, desk, field, follow, heading, phone, press } from './eyes.mjs';
import { letter as theLetter } from './letters.mjs';
import { ask } from './wire.mjs';

const { BASE: base, COMPANY, OUT: out } = process.env;
const company = JSON.parse(COMPANY);
const home = `http://${company.slug}.localhost:${new URL(base).port}`;
const eyes = await new Eyes(out).open();
const pages = [];
const customer = 'Rosa Rivera';

async function made(path, body) {
  const answer = await ask(base, company, 'POST', path, body);
  assert.equal(answer.status, 201, `${path}: ${answer.text}`);
  return answer.body;
}

/** A technician with the usual week, and a service that can be booked. */
async function openForBusiness() {
  await made('/api/v1/items', { name: 'AC diagnosis', kind: 'service', price: { amount: '89.00', currency: 'USD' }, duration_minutes: 60, online: true });
  await made('/api/v1/technicians', { name: 'Tess Turner', email: 'tess@example.com' });
  const owner = await (await eyes.person(desk)).newPage();
  pages.push(owner);
  await owner.goto(`${home}/sign-in`);
  await field(owner, 'Email').fill(company.email);
  await field(owner, 'Password').fill(company.password);
  await press(owner, 'Sign in');
  await heading(owner, /^Today/);
  await owner.goto(`${home}/setup/scheduling`);
  await owner.getByText('Nothing is missing').waitFor();
  return owner;
}

/** The company's own site, with the booking page in a frame. */
const site = createServer((_, answer) => {
  answer.setHeader('content-type', 'text/html');
  answer.end(`<!doctype html><html lang="en"><title>Our own site</title><link rel="icon" href="data:,"><h1>Our own site</h1><iframe src="${home}/book" title="Book a visit" width="360" height="800"></iframe></html>`);
});
await new Promise((going) => { site.listen(0, '127.0.0.1', going); });
const origin = `http://127.0.0.1:${site.address().port}`;

/** A fee for calling off late, a code for the e-mail address, and the booking page on the company's own site. */
async function terms(owner) {
  await owner.goto(`${home}/settings/booking`);
  await heading(owner, 'Booking page');
  await field(owner, 'Fee').fill('50');
  await owner.getByLabel('Prove the e-mail address').check();
  await field(owner, 'Sites').fill(`${origin}/`);
  await press(owner, 'Save');
  await owner.getByText('Saved').first().waitFor();
  await eyes.see(owner, 'settings-booking');
}

/** In the frame one gets as far as on the page itself: what was said is remembered there too. */
async function onTheSite() {
  const page = await (await eyes.person(phone)).newPage();
  pages.push(page);
  await page.goto(origin);
  const frame = page.frameLocator('iframe');
  await frame.getByLabel('Street and number').fill('1 Elm St');
  await frame.getByLabel('City').fill('Springfield');
  await frame.getByLabel('ZIP code').fill('62704');
  await frame.getByRole('button', { name: 'Continue' }).click();
  await frame.getByText('AC diagnosis').click();
  await frame.getByRole('button', { name: 'Continue' }).click();
  await frame.getByRole('heading', { name: 'When should we come?' }).waitFor();
  await page.close();
}

/** The six digits of the newest letter with a code. */
async function code(page) {
  const mailbox = await page.context().newPage();
  for (let tries = 0; tries < 60; tries += 1) {
    await mailbox.goto(`${base}/mailbox`);
    const found = (await mailbox.textContent('body')).match(/Your code: (\d{6})/);
    if (found) { await mailbox.close(); return found[1]; }
    await mailbox.waitForTimeout(500);
  }
  throw new Error('no letter has a code');
}

const letter = (page, subject) => theLetter(page, base, subject, 'AC diagnosis');

/** Days that have a window left, as the strip shows them. */
const days = (page) => page.locator('a.day', { hasText: /left|Soonest|Last/ });
const dayOf = (link) => link.getAttribute('href').then((href) => new URL(href, home).searchParams.get('date'));

/** Takes the last day of the strip, or the one before it: far enough to be moved and called off by the rules. */
async function chooseDay(page, fromTheEnd) {
  let all = days(page);
  if (await all.count() <= fromTheEnd) {
    await follow(page, 'Later days');
    await heading(page, /time|When/);
    all = days(page);
  }
  const link = all.nth(await all.count() - 1 - fromTheEnd);
  const day = await dayOf(link);
  await link.click();
  await page.waitForURL(`**date=${day}`);
  return day;
}

/** Seconds that the time is held for them, as the page counts them. */
async function leftOf(page) {
  const [minutes, seconds] = (await page.locator('[data-clock]').first().textContent()).split(':').map(Number);
  return minutes * 60 + seconds;
}

/** The same page in a browser whose clock runs ahead: what is said as the hold comes to its end. */
async function runsOut(booking) {
  const context = await eyes.person(phone, await booking.storageState());
  const tab = await context.newPage();
  await tab.clock.install();
  await tab.goto(`${home}/book/you`);
  await tab.locator('[data-clock]').first().waitFor();
  await tab.clock.fastForward('08:30');
  await tab.getByText('Two minutes left to finish the booking.').first().waitFor({ state: 'attached' });
  await tab.clock.fastForward('02:00');
  await tab.getByText('The time is open to others again').first().waitFor();
  await tab.getByRole('link', { name: 'Choose a time' }).waitFor();
  await context.close();
}

async function books(page) {
  await page.goto(`${home}/book`);
  await heading(page, 'Where should we come?');
  await field(page, 'Street and number').fill('455 Prairie Drive');
  await field(page, 'City').fill('Springfield');
  await field(page, 'State').fill('IL');
  await field(page, 'ZIP code').fill('62704');
  await press(page, 'Continue');
  await heading(page, 'What can we do for you?');
  await page.getByText('AC diagnosis').click();
  await press(page, 'Continue');
  await heading(page, 'When should we come?');
  const day = await chooseDay(page, 0);
  await page.locator('.slot:not(.is-full)').first().click();
  await eyes.see(page, 'book-when', [phone]);
  await press(page, 'Continue');
  await heading(page, 'Who should we ask for?');
  await field(page, 'Your name').fill(customer);
  await field(page, 'Email').fill('rosa@rivera.example');
  // Who has answered all of it three seconds after beginning is taken for a robot.
  const before = await leftOf(page);
  await page.waitForTimeout(2000);
  const after = await leftOf(page);
  assert.ok(before <= 600 && after >= 540 && before - after >= 1 && before - after <= 10, `the hold counts down: ${before}, ${after}`);
  await runsOut(page.context());
  await press(page, 'Continue');
  await heading(page, 'Which code did we send you?');
  const right = await code(page);
  page.expects = [422];
  await field(page, 'Code').fill(right === '000000' ? '000001' : '000000');
  await press(page, 'Book the visit');
  await page.getByText('That is not the code').first().waitFor();
  await eyes.see(page, 'book-code', [phone]);
  page.expects = [];
  await field(page, 'Code').fill(right);
  await press(page, 'Book the visit');
  await heading(page, 'You are booked');
  return day;
}

/** A picture of four pixels. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNocFAAIgYIBQAaDgOBnA45xwAAAABJRU5ErkJggg==', 'base64');

const job = (board) => board.locator('button.job-b', { hasText: customer });

/** The board of a day, open in the office; it is not loaded again by anybody. */
async function watch(owner, day) {
  const board = await owner.context().newPage();
  pages.push(board);
  await board.goto(`${home}/board?date=${day}`);
  await board.locator('[data-lane][data-name="Tess Turner"]').waitFor();
  board.loads = 0;
  board.on('load', () => { board.loads += 1; });
  return board;
}

async function asked(day) {
  const answer = await ask(base, company, 'GET', `/api/v1/appointments?from=${day}T00:00:00Z&to=${day}T23:59:59Z`);
  return answer.body.data.map((one) => [one.status, one.cancelled_by]);
}

let failed;
try {
  const owner = await openForBusiness();
  await terms(owner);
  await onTheSite();
  const page = await (await eyes.person(phone)).newPage();
  pages.push(page);

  const first = await books(page);
  const board = await watch(owner, first);
  await job(board).waitFor();
  assert.deepEqual(await asked(first), [['confirmed', null]]);

  const link = await letter(page, 'Your visit on');
  assert.match(link, /\/visit\/[0-9a-f]{60,}$/);
  await page.goto(link);
  await heading(page, 'You are booked');
  await page.getByText('Calling off less than 24 hours before costs $50.00').waitFor();
  await page.locator('input[type="file"]').setInputFiles({ name: 'leak.png', mimeType: 'image/png', buffer: picture });
  await press(page, 'Send photo');
  await page.locator('.visit-photos img').waitFor();
  await eyes.see(page, 'visit', [phone]);
  await job(board).click();
  await board.locator('#pane .visit-photos img').waitFor();

  await follow(page, 'Choose another time');
  await heading(page, 'Choose another time');
  const second = await chooseDay(page, 1);
  assert.notEqual(second, first, 'another day');
  const other = await watch(owner, second);
  assert.equal(await job(other).count(), 0, 'nothing is there yet');
  await page.locator('.slot:not(.is-full)').first().click();
  await eyes.see(page, 'visit-move', [phone]);
  await press(page, 'Move the visit');
  await heading(page, 'You are booked');
  await job(other).waitFor();
  await job(board).waitFor({ state: 'detached' });
  assert.deepEqual([await asked(first), await asked(second)], [[], [['confirmed', null]]]);
  assert.equal(await letter(page, 'Your visit has a new time'), link, 'the same link counts on');

  await page.goto(link);
  await heading(page, 'You are booked');
  await follow(page, 'Cancel');
  await heading(page, 'Cancel this visit?');
  await page.getByText('It costs nothing until').waitFor();
  await field(page, 'Why, if you like to say').fill('It cools again.');
  await eyes.see(page, 'visit-cancel', [phone]);
  await press(page, 'Cancel the visit');
  await heading(page, 'This visit is cancelled');
  await eyes.see(page, 'visit-cancelled', [phone]);
  // What was called off stays to be seen, struck through.
  await other.locator('.job-b', { hasText: customer }).filter({ hasText: /cancelled/i }).first().waitFor();
  assert.deepEqual(await asked(second), [['cancelled', 'customer']]);
  await letter(page, 'is cancelled');
  assert.deepEqual([board.loads, other.loads], [0, 0], 'no board was loaded again');
  await eyes.see(other, 'board-after');
} catch (error) {
  failed = error;
  for (const [n, page] of pages.entries()) await page.screenshot({ path: `${out}/failed-${n}.png` }).catch(() => {});
  console.log(`failed at ${pages.map((page) => page.url()).join(' ')}`);
}
await eyes.close();
site.close();
for (const one of [...new Set(eyes.wrong)]) console.log(`wrong: ${one}`);
if (failed) console.log(failed.stack);
console.log(`${eyes.screens} screens; ${eyes.wrong.length} things wrong`);
process.exit(failed || eyes.wrong.length ? 1 : 0);
