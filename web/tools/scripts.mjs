// Markup and script in every text field that the API takes, then every page in a browser: `scripts(house, …)` for `make attack`.
// What is looked for: our global set by a script that ran, a dialog, and our element in the page, which tells of a missing escape even
// where the policy for content kept its script from running.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MARK = 'data-xss';
const PAYLOADS = [
  `"><i ${MARK}=1>x</i><img src=x onerror=window.__xss=1>`,
  `<script ${MARK}=1>window.__xss=1</script>`,
  `'"><svg ${MARK}=1 onload=window.__xss=1>`,
  `</textarea></title></style><b ${MARK}=1 onmouseover=window.__xss=1>b`,
  `javascript:window.__xss=1`,
  `{{constructor.constructor("window.__xss=1")()}}<i ${MARK}=1>`,
];

/** What a page shows of us. */
const seen = (page) => page.evaluate((mark) => ({
  ran: Boolean(window.__xss),
  element: document.querySelector(`[${mark}]`)?.outerHTML?.slice(0, 200) ?? null,
  link: [...document.querySelectorAll('a[href],form[action],iframe[src]')].map((el) => el.getAttribute('href') || el.getAttribute('action') || el.getAttribute('src')).find((to) => /^\s*javascript:/i.test(to)) ?? null,
}), MARK);

export async function scripts(house, { root, short, out }) {
  const { launch } = await import('./browser.mjs');
  const document = JSON.parse(readFileSync(join(root, 'golden/openapi.json'), 'utf8'));
  const acme = house.company('markup', 'pooled');
  const known = {};
  let number = 0;
  const resolve = (schema) => {
    let found = schema;
    for (let hops = 0; hops < 8 && found; hops += 1) {
      if (found.$ref) found = document.components.schemas[found.$ref.split('/').at(-1)];
      else if (found.anyOf ?? found.oneOf) found = (found.anyOf ?? found.oneOf).find((one) => one.type !== 'null') ?? {};
      else break;
    }
    return found ?? {};
  };
  const payload = () => PAYLOADS[number++ % PAYLOADS.length];
  // A value that the schema takes, with markup wherever text may stand.
  const fill = (name, given, plain, depth = 0) => {
    const schema = resolve(given);
    const type = [schema.type].flat().find((one) => one && one !== 'null');
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum.find((one) => one !== null);
    if (type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([key]) => depth < 4 && (!plain.has(`-${key}`)) && ((schema.required ?? []).includes(key) || !/^(id|version|created|external)/.test(key))).map(([key, value]) => [key, fill(key, value, plain, depth + 1)]).filter(([, value]) => value !== undefined));
    if (type === 'array') { const one = fill(name.replace(/s$/, ''), schema.items ?? {}, plain, depth + 1); return one === undefined ? [] : [one]; }
    if (type === 'boolean') return false;
    if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, /minute|duration/.test(name) ? 60 : 1);
    if (type !== 'string') return undefined;
    if (schema.format === 'uuid') return known[name.replace(/_ids?$/, '')] ?? undefined;
    if (schema.format === 'date') return '2027-03-01';
    if (schema.format === 'date-time') return '2027-03-01T15:00:00Z';
    if (schema.format === 'time') return '09:00';
    if (plain.has(name)) return { email: `m${number++}@markup.example`, country: 'US', currency: 'USD', color: '#336699', time_zone: 'America/Chicago', phone: '217 555 0199', region: 'IL', postal_code: '62701', url: 'https://markup.example/' }[name] ?? `Plain ${number++}`;
    const text = payload();
    return schema.maxLength && text.length > schema.maxLength ? `<i ${MARK}>`.slice(0, schema.maxLength) : `${text} ${number}`;
  };
  const api = async (method, path, body) => {
    const answer = await house.get(acme.host, path, { authorization: `Bearer ${acme.api_key}`, 'content-type': 'application/json' }, method, body && JSON.stringify(body));
    try { answer.body = JSON.parse(answer.text); } catch { answer.body = {}; }
    return answer;
  };
  const noun = (path) => path.split('/').at(-1).replace(/-/g, '_').replace(/ies$/, 'y').replace(/s$/, '');
  const taken = new Set();
  let fields = 0, tried = 0;
  const posts = Object.entries(document.paths).filter(([path, operations]) => operations.post?.requestBody?.content?.['application/json'] && path.startsWith('/api/v1/') && !/\/auth\/|\/account\/|imports|merge|exports|api-keys/.test(path));
  // Those that need nobody's id first; then again, with what has been made.
  for (let round = 0; round < 3; round += 1) {
    for (const [path, operations] of posts.sort(([a], [b]) => a.split('{').length - b.split('{').length)) {
      if (taken.has(path)) continue;
      const missing = [];
      const at = path.replace(/([a-z-]+)\/\{(\w+)\}/g, (_, before, name) => { const id = known[noun(`/${before}`)] ?? known[name]; if (!id) missing.push(name); return `${before}/${id}`; });
      if (missing.length) continue;
      const schema = operations.post.requestBody.content['application/json'].schema;
      const plain = new Set();
      for (let tries = 0; tries < 8; tries += 1) {
        const body = fill('body', schema, plain);
        tried += 1;
        const answer = await api('POST', at, body);
        if (answer.status < 300) {
          taken.add(path);
          fields += (JSON.stringify(body).match(/data-xss|__xss/g) ?? []).length;
          if (answer.body?.id) known[noun(path)] ??= answer.body.id;
          break;
        }
        // A field that takes no such words is filled with plain ones; one that takes neither is left out.
        const named = (answer.body?.errors ?? []).map((error) => error.pointer.split('/').filter((step) => step && !/^\d+$/.test(step)).at(-1)).filter(Boolean);
        if (answer.status !== 422 && answer.status !== 400 && answer.status !== 409 && answer.status !== 404) break;
        if (!named.length) break;
        for (const name of named) plain.add(plain.has(name) ? `-${name}` : name);
      }
    }
    // What was there from the start has ids too.
    for (const path of Object.keys(document.paths).filter((p) => document.paths[p].get && !p.includes('{') && p.startsWith('/api/v1/'))) {
      if (known[noun(path)]) continue;
      const first = (await api('GET', `${path}?limit=1`)).body?.items?.[0];
      if (first?.id) known[noun(path)] = first.id;
    }
  }

  const browser = await launch();
  const wrong = [];
  let opened = 0, shown = 0, control = false;
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    page.on('dialog', async (dialog) => { wrong.push(`a dialog at ${page.url()}: ${dialog.message()}`); await dialog.dismiss(); });
    // The control: in a page that escapes nothing, the same markup is there, and its script runs.
    await page.setContent(`<p>${PAYLOADS[0]}</p>`);
    await page.waitForTimeout(300);
    const planted = await seen(page);
    control = planted.ran && Boolean(planted.element);

    const signIn = await house.get(acme.host, '/sign-in', { 'content-type': 'application/x-www-form-urlencoded', origin: acme.url }, 'POST', new URLSearchParams({ email: 'olive@markup.example', password: acme.password }).toString());
    const [name, value] = String(signIn.headers['set-cookie'] ?? '').split(';')[0].split('=');
    await context.addCookies([{ name, value, url: `https://${acme.host.split(':')[0]}/`, secure: true }]);
    const routes = readFileSync(join(root, 'golden/routes.txt'), 'utf8').split('\n').map((line) => line.match(/^GET\s+(\S+)/)?.[1]).filter((path) => path && !path.startsWith('/api/') && !/\{\*|sign-out|\/live|\/metrics|\.json|\.pdf|\.ics|operator|\/assets/.test(path));
    const start = [];
    for (const path of routes) {
      const filled = path.replace(/([a-z-]+)\/\{(\w+)\}/g, (whole, before, place) => { const id = known[{ jobs: 'work_order', 'price-book': 'item', people: 'member' }[before] ?? noun(`/${before}`)] ?? known[place]; return id ? `${before}/${id}` : whole; });
      if (!filled.includes('{')) start.push(filled);
    }
    const most = short ? 60 : 400;
    const waiting = [...new Set(start)], been = new Set();
    // Pages that follow from pages: whatever a link of ours leads to.
    while (waiting.length && opened < most) {
      const path = waiting.shift();
      if (been.has(path)) continue;
      been.add(path);
      const answer = await page.goto(acme.url + path, { waitUntil: 'domcontentloaded', timeout: 20_000 }).catch(() => null);
      if (!answer || !String(answer.headers()['content-type'] ?? '').includes('html')) continue;
      opened += 1;
      if (answer.status() >= 500) wrong.push(`${answer.status()} at ${path}`);
      await page.waitForTimeout(60);
      const found = await seen(page).catch(() => ({}));
      if (found.ran) wrong.push(`a script of ours ran at ${path}`);
      if (found.element) wrong.push(`markup of ours stands in ${path}: ${found.element}`);
      if (found.link) wrong.push(`a link that is a script at ${path}: ${found.link}`);
      const text = await page.content().catch(() => '');
      if (text.includes('data-xss')) shown += 1;
      const more = await page.evaluate(() => [...document.querySelectorAll('a[href^="/"]')].map((a) => a.getAttribute('href'))).catch(() => []);
      for (const href of more) if (!been.has(href) && !/sign-out|\/live|download|\.pdf|\.csv|\.ics/.test(href)) waiting.push(href);
    }
  } finally {
    await browser.close();
  }
  writeFileSync(join(out, 'logs', 'xss.log'), `${[...taken].sort().join('\n')}\n\n${wrong.join('\n')}\n`);
  return {
    ok: control && wrong.length === 0 && taken.size >= 15 && opened >= 30 && shown >= 10,
    figures: [`${taken.size} of ${posts.length} ways to make something took markup, in ${fields} fields (${tried} requests)`, `${opened} pages opened, ${shown} of them show it, as text`, control ? 'the control ran where nothing escapes it' : 'THE CONTROL DID NOT RUN', ...wrong.slice(0, 10)],
  };
}
