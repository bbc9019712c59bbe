// What looks at every screen of a journey: a picture at both widths in light and dark, axe-core over it, and a list of what
// must never happen: a sideways scroll, an error in the console, a refusal by the content security policy, a failed request.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launch } from '../tools/browser.mjs';

const web = resolve(import.meta.dirname, '..');
const axe = readFileSync(join(web, 'node_modules/axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const desk = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };
/** The screen of an office that watches its board all day. */
export const wide = { width: 1920, height: 1080 };
/** As wide as a board needs, and without a mouse. */
export const tablet = { width: 1180, height: 820 };

/** Where the office has a phone in its hand, and customers and technicians sit at a desk. */
const other = (size) => (size === desk ? phone : size === phone ? desk : size);

export class Eyes {
  /** With `swapped`, everybody has the other screen, and is seen at that one alone. */
  constructor(out, swapped = false) {
    this.out = out;
    this.swapped = swapped;
    this.wrong = [];
    this.screens = 0;
    mkdirSync(out, { recursive: true });
  }

  async open() { this.browser = await launch(); return this; }

  /** A person with a browser of their own; `signedIn` is what another browser of theirs knows. */
  async person(meant, signedIn) {
    const size = this.swapped ? other(meant) : meant;
    const context = await this.browser.newContext({ viewport: size, hasTouch: ![desk, wide].includes(size), isMobile: size === phone, reducedMotion: 'reduce', colorScheme: 'light', storageState: signedIn });
    context.setDefaultTimeout(15000);
    context.on('page', (page) => this.watch(page, size));
    return context;
  }

  watch(page, size) {
    page.size = size;
    page.at = () => new URL(page.url()).pathname;
    page.on('pageerror', (error) => this.wrong.push(`${page.at()}: ${error.message}`));
    // A failed request is told by its answer, with its address; the console says only that there was one.
    page.on('console', (m) => { if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) this.wrong.push(`${page.at()}: console: ${m.text().slice(0, 300)}`); });
    page.on('response', (r) => { if (r.status() >= 400 && !page.expects?.includes(r.status())) this.wrong.push(`${page.at()}: ${r.request().method()} ${new URL(r.url()).pathname} answers ${r.status()}`); });
  }

  /** Looks at the page as it stands, at both widths (or `sizes`) in light and dark, and leaves it as it was. */
  async see(page, name, sizes = [desk, phone]) {
    if (this.swapped) sizes = sizes.filter((size) => size === page.size);
    this.screens += 1;
    const number = String(this.screens).padStart(2, '0');
    await page.evaluate(() => document.fonts.ready);
    for (const size of sizes) {
      const word = size.width;
      await page.setViewportSize(size);
      for (const scheme of this.swapped ? ['light'] : ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        const where = `${name} ${word} ${scheme}`;
        // Colours that are under way between light and dark are nobody's contrast.
        await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime)).map((one) => one.finished.catch(() => {}))));
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) this.wrong.push(`${where}: scrolls sideways by ${over} pixels`);
        await page.screenshot({ path: join(this.out, `${number}-${name}-${word}-${scheme}.png`) });
        await page.evaluate(axe);
        const found = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ['violations'] }), rules);
        for (const one of found.violations) {
          const nodes = one.nodes.slice(0, 3).map((n) => `${n.target.join(' ')}: ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`);
          this.wrong.push(`${where}: ${one.id} (${one.impact}): ${one.help}\n      ${nodes.join('\n      ')}`);
        }
      }
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.setViewportSize(page.size);
  }

  close() { return this.browser?.close(); }
}

/** A field by its label, whether it is marked as required or not. */
export const field = (within, label) => within.getByLabel(new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\*?$`));
export const press = (within, name) => within.getByRole('button', { name, exact: true }).filter({ visible: true }).first().click();
export const follow = (within, name) => within.getByRole('link', { name, exact: true }).filter({ visible: true }).first().click();
export const heading = (page, name) => page.getByRole('heading', { name, exact: typeof name === 'string' }).first().waitFor();

/** A signature as a finger draws it, a line that goes up and down. */
export async function draws(page, canvas) {
  await canvas.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await canvas.boundingBox();
  await page.mouse.move(x + width / 4, y + height / 2);
  await page.mouse.down();
  for (const step of [1, 2, 3, 4]) await page.mouse.move(x + width / 4 + step * 20, y + height / 2 + (step % 2 ? 15 : -15));
  await page.mouse.up();
}
