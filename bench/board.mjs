// Whether the dispatch board stays smooth with 50 technicians and 400 visits on one day, in Chromium on this machine's processor alone:
// how long it takes to open, to answer keys and mouse, to draw while a job is carried, and to show what somebody else moved.
//
//   node bench/board.mjs
//
// An answer to a key or press within 200 ms counts as quick, and a frame of 50 ms or more as one that is seen to jerk.
import { createRequire } from 'node:module';
import { work } from './fill.mjs';
import { House, keep, machine, median, quantile, root } from './house.mjs';

const { launch } = await import(`${root}/web/tools/browser.mjs`);
const { version } = createRequire(`${root}/web/package.json`)('playwright-core/package.json');
const technicians = 50, visits = 400, tries = 12;
const house = await House.start();
const company = house.company('bench');
const { people, booked, day, at } = await work(company, { technicians, visits, drafts: 0 });

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'no-preference' });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
await page.goto(`http://${company.host}/sign-in`);
await page.getByLabel(/^Email/).fill(company.owner.email);
await page.getByLabel(/^Password/).fill(company.owner.password);
await page.getByRole('button', { name: 'Sign in', exact: true }).click();
await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
const board = `http://${company.host}/board?date=${day}`;
const figures = {};
const note = (name, list) => { figures[name] = { p50: median(list), p95: quantile(list, 0.95), most: Math.max(...list), times: list.length }; };

// Opened: from the request to a board whose jobs are there and whose keys are heard.
const opened = [], first = [];
for (let n = 0; n < tries; n += 1) {
  const began = performance.now();
  await page.goto(board, { waitUntil: 'load' });
  await page.locator('button.job-b').first().waitFor();
  opened.push(performance.now() - began);
  first.push(await page.evaluate(() => performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint')?.startTime ?? NaN));
}
note('opened', opened);
// Where nothing was painted by then the browser has no entry of it.
note('first paint', first.filter(Number.isFinite));
const drawn = await page.locator('button.job-b').count();
if (drawn !== visits) throw new Error(`${drawn} jobs on the board, not ${visits}`);

// From here on the browser keeps count of its frames and of how long it took to answer each key and press.
await page.evaluate(() => {
  globalThis.frames = []; globalThis.answers = [];
  let last = performance.now();
  const frame = (now) => { globalThis.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (one.interactionId) globalThis.answers.push(one.duration); }).observe({ type: 'event', durationThreshold: 16, buffered: false });
});
const reset = () => page.evaluate(() => { globalThis.frames.length = 0; globalThis.answers.length = 0; });
const frames = () => page.evaluate(() => globalThis.frames.slice(1));
const settled = () => page.waitForFunction(() => !document.body.classList.contains('is-carrying') && !document.querySelector('.ghost'));
const job = (n) => page.locator(`#job-${booked[n]} button.job-b`);

// Carried by mouse over lanes and hours, and dropped half an hour past its last visit: an hour of its own lane is free there.
const carried = [], landed = [];
for (let n = 0; n < tries; n += 1) {
  const el = job(visits - technicians + n), lane = page.locator(`[data-lane="${people[n]}"]`);
  await el.evaluate((one) => one.scrollIntoView({ block: 'center' }));
  const from = await el.boundingBox(), track = await lane.locator('.track').boundingBox();
  await page.mouse.move(from.x + 12, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, from.y + from.height / 2);
  await page.locator('body.is-carrying').waitFor();
  await reset();
  for (let k = 0; k <= 60; k += 1) {
    const t = (k / 60) * Math.PI * 2;
    await page.mouse.move(track.x + track.width * (0.5 + 0.35 * Math.sin(t)), from.y + from.height / 2 + 130 * Math.sin(t * 2));
  }
  carried.push(...(await frames()));
  const version = await el.getAttribute('data-version');
  // The lanes may have been scrolled by the carrying, so its own is looked up again.
  const now = await lane.locator('.track').boundingBox();
  await page.mouse.move(from.x + 12 + from.width / 2, now.y + now.height / 2);
  const began = performance.now();
  await page.mouse.up();
  await page.waitForFunction(([id, was]) => { const now = document.querySelector(`#job-${id} button.job-b`); return document.querySelector('.refused') || (now && now.dataset.version !== was && !document.body.classList.contains('is-carrying')); }, [booked[visits - technicians + n], version]);
  if (await page.locator('.refused').count()) throw new Error(`refused: ${await page.locator('.refused').innerText()}`);
  landed.push(performance.now() - began);
  await settled();
}
note('a frame while a job is carried', carried);
note('dropped, until it lies there', landed);

// Keys: lifted, moved, made longer, left.
await reset();
for (let n = 0; n < tries; n += 1) {
  await job(n).focus();
  for (const key of ['Space', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'Shift+ArrowRight', 'Escape']) { await page.keyboard.press(key); await page.waitForTimeout(30); }
  await settled();
}
await page.waitForTimeout(300);
// What was answered within a frame is not told by the browser, and counts as 16 ms.
const keys = await page.evaluate(() => globalThis.answers);
note('a key, until it is seen', [...keys, ...Array.from({ length: Math.max(0, tries * 6 - keys.length) }, () => 16)]);

// What a colleague moves by the API arrives by itself; and the frames of this while.
const arrived = [];
await reset();
for (let n = 0; n < tries; n += 1) {
  const id = booked[visits - 1 - n];
  const { etag } = await company.ask('GET', `/api/v1/appointments/${id}`);
  const was = await page.locator(`#job-${id} button.job-b`).getAttribute('data-version');
  const began = performance.now();
  await company.ask('POST', `/api/v1/appointments/${id}/move`, { starts_at: at(15.5), anyway: true }, { 'if-match': etag });
  await page.waitForFunction(([job, old]) => document.querySelector(`#job-${job} button.job-b`)?.dataset.version !== old, [id, was]);
  arrived.push(performance.now() - began);
}
note('moved by somebody else, until it is seen', arrived);
note('a frame meanwhile', await frames());

// Scrolled through from end to end.
await page.locator('.lanes').hover();
await reset();
for (let n = 0; n < 60; n += 1) { await page.mouse.wheel(0, n < 30 ? 120 : -120); await page.waitForTimeout(16); }
note('a frame while it is scrolled', await frames());

const jerks = carried.filter((ms) => ms >= 50).length;
const lines = Object.entries(figures).map(([name, f]) => `${name}: p50 ${f.p50.toFixed(0)} ms, p95 ${f.p95.toFixed(0)} ms, most ${f.most.toFixed(0)} ms (${f.times} times)`);
const text = [`dispatch board, ${technicians} technicians, ${visits} visits on one day, Chromium ${browser.version()} without GPU, playwright ${version}, ${machine()}`, ...lines, `frames of 50 ms and more while carried: ${jerks} of ${carried.length}`, ''].join('\n');
process.stdout.write(text);
keep('board.txt', text);
await browser.close();
await house.end();
