// Coming in: an invitation by letter, a second step with its codes, a remembered browser, a lost password, and the places where
// one is signed in. Started by `cargo test -p tradewind --test journey` with BASE, CHROMIUM, COMPANY ({slug, email, password}) and
// OUT (for the pictures). Letters are read at /mailbox, which a server for development has.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { Eyes, desk, field, follow, heading, press } from './eyes.mjs';

const { BASE: base, COMPANY, OUT: out } = process.env;
const company = JSON.parse(COMPANY);
const home = `http://${company.slug}.localhost:${new URL(base).port}`;
const eyes = await new Eyes(out).open();
const password = 'nine brass doorknobs';

/** What an authenticator shows, so many half minutes from now. */
function digits(secret, ahead = 0) {
  const bits = [...secret.replace(/\s/g, '')].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** The link of the newest letter whose subject holds those words. */
async function letter(page, words) {
  for (let tries = 0; tries < 60; tries += 1) {
    await page.goto(`${base}/mailbox`);
    const link = page.locator(`dt:has-text("${words}") + dd`).first().getByRole('link', { name: 'Open its link' });
    if (await link.count()) return link.getAttribute('href');
    await page.waitForTimeout(500);
  }
  throw new Error(`no letter says ${words}`);
}

async function signIn(page, email, secret) {
  await page.goto(`${home}/sign-in`);
  await field(page, 'Email').fill(email);
  await field(page, 'Password').fill(secret);
  await press(page, 'Sign in');
}

async function signOut(page) {
  await page.goto(`${home}/account`);
  await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await heading(page, 'Sign in');
}

let failed;
const pages = [];
try {
  const owner = await (await eyes.person(desk)).newPage();
  pages.push(owner);
  await signIn(owner, company.email, company.password);
  await heading(owner, /^Today/);
  await owner.goto(`${home}/settings/people/new`);
  await field(owner, 'Name').fill('Dora Doorman');
  await field(owner, 'Email').fill('dora@front-door.example');
  await press(owner, 'Add and invite');
  await owner.getByText('A letter with a link is on its way').waitFor();
  await eyes.see(owner, 'person-invited');

  const context = await eyes.person(desk);
  const dora = await context.newPage();
  pages.push(dora);
  await dora.goto(await letter(dora, 'invites you'));
  await heading(dora, /^Welcome to/);
  await eyes.see(dora, 'invitation');
  await field(dora, 'Password').fill(password);
  await press(dora, 'Set password and go in');
  await dora.waitForURL((url) => url.pathname !== '/welcome');
  await dora.goto(`${home}/account`);
  assert.equal(await dora.getByText('Send a link to confirm it').count(), 0, 'the letter has proved the address');
  await eyes.see(dora, 'account');

  await follow(dora, 'Set up a second step');
  await eyes.see(dora, 'second-step-off');
  await field(dora, 'Your password').fill(password);
  await press(dora, 'Set up a second step');
  await dora.locator('svg[viewBox][shape-rendering]').waitFor();
  await eyes.see(dora, 'second-step-scan');
  const secret = await dora.locator('.copy code').textContent();
  await field(dora, 'The six digits it shows now').fill(digits(secret));
  await press(dora, 'Turn on');
  await dora.getByText('Keep these codes').waitFor();
  await eyes.see(dora, 'second-step-codes');
  const codes = (await dora.locator('.copy code').textContent()).trim().split(/\s+/);
  assert.equal(codes.length, 10);
  await follow(dora, 'I have kept them');
  await dora.goto(`${home}/account/second-step`);
  await eyes.see(dora, 'second-step-on');

  await signOut(dora);
  await signIn(dora, 'dora@front-door.example', password);
  await heading(dora, 'One more step');
  await dora.goto(`${home}/account`);
  assert.equal(new URL(dora.url()).pathname, '/sign-in', 'half signed in opens nothing');
  await dora.goto(`${home}/sign-in/second`);
  await eyes.see(dora, 'sign-in-second');
  dora.expects = [422];
  await field(dora, 'Code').fill('no such code');
  await press(dora, 'Sign in');
  await dora.getByText('That code is not right').first().waitFor();
  await eyes.see(dora, 'sign-in-second-wrong');
  dora.expects = [];
  await field(dora, 'Code').fill(digits(secret, 1));
  await dora.getByLabel('Do not ask in this browser for 30 days').check();
  await press(dora, 'Sign in');
  await dora.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await signOut(dora);
  await signIn(dora, 'dora@front-door.example', password);
  await dora.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

  const elsewhere = await (await eyes.person(desk)).newPage();
  pages.push(elsewhere);
  await elsewhere.goto(`${home}/sign-in`);
  await follow(elsewhere, 'Lost your password?');
  await heading(elsewhere, 'Choose a new password');
  await eyes.see(elsewhere, 'forgot');
  await field(elsewhere, 'Email').fill('dora@front-door.example');
  await press(elsewhere, 'Send the link');
  await heading(elsewhere, 'Look into your mail');
  await eyes.see(elsewhere, 'forgot-sent');
  await elsewhere.goto(await letter(elsewhere, 'A new password'));
  await eyes.see(elsewhere, 'reset');
  await field(elsewhere, 'A new password').fill('ten brass doorknobs');
  await press(elsewhere, 'Set password and go in');
  await heading(elsewhere, 'One more step');
  await field(elsewhere, 'Code').fill(codes[4]);
  await press(elsewhere, 'Sign in');
  await elsewhere.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await dora.goto(`${home}/account`);
  assert.equal(new URL(dora.url()).pathname, '/sign-in', 'what was open under the old password has ended');

  await signIn(dora, 'dora@front-door.example', 'ten brass doorknobs');
  await heading(dora, 'One more step');
  await field(dora, 'Code').fill(codes[5]);
  await press(dora, 'Sign in');
  await dora.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await dora.goto(`${home}/account`);
  await dora.getByText('Chrome on Linux').first().waitFor();
  await eyes.see(dora, 'account-places');
  await press(dora, 'Sign out everywhere else');
  await dora.getByText('Signed out everywhere else').first().waitFor();
  await elsewhere.goto(`${home}/account`);
  assert.equal(new URL(elsewhere.url()).pathname, '/sign-in');
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
