// Looks at every page of the running demo, signed in as those who use it: `node tools/tour.mjs --out=FOLDER [word …]`.
// Words narrow it to pages whose name contains one of them. Options: --base=http://acme-hvac.localhost:8391, --scheme=,
// --size=, --no-axe, --tall (pictures as tall as the page is, up to 3000 pixels). Exit 1 when anything is wrong.
import { resolve } from 'node:path';
import { look } from './look.mjs';
import { placesOf } from './places.mjs';

const args = process.argv.slice(2);
const opt = Object.fromEntries(args.filter((a) => a.startsWith('--')).map((a) => { const [k, ...v] = a.slice(2).split('='); return [k, v.join('=') || true]; }));
const words = args.filter((a) => !a.startsWith('--'));
const base = opt.base || 'http://acme-hvac.localhost:8391';

async function tour(who, list, cookies, at) {
  const pages = list.filter(([name, path]) => path && (!words.length || words.some((w) => w.endsWith('=') ? name === w.slice(0, -1) : name.includes(w)))).map(([name, path]) => ({ name, url: at + path }));
  for (const [name, path] of list) if (!path) console.log(`${who}: no address found for ${name}`);
  if (!pages.length) return [];
  let usual;
  const before = opt.tall && (async (page) => {
    usual ??= page.viewportSize();
    if (page.viewportSize().width !== usual.width) usual = { ...usual, width: page.viewportSize().width };
    await page.setViewportSize(usual);
    const tall = await page.evaluate(() => Math.max(document.documentElement.scrollHeight, ...[...document.querySelectorAll('.main, .list-scroll')].map((el) => el.scrollHeight + innerHeight - el.clientHeight)));
    const { width, height } = page.viewportSize();
    if (tall > height + 2) await page.setViewportSize({ width, height: Math.min(3000, tall) });
  });
  const { runs, wrong } = await look(pages, { out: opt.out && resolve(opt.out), schemes: String(opt.scheme || 'light,dark').split(','), only: String(opt.size || 'desk,phone').split(','), withAxe: !opt['no-axe'], cookies, before });
  console.log(`${who}: ${runs} looks`);
  return wrong;
}

const wrong = [];
for (const { who, list, cookies, at } of await placesOf(base, opt)) wrong.push(...await tour(who, list, cookies, at));
for (const one of wrong) console.log(one);
console.log(`${wrong.length} things wrong`);
process.exit(wrong.length ? 1 : 0);
