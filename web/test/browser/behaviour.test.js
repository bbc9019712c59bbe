// The islands in a browser, over the gallery: `cargo run -p ui --example gallery -- /tmp/gallery`, then
// GALLERY=/tmp/gallery npm test. `make test` does so; without the gallery these tests are left out, and say so.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';

const folder = process.env.GALLERY;
const skip = folder ? false : 'set GALLERY to the folder the gallery was written to';
if (folder) assert.ok(existsSync(`${folder}/board.html`), `${folder} holds no gallery`);

describe('islands', { skip }, () => {
  let browser, context, page, served, asked, reply, streams, wrong;
  const json = (response, status, body, type = 'application/json') => { response.writeHead(status, { 'content-type': type }); response.end(body === undefined ? '' : JSON.stringify(body)); };

  before(async () => {
    const { serveFolder } = await import('../../tools/look.mjs');
    const { launch } = await import('../../tools/browser.mjs');
    streams = new Set();
    served = await serveFolder(folder, async (request, response) => {
      const url = new URL(request.url, 'http://x');
      let body = '';
      for await (const chunk of request) body += chunk;
      if (request.method === 'POST') { asked.push({ path: url.pathname, headers: request.headers, body }); reply(response, url, body); return true; }
      if (url.pathname === '/palette') { json(response, 200, { groups: [{ title: 'Customers', items: [{ label: 'Rivera Residence', hint: '#1042', href: '/customer.html', icon: 'user' }] }] }); return true; }
      if (url.pathname === '/onboarding/address') { const slug = url.searchParams.get('slug'); json(response, 200, { available: slug !== 'taken', suggestions: slug === 'taken' ? ['taken-hvac'] : [], message: slug === 'taken' ? 'taken is taken' : `${slug} is free` }); return true; }
      if (url.pathname === '/board/lanes') { asked.push({ path: url.pathname, headers: request.headers }); response.writeHead(204); response.end(); return true; }
      if (url.pathname === '/peek.html') { response.writeHead(200, { 'content-type': 'text/html' }); response.end('<aside class="peek" id="peek"><h2>Chen Family</h2><button data-peek-close>Close</button></aside>'); return true; }
      if (url.pathname === '/live') { response.writeHead(200, { 'content-type': 'text/event-stream' }); response.write(': hello\n\n'); streams.add(response); return true; }
      return false;
    });
    browser = await launch();
  });
  after(async () => { for (const s of streams ?? []) s.end(); await browser?.close(); served?.server.closeAllConnections(); served?.server.close(); });

  beforeEach(async () => {
    asked = [];
    wrong = [];
    reply = (response) => { response.writeHead(204); response.end(); };
    await context?.close();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('pageerror', (e) => wrong.push(e.message));
    page.on('console', (m) => { if (m.type() === 'error' && /Content Security|TypeError/.test(m.text())) wrong.push(m.text()); });
  });
  const open = async (name) => { await page.goto(`${served.base}/${name}.html`); await page.waitForSelector('html[data-ready]'); await page.waitForTimeout(150); };
  const said = () => page.locator('.lane-say').innerText();

  test('a job is dragged from the tray to a lane and posted once with its version', async () => {
    await open('board');
    const slip = await page.locator('#slip-s1 button').boundingBox();
    const track = await page.locator('#lane-dee .track').boundingBox();
    await page.mouse.move(slip.x + 20, slip.y + 20);
    await page.mouse.down();
    await page.mouse.move(track.x + 100, track.y + 20, { steps: 4 });
    const x = track.x + track.width * (12 * 60 - 420 + 15) / 660;
    await page.mouse.move(x, track.y + 20, { steps: 6 });
    assert.match(await said(), /Hutchins to Dee Walker, 12:00–1:00/);
    assert.equal(await page.locator('.lane.is-no').count(), 3);
    assert.match(await page.locator('#lane-tom .why').innerText(), /no HVAC/);
    await page.mouse.up();
    await page.waitForSelector('.toast');
    const post = asked.filter((a) => a.path === '/board/move');
    assert.equal(post.length, 1);
    assert.equal(post[0].headers['if-match'], '"1"');
    assert.ok(post[0].headers['idempotency-key'].length >= 32);
    assert.deepEqual(JSON.parse(post[0].body), { appointment: 's1', technician: 'dee', date: '2026-06-24', start: '12:00', minutes: 60, force: false });
    assert.ok(asked.some((a) => a.path === '/board/lanes'), 'the lanes are fetched again');
    assert.equal(await page.locator('.ghost, .band, .is-no, .is-lifted').count(), 0);
    assert.deepEqual(wrong, []);
  });

  test('by keyboard: space picks up, arrows move, Enter drops, Escape leaves', async () => {
    await open('board');
    await page.locator('#job-a3 button').focus();
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    assert.match(await said(), /Ng to Ana Duarte, 1:15–2:45/);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.ghost, .band').count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.carry), 'a3');
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.toast');
    assert.deepEqual(JSON.parse(asked.find((a) => a.path === '/board/move').body), { appointment: 'a3', technician: 'marco', date: '2026-06-24', start: '12:45', minutes: 90, force: false });
    assert.deepEqual(wrong, []);
  });

  test('a refusal is shown where it happened; one that asks is sent again only when told', async () => {
    let n = 0;
    reply = (response) => { n += 1; if (n === 1) json(response, 409, { title: 'Conflict', detail: 'This breaks the promise of 1–3 to Wei Ng.', ask: true }, 'application/problem+json'); else { response.writeHead(204); response.end(); } };
    await open('board');
    await page.locator('#job-a3 button').focus();
    await page.keyboard.press(' ');
    for (let k = 0; k < 2; k += 1) await page.keyboard.press('ArrowLeft');
    assert.match(await said(), /Breaks the promise/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.refused');
    assert.match(await page.locator('.refused').innerText(), /promise of 1–3/);
    assert.equal(await page.locator('.ghost').count(), 0);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.toast');
    assert.deepEqual(asked.filter((a) => a.path === '/board/move').map((a) => JSON.parse(a.body).force), [false, true]);
    assert.deepEqual(wrong, []);
  });

  test('a lane that cannot take it sends nothing', async () => {
    await open('board');
    const slip = await page.locator('#slip-s1 button').boundingBox(), track = await page.locator('#lane-tom .track').boundingBox();
    await page.mouse.move(slip.x + 20, slip.y + 20);
    await page.mouse.down();
    await page.mouse.move(track.x + 200, track.y + 20, { steps: 8 });
    await page.mouse.up();
    await page.waitForSelector('.refused');
    assert.equal(asked.filter((a) => a.path === '/board/move').length, 0);
  });

  test('a live message fetches the part again, and one line serves the browser', async () => {
    await context.addInitScript((base) => { document.addEventListener('DOMContentLoaded', () => { document.querySelector('script[data-assets]').dataset.live = `${base}/live`; }); }, served.base);
    await open('board');
    for (let n = 0; n < 40 && !streams.size; n += 1) await page.waitForTimeout(50);
    assert.equal(streams.size, 1);
    asked.length = 0;
    for (const s of streams) s.write('id: 7\ndata: {"seq":7,"kind":"invoice.paid","subject":"x"}\n\nid: 8\ndata: {"seq":8,"kind":"appointment.moved","subject":"y"}\n\n');
    for (let n = 0; n < 40 && !asked.length; n += 1) await page.waitForTimeout(50);
    assert.deepEqual(asked.map((a) => a.path), ['/board/lanes']);
    assert.deepEqual(wrong, []);
  });

  test('the palette finds, chooses by arrows and opens', async () => {
    await open('customers');
    await page.keyboard.press('Control+k');
    await page.waitForSelector('.palette[open]');
    await page.keyboard.type('riv');
    await page.waitForSelector('.palette-r a:has-text("Rivera")');
    assert.equal(await page.locator('.palette input').getAttribute('aria-activedescendant'), 'pi-0');
    await page.keyboard.press('Enter');
    await page.waitForURL(/customer\.html/);
    assert.deepEqual(wrong, []);
  });

  test('keys lead to places, menus take arrows, and the question mark shows the keys', async () => {
    await open('customers');
    await page.keyboard.press('n');
    await page.waitForSelector('#menu-new:popover-open');
    assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'Customer');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'Job');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+?');
    await page.waitForSelector('#keys[open]');
    assert.match(await page.locator('#keys').innerText(), /Customers/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.waitForURL(/board\.html/);
    assert.deepEqual(wrong, []);
  });

  test('rows are walked, selected and looked at by keys', async () => {
    await open('customers');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    assert.equal(await page.locator('.bulk [data-count]').innerText(), '2');
    assert.ok(await page.locator('.bulk').isVisible());
    // The drawer is open, so it follows; space closes it, and opens it again.
    await page.waitForFunction(() => document.querySelector('#peek h2')?.textContent === 'Chen Family');
    await page.keyboard.press(' ');
    assert.equal(await page.locator('#peek').count(), 0);
    await page.keyboard.press(' ');
    await page.waitForSelector('#peek');
    await page.keyboard.press('Escape');
    assert.ok(await page.locator('.bulk').isHidden());
    assert.deepEqual(wrong, []);
  });

  test('the theme is kept in a cookie and seen at once', async () => {
    await open('customers');
    await page.locator('.me').click();
    await page.locator('#menu-me [data-themes] button[value="dark"]').click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    assert.equal((await context.cookies()).find((c) => c.name === 'theme').value, 'dark');
  });

  test('a form carries a key and is sent once however often one presses', async () => {
    reply = () => { /* never answers: the page stands still */ };
    await open('form');
    await page.evaluate(() => { const save = [...document.querySelectorAll('button')].find((b) => b.textContent.includes('Save customer')); save.click(); save.click(); save.click(); });
    await page.waitForTimeout(300);
    assert.equal(asked.length, 1);
    assert.match(asked[0].body, /_key=[0-9a-f-]{36}/);
  });

  test('the address answers while one types', async () => {
    await open('onboarding');
    await page.fill('#slug', 'taken');
    await page.waitForSelector('.addr.is-taken');
    assert.equal(await page.locator('#says').innerText(), 'taken is taken');
    await page.locator('.sugg button').click();
    await page.waitForSelector('.addr.is-free');
    assert.deepEqual(wrong, []);
  });

  test('the technician’s verb is tried again with the same key until it arrives', async () => {
    let n = 0;
    reply = (response) => { n += 1; if (n === 1) response.destroy(); else { response.writeHead(303, { location: '/tech-job.html' }); response.end(); } };
    await context.close();
    context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    page = await context.newPage();
    await open('tech-today');
    await page.locator('.verb').tap();
    await page.waitForURL(/tech-job/, { timeout: 8000 });
    const keys = asked.filter((a) => a.path === '/en-route').map((a) => a.headers['idempotency-key']);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
  });
});
