// Passkeys, with the authenticator that Chromium has for tests: made under Your account, signed in with by keyboard alone,
// given instead of a code, called off, renamed and removed; and what a browser that cannot is told. Started by
// `cargo test -p tradewind --test journey` with BASE, CHROMIUM, COMPANY ({slug, email, password}) and OUT (for the pictures).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { Eyes, desk, field, follow, heading, press } from './eyes.mjs';

const { BASE: base, COMPANY, OUT: out } = process.env;
const company = JSON.parse(COMPANY);
const home = `http://${company.slug}.localhost:${new URL(base).port}`;
const eyes = await new Eyes(out).open();

/** A device with a screen lock, in the hand of who owns it. */
async function device(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  const set = (name, value) => cdp.send(`WebAuthn.${name}`, { authenticatorId, ...value });
  return {
    /** Whether its owner touches it when asked. */
    touched: (enabled) => set('setAutomaticPresenceSimulation', { enabled }),
    verified: (isUserVerified) => set('setUserVerified', { isUserVerified }),
    keys: async () => (await set('getCredentials')).credentials,
  };
}

/** What an authenticator app shows. */
function digits(secret) {
  const bits = [...secret.replace(/\s/g, '')].map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function signIn(page) {
  await page.goto(`${home}/sign-in`);
  await field(page, 'Email').fill(company.email);
  await field(page, 'Password').fill(company.password);
  await press(page, 'Sign in');
}

async function signOut(page) {
  await page.goto(`${home}/account`);
  await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await heading(page, 'Sign in');
}

const inside = (page) => page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

let failed;
const pages = [];
try {
  const context = await eyes.person(desk);
  const page = await context.newPage();
  pages.push(page);
  const phone = await device(page);
  await signIn(page);
  await inside(page);
  await page.goto(`${home}/account`);
  const add = page.locator('form[data-makes]');
  await add.waitFor();
  await eyes.see(page, 'account-no-passkey');

  page.expects = [422];
  await field(add, 'Your password').fill('not the password');
  await press(add, 'Add a passkey');
  await add.getByText('That is not the password you have now').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.name), 'current', 'the field to correct has the focus');
  await eyes.see(page, 'passkey-wrong-password');
  page.expects = [];

  // The lock is not opened: the browser says no, and so does the page.
  await phone.verified(false);
  await field(add, 'Your password').fill(company.password);
  await press(add, 'Add a passkey');
  await add.getByText(/^The device made no passkey/).waitFor();
  assert.equal((await phone.keys()).length, 0);
  await phone.verified(true);

  await field(add, 'What to call it').fill('Counter tablet');
  await field(add, 'Your password').focus();
  await page.keyboard.press('Enter');
  await page.getByText('Counter tablet lets you in from now on.').first().waitFor();
  const [key] = await phone.keys();
  assert.equal(key.rpId, `${company.slug}.localhost`, 'bound to the company\'s own address');
  assert.equal(key.isResidentCredential, true);
  await eyes.see(page, 'account-passkey');

  // A second time the device says that it has one.
  await field(add, 'Your password').fill(company.password);
  await press(add, 'Add a passkey');
  await add.getByText('This device has a passkey for you already.').waitFor();

  // The page that asks for the password takes what a device offers at once; here nobody touches it yet.
  await phone.touched(false);
  await signOut(page);
  const wait = page.locator('form[data-fills]');
  await page.goto(`${home}/sign-in?next=/settings`);
  await wait.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await eyes.see(page, 'sign-in-passkey');
  await phone.verified(false);
  await phone.touched(true);
  await press(page, 'Sign in with a passkey');
  await page.getByText(/^The device gave no passkey/).waitFor();
  await eyes.see(page, 'sign-in-passkey-called-off');
  await phone.verified(true);
  // By keyboard alone: from the password on with the tabulator.
  await field(page, 'Password').focus();
  for (let n = 0; n < 4 && !(await page.evaluate(() => document.activeElement.textContent.includes('with a passkey'))); n += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${home}/settings`);

  // With a second step the passkey alone still is enough, and after the password it stands for the code.
  await page.goto(`${home}/account/second-step`);
  await field(page, 'Your password').fill(company.password);
  await press(page, 'Set up a second step');
  await page.locator('svg[viewBox][shape-rendering]').waitFor();
  await field(page, 'The six digits it shows now').fill(digits(await page.locator('.copy code').textContent()));
  await press(page, 'Turn on');
  await page.getByText('Keep these codes').waitFor();
  await phone.touched(false);
  await signOut(page);
  await signIn(page);
  await heading(page, 'One more step');
  await page.getByRole('button', { name: 'Use a passkey instead' }).waitFor();
  await eyes.see(page, 'second-step-passkey');
  await phone.touched(true);
  await press(page, 'Use a passkey instead');
  await inside(page);

  await page.goto(`${home}/account`);
  await follow(page, 'Change Counter tablet');
  await eyes.see(page, 'passkey');
  await field(page, 'What to call it').fill('Van tablet');
  await press(page, 'Save name');
  await page.getByText('Name saved.').first().waitFor();
  await follow(page, 'Change Van tablet');
  await press(page, 'Remove passkey');
  await page.getByText('The passkey lets nobody in any more.').first().waitFor();
  assert.equal(await page.getByText('Van tablet').count(), 0);

  // The device still has it, and the house knows it no more.
  await phone.touched(false);
  await signOut(page);
  page.expects = [422];
  // Away first: a touch on the page that stands open would be taken up there, while another is on its way.
  await page.goto('about:blank');
  await phone.touched(true);
  // Offered among what the browser fills in, which the owner's touch takes up.
  await page.goto(`${home}/sign-in`);
  await page.getByText('That passkey was not accepted').first().waitFor();
  await eyes.see(page, 'sign-in-passkey-unknown');
  await press(page, 'Sign in with a passkey');
  await page.getByText('That passkey was not accepted').first().waitFor();

  const old = await eyes.person(desk);
  await old.addInitScript(() => { delete globalThis.PublicKeyCredential; });
  const plain = await old.newPage();
  pages.push(plain);
  await plain.goto(`${home}/sign-in`);
  await plain.locator('html[data-ready]').waitFor();
  assert.equal(await plain.getByRole('button', { name: 'Sign in with a passkey' }).filter({ visible: true }).count(), 0);
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
