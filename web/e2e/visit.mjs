// Second chapter: a customer books, the board shows it by itself, and the technician does the work on the phone.
import assert from 'node:assert/strict';
import { desk, field, heading, phone, press, tablet } from './eyes.mjs';
import { ask } from './wire.mjs';

export const customer = 'Rosa Rivera';

/** The board of today, open in the office. */
export async function watchBoard(eyes, context, company) {
  const board = await context.newPage();
  await board.goto(`${company.home}/board`);
  await board.locator('[data-lane][data-name="Tess Turner"]').waitFor();
  await eyes.see(board, 'board-empty');
  board.loads = 0;
  board.on('load', () => { board.loads += 1; });
  return board;
}

/** Books the soonest window, as a visitor on a phone. */
export async function book(eyes, company) {
  const context = await eyes.person(phone);
  const page = await context.newPage();
  await page.goto(`${company.home}/book`);
  await heading(page, 'Where should we come?');
  await eyes.see(page, 'book-where');
  await field(page, 'Street and number').fill('455 Prairie Drive');
  await field(page, 'City').fill('Springfield');
  await field(page, 'State').fill('IL');
  await field(page, 'ZIP code').fill('62704');
  await press(page, 'Continue');
  await heading(page, 'What can we do for you?');
  await page.getByText('AC diagnosis').click();
  await eyes.see(page, 'book-what');
  await press(page, 'Continue');
  await heading(page, 'When should we come?');
  await page.locator('.slot:not(.is-full)').first().click();
  await eyes.see(page, 'book-when');
  await press(page, 'Continue');
  await heading(page, 'Who should we ask for?');
  await field(page, 'Your name').fill(customer);
  await field(page, 'Phone').fill('(217) 555-0142');
  await field(page, 'Email').fill('rosa@rivera.example');
  await field(page, 'What should we know?').fill('No cold air since Sunday. Side gate is open.');
  await eyes.see(page, 'book-who');
  // Who has answered all of it three seconds after beginning is taken for a robot.
  await page.waitForTimeout(2000);
  await press(page, 'Book the visit');
  await heading(page, 'You are booked');
  await eyes.see(page, 'book-done');
  const answer = await page.evaluate(async () => { const a = await fetch(document.querySelector('a[download]').href); return { type: a.headers.get('content-type'), text: await a.text() }; });
  assert.match(answer.type, /text\/calendar/);
  assert.match(answer.text, /^BEGIN:VCALENDAR[\s\S]*BEGIN:VEVENT[\s\S]*END:VCALENDAR\r\n$/);
  await context.close();
}

const jobOf = (board) => board.locator('button.job-b', { hasText: customer });
const startOf = async (board) => Number(await jobOf(board).getAttribute('data-start'));

/** The visit appears by itself; it is moved by a quarter of an hour by keyboard, put back by Undo, moved again, given back to the tray, and drawn to the lane by mouse. */
export async function dispatch(eyes, board, company) {
  await jobOf(board).waitFor();
  assert.equal(board.loads, 0, 'the board was loaded again');
  await eyes.see(board, 'board-live');
  const lane = board.locator('[data-lane][data-name="Tess Turner"]');
  const before = await startOf(board);

  await jobOf(board).focus();
  await board.keyboard.press('Space');
  await board.keyboard.press('ArrowRight');
  await board.locator('[data-saying]', { hasText: 'Promise kept' }).waitFor();
  // Only a wide board is carried on.
  await eyes.see(board, 'board-carrying', [desk]);
  await board.keyboard.press('Enter');
  await board.getByText(/Rosa Rivera is with Tess Turner/).first().waitFor();
  const lies = (at) => board.waitForFunction((to) => Number(document.querySelector('.job-b[data-start]')?.dataset.start) === to, at);
  await lies(before + 15);
  await eyes.see(board, 'board-undo', [desk]);
  await board.locator('.toast').getByRole('button', { name: 'Undo' }).last().click();
  await lies(before);
  await jobOf(board).focus();
  await board.keyboard.press('Space');
  await board.keyboard.press('ArrowRight');
  await board.keyboard.press('Enter');
  await lies(before + 15);

  // A colleague at another desk sees it move.
  const desk2 = await eyes.person(desk, await board.context().storageState());
  const other = await desk2.newPage();
  await other.goto(`${company.home}/board`);
  await other.waitForFunction((to) => Number(document.querySelector('.job-b[data-start]')?.dataset.start) === to, before + 15);
  let loads = 0;
  other.on('load', () => { loads += 1; });
  await longer(eyes, board, lies, before + 15);
  await conflict(eyes, board, company, before + 15);
  await jobOf(board).focus();
  await board.keyboard.press('Space');
  await board.keyboard.press('ArrowRight');
  await board.keyboard.press('Enter');
  await lies(before + 30);
  await other.waitForFunction((to) => Number(document.querySelector('.job-b[data-start]')?.dataset.start) === to, before + 30);
  assert.equal(loads, 0, 'the colleague loaded nothing anew');
  await desk2.close();
  await board.locator('.toast').getByRole('button', { name: 'Undo' }).last().click();
  await lies(before + 15);

  await jobOf(board).focus();
  await board.keyboard.press('Space');
  await board.keyboard.press('ArrowUp');
  await board.keyboard.press('Enter');
  const slip = board.locator('.slip', { hasText: customer });
  await slip.waitFor();
  assert.equal(await jobOf(board).count(), 0);
  await board.locator('.toast').getByRole('button', { name: 'Undo' }).last().click();
  await lies(before + 15);
  await jobOf(board).focus();
  await board.keyboard.press('Space');
  await board.keyboard.press('ArrowUp');
  await board.keyboard.press('Enter');
  await slip.waitFor();
  await eyes.see(board, 'board-unassigned');

  const from = await slip.boundingBox();
  const track = await lane.locator('.track').boundingBox();
  const { first, columns } = await board.locator('.bd').evaluate((el) => ({ first: Number(el.dataset.from), columns: Number(el.dataset.cols) }));
  const x = track.x + ((before + 15 - first) / 5 / columns) * track.width;
  await board.mouse.move(from.x + 30, from.y + 20);
  await board.mouse.down();
  await board.mouse.move(x, track.y + track.height / 2, { steps: 12 });
  await board.mouse.up();
  await jobOf(board).waitFor();
  assert.equal(await startOf(board), before, 'the job lies where it was let go');
  assert.equal(await lane.locator('button.job-b', { hasText: customer }).count(), 1);

  await jobOf(board).click();
  await board.locator('#pane').waitFor();
  await board.getByText('No cold air since Sunday').first().waitFor();
  await eyes.see(board, 'board-pane');
}

/** Where somebody is already, it is refused beside the drop, and lies where it lay. */
async function conflict(eyes, board, company, start) {
  const customers = await ask(company.home, company, 'GET', '/api/v1/customers');
  const second = customers.body.data.find((one) => one.name !== customer);
  const lane = await board.locator('[data-lane][data-name="Tess Turner"]').getAttribute('data-lane');
  const { at, minutes } = await jobOf(board).evaluate((el) => ({ at: el.dataset.at, minutes: Number(el.dataset.minutes) }));
  const starts_at = new Date(Date.parse(at) + (minutes + 60) * 60_000).toISOString();
  const made = await ask(company.home, company, 'POST', '/api/v1/appointments', { customer_id: second.id, technician_id: lane, title: 'Filter change', duration_minutes: 60, starts_at, anyway: true });
  assert.equal(made.status, 201, made.text);
  await board.locator('button.job-b', { hasText: 'Filter change' }).waitFor();
  await jobOf(board).focus();
  await board.keyboard.press('Space');
  for (let n = 0; n < 6; n += 1) await board.keyboard.press('ArrowRight');
  await board.locator('[data-saying]', { hasText: `Over ${second.name}` }).waitFor();
  board.expects = [409];
  await board.keyboard.press('Enter');
  const refused = board.locator('.refused');
  await refused.getByText(second.name).waitFor();
  await eyes.see(board, 'board-refused', [desk]);
  board.expects = [];
  await refused.getByRole('button', { name: 'Dismiss' }).click();
  assert.equal(await startOf(board), start, 'it lies where it lay');
}

const minutesOf = async (board) => Number(await jobOf(board).getAttribute('data-minutes'));
const takes = (board, minutes) => board.waitForFunction((n) => Number(document.querySelector('button.job-b[data-start]')?.dataset.minutes) === n && !document.body.classList.contains('is-carrying'), minutes);

/** It takes half an hour longer: by keyboard, and by mouse at its end; each is put back. */
async function longer(eyes, board, lies, start) {
  const before = await minutesOf(board);
  await jobOf(board).focus();
  await board.keyboard.press('Space');
  await board.keyboard.press('Shift+ArrowRight');
  await board.keyboard.press('Shift+ArrowRight');
  await board.keyboard.press('Enter');
  await takes(board, before + 30);
  await board.locator('.toast').getByRole('button', { name: 'Undo' }).last().click();
  await takes(board, before);
  const box = await jobOf(board).boundingBox();
  const y = box.y + box.height / 2;
  await board.mouse.move(box.x + box.width - 3, y);
  await board.mouse.down();
  await board.mouse.move(box.x + box.width * (1 + 30 / before) - 3, y, { steps: 8 });
  await board.locator('[data-saying]', { hasText: `takes ${before + 30} min` }).waitFor();
  await board.mouse.up();
  await takes(board, before + 30);
  assert.equal(await startOf(board), start, 'it begins as before');
  await board.locator('.toast').getByRole('button', { name: 'Undo' }).last().click();
  await takes(board, before);
  await lies(start);
}

/** The same on a phone, where nothing is drawn: by the form that the visit's sheet opens. */
export async function dispatchByForm(eyes, board, company) {
  await jobOf(board).waitFor();
  assert.equal(board.loads, 0, 'the board was loaded again');
  await eyes.see(board, 'board-live');
  const before = await startOf(board);
  const moved = async (where, change) => {
    await where.click();
    await board.locator('#pane').waitFor();
    await board.locator('#pane').getByRole('link', { name: /^(Change|Move|Assign)/ }).first().click();
    await heading(board, 'Move job');
    await change();
    await press(board, 'Move job');
    await board.waitForURL('**/board?**');
  };
  const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  await moved(jobOf(board), async () => {
    await eyes.see(board, 'visit-move');
    await board.getByLabel('With').selectOption({ label: 'Nobody, into the tray' });
  });
  const slip = board.locator('.slip', { hasText: customer });
  await slip.waitFor();
  assert.equal(await jobOf(board).count(), 0);
  await eyes.see(board, 'board-unassigned');
  await moved(slip, async () => {
    await board.getByLabel('With').selectOption({ label: 'Tess Turner' });
    await board.getByLabel(/^Begins/).fill(clock(before + 15));
  });
  await jobOf(board).waitFor();
  assert.equal(await startOf(board), before + 15, 'the job begins when it was said');
  await board.getByText('No cold air since Sunday').first().waitFor();
  await eyes.see(board, 'board-pane');
}

/** Presses a finger on `from`, waits until the block lifts, and draws it `by` pixels to the side. */
async function drawByFinger(page, from, by) {
  const cdp = await page.context().newCDPSession(page);
  const touch = (type, x) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y: from.y }] });
  await touch('touchStart', from.x);
  await page.locator('body.is-carrying').waitFor();
  for (let n = 1; n <= 8; n += 1) await touch('touchMove', from.x + (by * n) / 8);
  await touch('touchEnd');
  await cdp.detach();
}

/** On a tablet the job is moved by finger, a quarter of an hour on and back again; a finger that swipes moves nothing. */
export async function touch(eyes, context, company) {
  const hers = await eyes.person(tablet, await context.storageState());
  const page = await hers.newPage();
  await page.goto(`${company.home}/board`);
  await jobOf(page).waitFor();
  const before = await startOf(page);
  const columns = Number(await page.locator('.bd').getAttribute('data-cols'));
  const track = await page.locator('[data-lane][data-name="Tess Turner"] .track').boundingBox();
  const quarter = (3 / columns) * track.width;
  const middle = async () => { const box = await jobOf(page).boundingBox(); return { x: box.x + Math.min(20, box.width / 2), y: box.y + box.height / 2 }; };
  for (const [by, to] of [[quarter, before + 15], [-quarter, before]]) {
    await drawByFinger(page, await middle(), by);
    await page.waitForFunction((start) => Number(document.querySelector('button.job-b[data-start]')?.dataset.start) === start && !document.body.classList.contains('is-carrying'), to);
    await page.getByText(/Rosa Rivera is with Tess Turner/).first().waitFor();
  }
  // By its end it becomes longer, and shorter again.
  const took = await minutesOf(page);
  for (const [by, to] of [[quarter * 2, took + 30], [-quarter * 2, took]]) {
    const box = await jobOf(page).boundingBox();
    await drawByFinger(page, { x: box.x + box.width - 8, y: box.y + box.height / 2 }, by);
    await takes(page, to);
  }
  await eyes.see(page, 'board-tablet', [tablet]);
  await hers.close();
}
