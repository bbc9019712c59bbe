// A chapter of the day: the dispatcher has no mouse. Everything that the board can do is done with Tab, arrows, Enter, Space and Escape.
import assert from 'node:assert/strict';
import { desk, heading } from './eyes.mjs';
import { customer } from './visit.mjs';

/** Goes on with Tab until the focus is on what is named so, and sees to it that the focus is seen wherever it comes by. */
async function tabTo(page, what, back = false) {
  const passed = [];
  for (let n = 0; n < 120; n += 1) {
    const on = await page.evaluate(() => {
      const el = document.activeElement;
      // Where a skip link leads is no stop of its own.
      if (!el || el === document.body || el.tabIndex < 0) return { name: '', seen: true };
      const style = getComputedStyle(el), ring = (one) => one && (getComputedStyle(one).outlineStyle !== 'none' || getComputedStyle(one).boxShadow !== 'none');
      const name = (el.getAttribute('aria-label') || el.labels?.[0]?.textContent || el.textContent || el.title || '').trim().replace(/\s+/g, ' ');
      // The browser's own button within a field for days and times draws its own ring.
      if (!el.matches(':focus, :focus-visible')) return { name, seen: true };
      return { name, seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || ring(el.closest('label')) || ring(el.parentElement) };
    });
    passed.push(on.name.slice(0, 40));
    assert.ok(on.seen, `the focus is not seen on “${on.name}”`);
    if (what.test(on.name)) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail(`Tab does not come to ${what}: ${passed.join(' · ')}`);
}

const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };
const job = (page) => page.locator('button.job-b', { hasText: customer });
const startOf = async (page) => Number(await job(page).getAttribute('data-start'));
const lies = (page, at) => page.waitForFunction(([name, to]) => [...document.querySelectorAll('button.job-b')].some((one) => one.textContent.includes(name) && Number(one.dataset.start) === to) && !document.body.classList.contains('is-carrying'), [customer, at]);
const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? '');

export async function withoutAMouse(eyes, context, company) {
  const hers = await eyes.person(desk, await context.storageState());
  const page = await hers.newPage();
  await page.goto(`${company.home}/board`);
  await job(page).waitFor();
  const before = await startOf(page);

  // Past the navigation with one key, to the job, a quarter of an hour later, and back by Undo.
  await press(page, 'Tab');
  await tabTo(page, /^Skip to/);
  await press(page, 'Enter');
  await tabTo(page, new RegExp(customer));
  await press(page, 'Space', 'ArrowRight', 'Enter');
  await lies(page, before + 15);
  await page.waitForFunction((name) => document.activeElement?.textContent?.includes(name), customer);
  await tabTo(page, /^Undo/);
  await press(page, 'Enter');
  await lies(page, before);

  // What was begun is left with Escape; nothing has moved, and the focus is where it was.
  await tabTo(page, new RegExp(customer), true);
  await press(page, 'Space', 'ArrowRight', 'ArrowRight', 'Escape');
  await lies(page, before);
  assert.match(await focused(page), new RegExp(customer));

  // Dropped where somebody is already: the reason stands there, can be reached and sent away.
  page.expects = [409];
  await press(page, 'Space', ...Array.from({ length: 6 }, () => 'ArrowRight'), 'Enter');
  await page.locator('.refused').waitFor();
  await tabTo(page, /^Dismiss/);
  await press(page, 'Enter');
  await page.locator('.refused').waitFor({ state: 'detached' });
  page.expects = [];
  await lies(page, before);

  // Into the tray, and out of it again.
  await tabTo(page, new RegExp(customer), true);
  await press(page, 'Space', 'ArrowUp', 'Enter');
  const slip = page.locator('.slip', { hasText: customer });
  await slip.waitFor();
  await page.waitForFunction((name) => document.activeElement?.closest('.tray')?.textContent.includes(name), customer);
  await press(page, 'Space', 'Enter');
  await job(page).waitFor();
  await lies(page, await startOf(page));

  // The panel beside the board, its form, and the panel closed.
  await page.waitForFunction((name) => document.activeElement?.textContent?.includes(name), customer);
  await press(page, 'Enter');
  await page.locator('#pane').waitFor();
  await tabTo(page, /^(Change|Move|Assign)/);
  await press(page, 'Enter');
  await heading(page, 'Move job');
  await tabTo(page, /^Begins/);
  const clock = `${String(Math.floor(before / 60)).padStart(2, '0')}:${String(before % 60).padStart(2, '0')}`;
  await page.keyboard.type((await page.evaluate(() => document.activeElement.type)) === 'time' ? new Date(`2026-01-01T${clock}`).toLocaleTimeString('en-US', { hour: '2-digit', minute: '2-digit' }).replace(/\D*(\d+):(\d+) (\w)M/, '$1$2$3') : clock);
  await tabTo(page, /^Move job$/);
  await press(page, 'Enter');
  await page.waitForURL('**/board?**');
  await lies(page, before);
  await tabTo(page, /^Close job panel/);
  await press(page, 'Enter');
  await page.locator('#pane').waitFor({ state: 'detached' });
  assert.match(await focused(page), new RegExp(customer));

  // Another day, and the same as a list.
  await tabTo(page, /^Next day/, true);
  const today = page.url();
  await press(page, 'Enter');
  await page.waitForURL((url) => url.href !== today);
  await tabTo(page, /^List$/);
  await press(page, 'Enter');
  await page.waitForURL(/view=list/);

  // In the week it goes to a day beside, and back; whatever speaks against the day is asked, and meant.
  const week = new URL(today);
  week.searchParams.set('view', 'week');
  week.searchParams.delete('job');
  await page.goto(week.href);
  await page.locator('html[data-ready]').waitFor();
  const cellOf = () => page.evaluate((name) => document.querySelector(`.wk-job[data-name="${name}"]`)?.closest('td').dataset.date, customer);
  const was = await cellOf();
  page.expects = [409];
  await tabTo(page, new RegExp(customer));
  await press(page, 'Space', (new Date(`${was}T12:00Z`).getUTCDay() || 7) === 7 ? 'ArrowLeft' : 'ArrowRight', 'Enter');
  const undo = page.locator('.toast button');
  await Promise.race([undo.waitFor(), page.locator('.refused').waitFor()]);
  if (await page.locator('.refused').count()) { await press(page, 'Enter'); await undo.waitFor(); }
  page.expects = [];
  await page.waitForFunction(([name, day]) => { const now = document.querySelector(`.wk-job[data-name="${name}"]`)?.closest('td').dataset.date; return now && now !== day; }, [customer, was]);
  await tabTo(page, /^Undo/);
  await press(page, 'Enter');
  await page.waitForFunction(([name, day]) => document.querySelector(`.wk-job[data-name="${name}"]`)?.closest('td').dataset.date === day, [customer, was]);
  await hers.close();
}
