// First chapter: a company signs up in five steps, brings its customers, prices and a technician.
import assert from 'node:assert/strict';
import { field, follow, heading, press } from './eyes.mjs';

export const password = 'seven copper elbows';

/** A time zone of the list where the working day begins just now, so that today has time left at any hour of the test. */
function morning(zones) {
  const hour = (zone) => Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(new Date()));
  const found = zones.find((zone) => hour(zone) === 6) ?? zones.find((zone) => hour(zone) === 7);
  assert.ok(found, 'no zone of the list has morning now');
  return found;
}

/** A green square. */
const logo = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mOQ74qmKWIYtWDUglELRi0YtWDUglELRi0YtWDUglELhooFAI2PED0c+wqLAAAAAElFTkSuQmCC', 'base64');

/** Signs up, where the address `taken` is another's, and answers { slug, api_key } with the page standing in the company. */
export async function signUp(eyes, page, base, taken) {
  await page.goto(`${base}/onboarding`);
  await heading(page, 'Tell us about your company');
  await eyes.see(page, 'onboarding-company');
  await field(page, 'Company name').fill('Prairie Heating & Air');
  await page.getByText('Heating and cooling').click();
  const zone = page.getByLabel('Time zone');
  await zone.selectOption(morning(await zone.locator('option').evaluateAll((all) => all.map((one) => one.value))));
  await field(page, 'Website').fill('prairie.example');
  await field(page, 'Company phone').fill('12');
  await page.locator('input[name=logo]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo });
  page.expects = [422];
  await press(page, 'Continue');

  // What is wrong is said at the field, and what was typed is kept.
  await page.locator('#f-phone-error').waitFor();
  assert.equal(await field(page, 'Website').inputValue(), 'prairie.example');
  await eyes.see(page, 'onboarding-company-wrong');
  await field(page, 'Company phone').fill('(217) 555-0100');
  await page.locator('input[name=logo]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo });
  await press(page, 'Continue');
  page.expects = [];

  await heading(page, 'Who are you?');
  await eyes.see(page, 'onboarding-you');
  await field(page, 'Your name').fill('Paula Prairie');
  await field(page, 'Email').fill('paula@prairie.example');
  await field(page, 'Password').fill(password);
  await press(page, 'Continue');

  await heading(page, 'Where will your people sign in?');
  // The neighbour's address is taken; one of those that are offered instead fills the field.
  await page.getByLabel('Company address').fill(taken);
  await page.getByText(/taken/).first().waitFor();
  const offered = page.locator('[data-others] button').first();
  await offered.waitFor();
  await eyes.see(page, 'onboarding-address-taken');
  const offer = (await offered.textContent()).trim();
  await offered.click();
  await page.getByText(`${offer} is free`).waitFor();
  assert.equal(await page.getByLabel('Company address').inputValue(), offer);
  await page.getByLabel('Company address').fill('prairie');
  await page.getByText(/^prairie\S* is free/).waitFor();
  await eyes.see(page, 'onboarding-address');
  await press(page, 'Take this address');

  await heading(page, 'Choose a plan');
  await eyes.see(page, 'onboarding-plan');
  await page.getByText('Professional').first().click();
  await press(page, 'Set up my company');

  await heading(page, 'Prairie Heating & Air is ready');
  await eyes.see(page, 'onboarding-done');
  await page.reload();
  await heading(page, 'Prairie Heating & Air is ready');
  assert.equal(await page.locator('.copy code').count(), 0, 'the key is shown before anybody asks for it');
  await press(page, 'Show my key');
  const key = await page.locator('.copy code').textContent();
  await eyes.see(page, 'onboarding-ready');
  await follow(page, 'Open your company');
  await press(page, 'Open Prairie Heating & Air');
  await heading(page, /^Today/);
  assert.equal(new URL(page.url()).hostname, 'prairie.localhost');
  await eyes.see(page, 'today-first');

  // The key was shown once: the sign-up page does not know it any more.
  const again = await page.context().newPage();
  await again.goto(`${base}/onboarding`);
  assert.ok(!(await again.content()).includes(key.trim()), 'the API key is shown a second time');
  await again.close();
  return { slug: 'prairie', api_key: key.trim(), home: new URL(page.url()).origin };
}

const csv = 'Name;E-mail address;Main phone;Street;Town;ZIP\n'
  + 'Chen, Wei;wei.chen@example.com;(217) 555-0101;12 Elm Street;Springfield;62701\n'
  + 'Delgado Bakery;office@delgado.example;(217) 555-0102;400 Market Street;Springfield;62702\n'
  + 'Okafor, Ada;ada@okafor.example;(217) 555-0103;7 Lake Shore;Chatham;62629\n'
  + ';nobody@example.com;;;;\n';

/** Customers from a file: matched, tried, run, seen. */
export async function bringCustomers(eyes, page, company) {
  await page.goto(`${company.home}/customers/import`);
  await eyes.see(page, 'import-file');
  await page.locator('input[type=file]').setInputFiles({ name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await press(page, 'Read file');
  const town = page.getByLabel('What the column Town holds');
  await town.selectOption({ label: 'City' });
  await eyes.see(page, 'import-columns');
  await press(page, 'Check the file');
  await page.getByRole('button', { name: 'Import 3 customers' }).waitFor();
  await eyes.see(page, 'import-checked');
  const before = await page.context().newPage();
  await before.goto(`${company.home}/customers`);
  assert.equal(await before.locator('tr[data-row]').count(), 0, 'a dry run made customers');
  await eyes.see(before, 'customers-none');
  await before.close();
  await press(page, 'Import 3 customers');
  await follow(page, 'Show customers');
  for (const name of ['Chen, Wei', 'Delgado Bakery', 'Okafor, Ada']) await page.getByRole('link', { name }).first().waitFor();
  await eyes.see(page, 'customers');
}

/** What the company sells, and what is added to it by the state. */
export async function fillPriceBook(eyes, page, company) {
  await page.goto(`${company.home}/price-book/taxes`);
  await field(page, 'Name').last().fill('Illinois sales tax');
  await field(page, 'Rate').last().fill('8.25');
  await press(page, 'Add tax rate');
  await page.locator('input[value="Illinois sales tax"]').waitFor();
  await eyes.see(page, 'price-book-taxes');
  await page.goto(`${company.home}/price-book/categories`);
  await field(page, 'Name').last().fill('Cooling');
  await press(page, 'Add category');
  await page.locator('input[value="Cooling"]').waitFor();
  await eyes.see(page, 'price-book-categories');
  for (const item of [
    { name: 'AC diagnosis', kind: 'Service', price: '129.00', minutes: '60', online: true },
    { name: 'Run capacitor 45/5 µF', kind: 'Material', price: '48.50' },
  ]) {
    await page.goto(`${company.home}/price-book/new`);
    await field(page, 'Name').fill(item.name);
    await page.getByLabel('Kind').selectOption({ label: item.kind });
    await field(page, 'Price').fill(item.price);
    if (item.minutes) await field(page, 'Minutes it takes').fill(item.minutes);
    await page.getByLabel('Tax', { exact: true }).selectOption({ label: 'Illinois sales tax (8.25 %)' });
    await page.getByLabel('Category').selectOption({ label: 'Cooling' });
    if (item.online) await page.getByLabel('Customers can book it online').check();
    if (item.online) await eyes.see(page, 'price-book-new');
    await press(page, 'Add item');
    await page.getByRole('link', { name: item.name }).first().waitFor();
  }
  await eyes.see(page, 'price-book');
}

/** A technician who works every day, and the link with which she lets herself in. */
export async function hireTechnician(eyes, page, company) {
  await page.goto(`${company.home}/technicians/new`);
  await field(page, 'Name').fill('Tess Turner');
  await field(page, 'Email').fill('tess@prairie.example');
  await eyes.see(page, 'technician-new');
  await press(page, 'Add technician');
  await heading(page, 'Tess Turner');
  for (const day of ['Saturday', 'Sunday']) {
    await page.getByLabel(`${day} from`).fill('08:00');
    await page.getByLabel(`${day} to`).fill('17:00');
  }
  await press(page, 'Save week');
  await page.getByText('Week saved').first().waitFor();
  await eyes.see(page, 'technician');
  await page.goto(`${company.home}/technicians`);
  await page.getByText('7 days a week').filter({ visible: true }).first().waitFor();
  await eyes.see(page, 'technicians');
  await page.goto(`${company.home}/settings/people`);
  await page.getByRole('link', { name: 'Tess Turner' }).waitFor();
  await eyes.see(page, 'people');
  await follow(page, /^Tess Turner/);
  await press(page, 'New sign-in link');
  const link = await page.locator('.copy code').textContent();
  await eyes.see(page, 'person-link');
  return link.trim();
}
