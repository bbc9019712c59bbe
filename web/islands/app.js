// Every page: keys, theme, toasts, dialogs, menus, copying, forms that are sent once, and the islands a page asks for.
import { follower, nameOf, takesLetters } from './parts/keys.js';
import { asset, fade, h, newKey, problem, say, toast } from './parts/say.js';

const root = document.documentElement;
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const mac = /Mac|iPhone|iPad/.test(navigator.platform);

// ---- islands: <div data-island="board"> loads board.js and mounts it once
const mounted = new WeakMap();
async function mountAll() {
  for (const el of $$('[data-island]')) {
    if (mounted.has(el)) continue;
    mounted.set(el, true);
    try { const island = await import(asset(`${el.dataset.island}.js`)); island.mount(el); }
    catch (error) { console.error(`island ${el.dataset.island}`, error); }
  }
  if (document.querySelector('[data-live]') && !mounted.has(root)) {
    mounted.set(root, true);
    const live = document.querySelector('script[data-live]')?.dataset.live;
    if (live) import(asset('live.js')).then((m) => m.start(live));
  }
}

// ---- keys
const bound = () => $$('[data-key]').filter((el) => !el.closest('dialog:not([open])') && !el.disabled);
const follow = follower();
function press(el) {
  if (/^(input|textarea|select)$/i.test(el.tagName)) { el.focus(); el.select?.(); }
  else if (el.offsetParent !== null || el.closest('[popover]') || el.tagName === 'A') el.click();
}
addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameOf(event);
  if (name === 'mod+k') { event.preventDefault(); openPalette(); return; }
  if (event.metaKey || event.ctrlKey || event.altKey || takesLetters(document.activeElement) || document.querySelector('dialog[open]')) return;
  if (event.shiftKey && event.key !== '?') return;
  if (name === '?') { event.preventDefault(); openKeys(); return; }
  const all = bound();
  const done = follow(name, all.map((el) => el.dataset.key), event.timeStamp);
  if (done) { event.preventDefault(); press(all.find((el) => el.dataset.key === done && el.offsetParent !== null) ?? all.find((el) => el.dataset.key === done)); }
  else if (name === '/') { event.preventDefault(); openPalette(); }
});

function openKeys() {
  document.getElementById('keys')?.remove();
  const label = (el) => (el.getAttribute('aria-label') || el.title || el.querySelector('.nav-label, span')?.textContent || el.textContent).replace(/\s+/g, ' ').trim();
  const seen = new Set();
  const lines = bound().filter((el) => !seen.has(el.dataset.key) && seen.add(el.dataset.key)).map((el) => [label(el), el.dataset.key.split(' ')]);
  const go = lines.filter(([, k]) => k.length > 1), here = lines.filter(([, k]) => k.length === 1);
  const always = [['Search or do anything', [mac ? '⌘' : 'Ctrl', 'K']], ['These keys', ['?']], ['Close', ['Esc']]];
  if (document.querySelector('[data-island="list"]')) here.push(['Next, previous row', ['j', 'k']], ['Open row', ['⏎']], ['Look at row', ['space']], ['Select row', ['x']]);
  if (document.querySelector('[data-island="board"]')) here.push(['Pick up, drop', ['space', '⏎']], ['Move 15 minutes', ['←', '→']], ['Move to another lane', ['↑', '↓']]);
  const part = (title, rows) => rows.length ? h('section', {}, h('h3', {}, title), h('ul', {}, ...rows.map(([words, keys]) => h('li', {}, h('span', {}, words), h('span', {}, ...keys.map((k) => h('kbd', {}, k))))))) : null;
  const dialog = h('dialog', { class: 'dialog dialog-wide', id: 'keys', 'aria-labelledby': 'keys-h' },
    h('div', { class: 'dialog-h' }, h('h2', { id: 'keys-h' }, 'Keys'), h('button', { class: 'btn btn-s', type: 'button', 'data-closes': true }, 'Close')),
    h('div', { class: 'dialog-b' }, h('div', { class: 'keys' }, part('Anywhere', always), part('Go to', go), part('On this page', here))));
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
}

async function openPalette() {
  const palette = await import(asset('palette.js'));
  palette.open();
}

// ---- clicks: dialogs, copying, theme, palette
document.addEventListener('click', async (event) => {
  const on = (selector) => event.target.closest?.(selector);
  let el;
  if ((el = on('[data-opens]'))) { if (el.dataset.opens === 'keys') openKeys(); else document.getElementById(el.dataset.opens)?.showModal?.(); }
  else if ((el = on('[data-closes]'))) el.closest('dialog')?.close();
  else if (on('[data-palette]')) openPalette();
  else if ((el = on('[data-copy]'))) {
    try { await navigator.clipboard.writeText(el.dataset.copy); say('Copied'); toast({ text: 'Copied' }); }
    catch { getSelection().selectAllChildren(el.parentElement.querySelector('code') ?? el); toast({ text: 'Selected. Press Ctrl C to copy.' }); }
  } else if ((el = on('[data-themes] button'))) {
    document.cookie = `theme=${el.value};path=/;max-age=31536000;samesite=lax`;
    if (el.value) root.dataset.theme = el.value; else delete root.dataset.theme;
    for (const b of $$('[data-themes] button')) b.setAttribute('aria-pressed', String(b.value === el.value));
  } else if (event.target.matches?.('dialog[open]') && event.target === event.target.closest('dialog')) {
    const r = event.target.getBoundingClientRect();
    if (event.clientX < r.left || event.clientX > r.right || event.clientY < r.top || event.clientY > r.bottom) event.target.close();
  }
});

// ---- menus: placed beside what opened them; arrows, Home, End and first letters
let opener = null;
document.addEventListener('click', (event) => { const el = event.target.closest?.('[popovertarget]'); if (el) opener = el; }, true);
document.addEventListener('beforetoggle', (event) => {
  const menu = event.target;
  if (event.newState !== 'open' || !menu.matches?.('[data-menu]')) return;
  const by = event.source ?? opener;
  if (!by) return;
  const r = by.getBoundingClientRect(), s = menu.style;
  s.left = s.right = s.top = s.bottom = 'auto';
  if (r.left + r.width / 2 > innerWidth / 2) s.right = `${Math.max(8, innerWidth - r.right)}px`; else s.left = `${Math.max(8, r.left)}px`;
  if (r.bottom > innerHeight * 0.6) s.bottom = `${innerHeight - r.top + 4}px`; else s.top = `${r.bottom + 4}px`;
}, true);
const items = (menu) => $$('[role^="menuitem"]', menu);
document.addEventListener('toggle', (event) => {
  const menu = event.target;
  if (!menu.matches?.('[data-menu]')) return;
  for (const b of $$(`[popovertarget="${menu.id}"]`)) b.setAttribute('aria-expanded', String(event.newState === 'open'));
  if (event.newState === 'open') (items(menu)[0] ?? menu.querySelector('button, a'))?.focus();
}, true);
document.addEventListener('keydown', (event) => {
  const menu = event.target.closest?.('[data-menu]');
  if (!menu) return;
  const all = items(menu), at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) { event.preventDefault(); all[(to + all.length) % all.length]?.focus(); }
  else if (event.key === 'Tab') menu.hidePopover();
  else if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
    const hit = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((el) => el.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    if (hit) { event.preventDefault(); hit.focus(); }
  }
});

// ---- forms: a key for each sending, sent once, and nothing typed is lost by accident
const fillKeys = (within = document) => { for (const el of $$('input[name="_key"]', within)) if (!el.value) el.value = newKey(); };
document.addEventListener('submit', (event) => {
  const form = event.target;
  fillKeys(form);
  delete form.dataset.dirty;
  if (event.defaultPrevented || form.method === 'dialog') return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === 'post') {
    form.dataset.sent = '1';
    const by = event.submitter;
    by?.setAttribute('aria-busy', 'true');
    // A download or a lost answer leaves the page standing; the form may then be sent again, with its key.
    setTimeout(() => { delete form.dataset.sent; by?.removeAttribute('aria-busy'); }, 15000);
  }
});
document.addEventListener('input', (event) => { const form = event.target.closest?.('form[data-guard]'); if (form) form.dataset.dirty = '1'; });
addEventListener('beforeunload', (event) => { if (document.querySelector('form[data-dirty]')) event.preventDefault(); });
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of $$('form[data-sent]')) delete form.dataset.sent;
  for (const el of $$('[aria-busy="true"]')) el.removeAttribute('aria-busy');
  for (const el of $$('input[name="_key"]')) el.value = newKey();
  document.querySelector('.waiting')?.remove();
});

// ---- a slow page shows where its content will be
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target || link.hasAttribute('download') || link.closest('[hx-get]')) return;
  const to = new URL(link.href, location.href);
  if (to.origin !== location.origin || /\.\w{2,4}$/.test(to.pathname) || (to.pathname === location.pathname && to.search === location.search)) return;
  const main = document.querySelector('.frame > .main');
  setTimeout(() => {
    if (!main || document.querySelector('form[data-dirty]')) return;
    const bars = h('div', { class: 'waiting', 'aria-hidden': 'true' }, ...[35, 60, 50, 60, 45].map((w) => h('div', { class: `skel w-[${w}%]` })));
    main.append(bars);
    say('Loading');
    setTimeout(() => bars.remove(), 8000);
  }, 400);
});

// ---- htmx: keys on what is posted, refusals as sentences, the focus kept
document.addEventListener('htmx:config:request', (event) => {
  const request = event.detail.ctx.request;
  if (!/^(get|head)$/i.test(request.method)) request.headers['Idempotency-Key'] = request.body?.get?.('_key') || newKey();
});
document.addEventListener('htmx:before:swap', (event) => {
  const response = event.detail.ctx?.response;
  if (response?.status >= 400 && !(response.headers?.get?.('content-type') || '').includes('html')) {
    event.preventDefault();
    let said; try { said = JSON.parse(event.detail.ctx.text); } catch { said = {}; }
    toast({ text: said.detail || said.title || 'That was refused. Nothing was changed.', bad: true });
  }
});
document.addEventListener('htmx:error', (event) => { if (!event.detail.ctx?.response) toast({ text: 'That did not reach the office. Check the line and try again.', bad: true }); });
document.addEventListener('htmx:after:swap', () => {
  fillKeys(); mountAll(); wakeToasts();
  if (document.activeElement === document.body) { const el = document.querySelector('[data-focus], main [autofocus]'); el?.focus(); el?.removeAttribute('data-focus'); }
});
document.addEventListener('toast', (event) => toast(typeof event.detail === 'string' ? { text: event.detail } : event.detail.value ?? event.detail));

// ---- a search box that answers while one types
let soon, asking;
document.addEventListener('input', (event) => {
  const box = event.target.closest?.('[data-search]');
  if (!box) return;
  clearTimeout(soon);
  soon = setTimeout(async () => {
    const form = box.form, list = document.querySelector('.list-scroll');
    const url = new URL(form.action, location.href);
    for (const [k, v] of new FormData(form)) if (v) url.searchParams.append(k, v);
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(url, { signal: asking.signal, headers: { accept: 'text/html' } });
      if (!answer.ok) throw new Error((await problem(answer)).text);
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.list-scroll');
      if (!fresh || !list) return form.submit();
      await window.htmx.swap({ text: fresh.innerHTML, target: list, sourceElement: list, swap: 'innerHTML' });
      history.replaceState(null, '', url);
      const rows = list.querySelectorAll('tbody tr[data-row]').length;
      say(rows ? `${rows} shown` : 'Nothing found');
    } catch (error) { if (error.name !== 'AbortError') toast({ text: error.message, bad: true }); }
  }, 220);
});

const wakeToasts = () => { for (const el of $$('[data-toast]')) if (!el.dataset.awake) { el.dataset.awake = '1'; fade(el); } };
if (!mac) for (const el of $$('[data-mod]')) el.textContent = `Ctrl ${el.dataset.mod}`;
fillKeys();
wakeToasts();
mountAll();
document.querySelector('[data-focus]')?.focus();
root.dataset.ready = '1';
