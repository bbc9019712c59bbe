// Looks at pages: a picture of each at 1440 and 390 pixels, light and dark, axe-core over it, and what must never happen:
// a sideways scroll, an error in the console, a refusal by the content security policy.
//
//   node tools/look.mjs --dir=FOLDER [page …]           static pages of a folder, served with our policy
//   node tools/look.mjs --out=FOLDER URL …              pages of a running server
//   options: --out=FOLDER (pictures), --scheme=light,dark, --size=desk,phone, --no-axe, --full, --cookie=name=value
//
// Exit 1 on any violation. Other scripts may import `look`.
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { launch } from './browser.mjs';

const web = resolve(import.meta.dirname, '..');
const axe = readFileSync(join(web, 'node_modules/axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const sizes = { desk: [1440, 900], phone: [390, 844], tablet: [1024, 768] };
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json', '.json': 'application/json' };
export const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves a folder of pages, and web/dist under /assets/, with the policy of the product; `answer` may answer first. */
export function serveFolder(folder, answer) {
  const server = createServer(async (request, response) => {
    if (await answer?.(request, response)) return;
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const file = path.startsWith('/assets/') ? join(web, 'dist', path.slice(8)) : join(folder, path === '/' ? 'index.html' : path);
    if (!existsSync(file) || path.includes('..')) { response.writeHead(404).end('nothing here'); return; }
    response.writeHead(200, { 'content-type': types[extname(file)] || 'application/octet-stream', 'content-security-policy': policy });
    response.end(readFileSync(file));
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done({ server, base: `http://127.0.0.1:${server.address().port}` })));
}

/** Looks at [{ name, url }]; answers a list of what is wrong, each a sentence. */
export async function look(pages, { out, schemes = ['light', 'dark'], only = ['desk', 'phone'], withAxe = true, full = false, cookies = [], before } = {}) {
  const browser = await launch();
  const wrong = [];
  let runs = 0;
  if (out) mkdirSync(out, { recursive: true });
  for (const scheme of schemes) for (const size of only) {
    const [width, height] = sizes[size];
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', hasTouch: size === 'phone', isMobile: size === 'phone', ignoreHTTPSErrors: true });
    if (cookies.length) await context.addCookies(cookies);
    const page = await context.newPage();
    let at = '';
    page.on('console', (m) => { if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) wrong.push(`${at}: console: ${m.text().slice(0, 200)}`); });
    page.on('pageerror', (e) => wrong.push(`${at}: ${e.message}`));
    for (const { name, url } of pages) {
      at = `${name} ${size} ${scheme}`;
      await page.goto(url, { waitUntil: 'load' });
      await page.evaluate(() => document.fonts.ready);
      if (before) await before(page, name);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) wrong.push(`${at}: scrolls sideways by ${over} pixels`);
      if (out) await page.screenshot({ path: join(out, `${name}-${size}-${scheme}.png`), fullPage: full });
      if (withAxe) {
        await page.evaluate(axe);
        const found = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly }), rules);
        for (const v of found.violations) wrong.push(`${at}: ${v.id} (${v.impact}): ${v.help}\n      ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} · ${(n.any[0]?.message || n.all[0]?.message || n.none[0]?.message || '').slice(0, 160)}`).join('\n      ')}`);
      }
      runs += 1;
    }
    await context.close();
  }
  await browser.close();
  return { runs, wrong };
}

if (import.meta.filename === resolve(process.argv[1] ?? '')) {
  const args = process.argv.slice(2);
  const opt = Object.fromEntries(args.filter((a) => a.startsWith('--')).map((a) => { const [k, ...v] = a.slice(2).split('='); return [k, v.join('=') || true]; }));
  const rest = args.filter((a) => !a.startsWith('--'));
  const served = opt.dir ? await serveFolder(resolve(opt.dir)) : null;
  const pages = served
    ? readdirSync(resolve(opt.dir)).filter((f) => f.endsWith('.html')).map((f) => f.replace('.html', '')).filter((n) => !rest.length || rest.includes(n)).map((name) => ({ name, url: `${served.base}/${name}.html` }))
    : rest.map((url) => ({ url, name: new URL(url).pathname.replace(/^\/|\/$/g, '').replace(/\W+/g, '-') || 'home' }));
  const [cookieName, ...cookieValue] = String(opt.cookie || '').split('=');
  const cookies = opt.cookie ? [{ name: cookieName, value: cookieValue.join('='), url: rest[0] }] : [];
  const { runs, wrong } = await look(pages, { out: opt.out && resolve(opt.out), schemes: String(opt.scheme || 'light,dark').split(','), only: String(opt.size || 'desk,phone').split(','), withAxe: !opt['no-axe'], full: !!opt.full, cookies });
  served?.server.close();
  for (const one of wrong) console.log(one);
  console.log(`${runs} looks, ${wrong.length} things wrong`);
  process.exit(wrong.length ? 1 : 0);
}
