// The technician's part of the day on a phone, and the checklist that the office gives her.
import assert from 'node:assert/strict';
import { draws, field, follow, heading, phone, press } from './eyes.mjs';
import { password } from './company.mjs';
import { customer } from './visit.mjs';

const SAFE = 'Is the disconnect back in?', PRESSURE = 'Suction pressure', PLATE = 'Photo of the plate';

/** Three questions of every job: one with an answer that something is wrong, one with bounds, one with a photo. */
export async function makeChecklist(eyes, page, company) {
  await page.goto(`${company.home}/settings/checklists`);
  await heading(page, 'Checklists');
  await field(page, 'Name').fill('Before you leave');
  await page.getByLabel('Asked on every job').check();
  await press(page, 'Add checklist');
  await heading(page, 'Before you leave');
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Add question' }) });
  for (const one of [
    { words: SAFE, kind: 'Yes or no', more: { 'Something is wrong when': 'no' } },
    { words: PRESSURE, kind: 'Reading', more: { 'At least': '60', 'At most': '85', Unit: 'psi' } },
    { words: PLATE, kind: 'Photo' },
  ]) {
    await form.getByLabel('What is asked').fill(one.words);
    await form.getByLabel('Kind of answer').selectOption({ label: one.kind });
    await form.getByLabel('A job is not finished without it').check();
    if (one.more) await form.locator('summary').click();
    for (const [label, value] of Object.entries(one.more ?? {})) await form.getByLabel(label, { exact: true }).fill(value);
    await press(page, 'Add question');
    await page.getByRole('list', { name: 'Questions' }).getByText(one.words).waitFor();
  }
  await eyes.see(page, 'checklist');
}

/** The job is not done before the checklist is: each answer saves itself, and what is out of bounds asks what is wrong. */
async function asked(eyes, page) {
  const list = page.locator('#checklist'), of = (words) => list.locator('li.ask', { hasText: words });
  await list.getByText('0 of 3').waitFor();
  page.expects = [422];
  const refused = page.waitForResponse((answer) => answer.url().endsWith('/finish'));
  await press(page, 'Finish job');
  assert.equal((await refused).status(), 422, 'the job was finished with questions open');
  await page.getByText('Still to be answered:').first().waitFor();
  page.expects = [];
  await of(SAFE).getByRole('radio', { name: 'Yes' }).check();
  await list.getByText('1 of 3').waitFor();
  await of(PRESSURE).getByRole('textbox').fill('52');
  await of(PRESSURE).getByRole('textbox').press('Tab');
  await list.getByText('2 of 3').waitFor();
  await of(PRESSURE).getByLabel('What is wrong?').fill('Low, the filter is clogged');
  await of(PRESSURE).getByLabel('What is wrong?').press('Tab');
  await of(PLATE).locator('input[type=file]').setInputFiles({ name: 'plate.png', mimeType: 'image/png', buffer: photo });
  await list.getByText('3 of 3').waitFor();
  await eyes.see(page, 'tech-checklist');
}

/** The phone is handed to the customer, who signs with a finger. */
async function signed(eyes, page) {
  await follow(page, 'Let the customer sign');
  await heading(page, `Sign, ${customer}`);
  await page.getByLabel('Signed for').or(page.getByRole('group', { name: 'Signed for' })).first().waitFor();
  await draws(page, page.locator('.sign-field canvas'));
  assert.match(await page.locator('input[name="strokes"]').inputValue(), /^\d+,\d+ /, 'the signature is drawn');
  await eyes.see(page, 'tech-sign');
  await press(page, 'Sign');
  await page.getByRole('region', { name: 'Signature' }).getByText(customer).waitFor();
}

/** A picture of four pixels. */
const photo = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNocFAAIgYIBQAaDgOBnA45xwAAAABJRU5ErkJggg==', 'base64');

/** The technician lets herself in and does the job: on the way, there, a part, a photo, a note, the checklist, the customer's name under it, done. */
export async function work(eyes, link, board) {
  const context = await eyes.person(phone);
  const page = await context.newPage();
  await page.goto(link);
  await heading(page, /^Welcome to/);
  await eyes.see(page, 'welcome');
  await field(page, 'Password').fill(password);
  await press(page, 'Set password and go in');
  await page.waitForURL('**/tech');
  await page.getByRole('link', { name: customer }).first().waitFor();
  await eyes.see(page, 'tech-day');
  await follow(page, customer);
  await heading(page, /^Rosa Rivera/);
  await eyes.see(page, 'tech-job');
  // The office says it for her, and the button under her thumb is the next one without a reload.
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await press(board, 'On the way');
  await page.getByRole('button', { name: 'Arrived, start job' }).waitFor();
  assert.ok(await page.evaluate(() => globalThis.sameDocument), 'the phone loaded the page again');
  await eyes.see(page, 'tech-on-my-way');
  await press(page, 'Arrived, start job');
  await page.getByRole('button', { name: 'Finish job' }).waitFor();
  await page.getByLabel('Find in the price book').fill('capac');
  await press(page, 'Find');
  await press(page, 'Add Run capacitor 45/5 µF');
  await page.getByRole('group', { name: 'Run capacitor 45/5 µF, quantity' }).waitFor();
  await page.getByLabel('Take a photo: After').setInputFiles({ name: 'capacitor.png', mimeType: 'image/png', buffer: photo });
  await page.waitForFunction(() => { const taken = document.querySelector('.photos img'); return taken?.complete && taken.naturalWidth > 0; });
  await page.getByRole('textbox', { name: 'Note for the office' }).fill('Capacitor was swollen, replaced it. Cooling again.');
  await press(page, 'Save note');
  await page.locator('.part', { hasText: 'Capacitor was swollen' }).waitFor();
  await eyes.see(page, 'tech-working');
  await asked(eyes, page);
  await signed(eyes, page);
  await press(page, 'Finish job');
  await page.waitForURL('**/tech');
  await page.getByText('is finished').first().waitFor();
  await eyes.see(page, 'tech-done');
  // What belongs to the office is not hers to see.
  page.expects = [403];
  await page.goto(new URL('/invoices', page.url()).href);
  await eyes.see(page, 'tech-refused');
  await context.close();
}
