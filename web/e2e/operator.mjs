// Those who run the house: set up by a link, sign in, look into a company that wants to be asked first, and are shown out.
// Started by `cargo test -p tradewind --test journey` with BASE, CHROMIUM, COMPANY ({slug, email, password}), OPERATOR ({link,
// email}) and OUT (for the pictures).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { Eyes, desk, field, follow, heading, press } from './eyes.mjs';

const { BASE: base, COMPANY, OPERATOR, OUT: out } = process.env;
const [company, operator] = [JSON.parse(COMPANY), JSON.parse(OPERATOR)];
const home = `http://${company.slug}.localhost:${new URL(base).port}`;
const eyes = await new Eyes(out).open();
const password = 'seven brass lanterns';

/** What an authenticator shows, so many half minutes from now. */
function digits(secret, ahead = 0) {
  const bits = [...secret.replace(/\s/g, '')].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

let failed;
const pages = [];
try {
  const owner = await (await eyes.person(desk)).newPage();
  pages.push(owner);
  await owner.goto(`${home}/sign-in`);
  await field(owner, 'Email').fill(company.email);
  await field(owner, 'Password').fill(company.password);
  await press(owner, 'Sign in');
  await heading(owner, /^Today/);
  await owner.goto(`${home}/settings`);
  await owner.getByRole('link', { name: /^Support access/ }).click();
  await heading(owner, 'Support access');
  await eyes.see(owner, 'support-empty');
  await owner.getByLabel('Ask us first').check();
  await press(owner, 'Save');
  await owner.getByText('Saved.').first().waitFor();

  const sam = await (await eyes.person(desk)).newPage();
  pages.push(sam);
  await sam.goto(operator.link);
  await sam.locator('svg[viewBox][shape-rendering]').waitFor();
  await eyes.see(sam, 'set-up');
  const secret = await sam.locator('.copy code').textContent();
  await field(sam, 'Password').fill(password);
  await field(sam, 'The six digits it shows now').fill(digits(secret));
  await press(sam, 'Set up');
  await heading(sam, 'Your recovery codes');
  await eyes.see(sam, 'recovery-codes');
  await follow(sam, 'Sign in');
  await sam.goto(`${base}/operator`);
  assert.equal(new URL(sam.url()).pathname, '/operator/sign-in', 'nobody comes in without signing in');
  sam.expects = [422];
  await field(sam, 'Email').fill(operator.email);
  await field(sam, 'Password').fill('not it at all');
  await field(sam, 'Code').fill(digits(secret, 1));
  await press(sam, 'Sign in');
  await sam.getByText('is not right').first().waitFor();
  await eyes.see(sam, 'sign-in-wrong');
  sam.expects = [];
  await field(sam, 'Password').fill(password);
  await field(sam, 'Code').fill(digits(secret, 1));
  await press(sam, 'Sign in');
  await heading(sam, 'Companies');
  await eyes.see(sam, 'companies');
  await sam.goto(`${base}/operator?q=nobody-is-called-so`);
  await eyes.see(sam, 'companies-none');
  await sam.goto(`${base}/operator`);
  await sam.getByRole('link', { name: /^Looked After Heating/ }).first().click();
  await heading(sam, 'Looked After Heating');
  await eyes.see(sam, 'company');
  sam.expects = [422];
  await field(sam, 'Reason').fill('help');
  await press(sam, 'Look into this company');
  await sam.getByText('Say it in a few words more').first().waitFor();
  sam.expects = [];
  await field(sam, 'Reason').fill('Olive asked why an invoice is not on the list');
  await field(sam, 'For how long').selectOption('15');
  await press(sam, 'Look into this company');
  await sam.getByText('wants to be asked first').waitFor();
  await eyes.see(sam, 'visit-waits');

  await owner.goto(`${home}/settings/support`);
  await owner.getByText('asks to look in for 15 minutes').waitFor();
  await eyes.see(owner, 'support-asked');
  await press(owner, 'Let them look in');
  await owner.getByText('may look in for 15 minutes').first().waitFor();

  await sam.reload();
  await press(sam, `Enter Looked After Heating`);
  await eyes.see(sam, 'ticket');
  await follow(sam, 'Go to Looked After Heating');
  await heading(sam, 'Look into a company');
  await eyes.see(sam, 'enter');
  await press(sam, 'Look in');
  await sam.waitForURL(`${home}/`);
  const banner = sam.getByRole('region', { name: 'Visit' });
  await banner.getByText('is looking in, read-only, until').waitFor();
  await eyes.see(sam, 'looking-in');
  await follow(sam, 'Customers');
  await heading(sam, 'Customers');
  await banner.waitFor();
  await eyes.see(sam, 'looking-at-customers');
  assert.equal(await sam.getByRole('button', { name: /Search or do anything/ }).count(), 0);

  await owner.goto(`${home}/settings/support`);
  await follow(owner, 'See more');
  await owner.getByText('/customers').first().waitFor();
  await eyes.see(owner, 'support-open');
  await press(owner, 'Let them change things');
  await owner.getByText('may change things until').first().waitFor();
  await sam.goto(`${home}/customers`);
  await banner.getByText('with the right to change things').waitFor();
  await press(owner, 'Only look from now on');
  await owner.getByText('only looks from now on').first().waitFor();
  await press(owner, 'End the visit');
  await owner.getByText('is out.').first().waitFor();
  await eyes.see(owner, 'support-over');
  await sam.goto(`${home}/customers`);
  assert.equal(new URL(sam.url()).pathname, '/support/over', 'the visit is over at once');
  await owner.goto(`${home}/settings/support`);
  await eyes.see(owner, 'support-past');
  await owner.goto(`${home}/settings/audit`);
  await owner.getByText('Operator entered').filter({ visible: true }).first().waitFor();
  await eyes.see(owner, 'audit');

  // Another, which they end themselves from the banner.
  await owner.goto(`${home}/settings/support`);
  await owner.getByLabel('Ask us first').uncheck();
  await press(owner, 'Save');
  await owner.getByText('Saved.').first().waitFor();
  await sam.goto(`${base}/operator`);
  await sam.getByRole('link', { name: /^Looked After Heating/ }).first().click();
  await field(sam, 'Reason').fill('Olive asked why an invoice is not on the list');
  await press(sam, 'Look into this company');
  await press(sam, `Enter Looked After Heating`);
  await follow(sam, 'Go to Looked After Heating');
  await press(sam, 'Look in');
  await sam.waitForURL(`${home}/`);
  await banner.getByRole('button', { name: 'End' }).click();
  await heading(sam, 'You are out');
  await eyes.see(sam, 'out');
  await follow(sam, 'All companies');
  await heading(sam, 'Companies');
  await follow(sam, 'Visits');
  await heading(sam, 'Visits');
  await eyes.see(sam, 'visits');
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
