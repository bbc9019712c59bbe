// The palette: find anything, go anywhere, do anything. GET /palette?q= answers {groups: [{title, items: [{label, hint, href, icon}]}]}.
import { h, icon, say } from './parts/say.js';

let box, input, results, asking, soon;

function build() {
  input = h('input', { type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'palette-r', 'aria-autocomplete': 'list', 'aria-label': 'Search or do anything', placeholder: 'Customer, job number, phone, or what to do', autocomplete: 'off', spellcheck: 'false' });
  results = h('div', { class: 'palette-r', id: 'palette-r', role: 'listbox', 'aria-label': 'Found' });
  const foot = h('div', { class: 'palette-f wide', 'aria-hidden': 'true' }, ...[['↑', '↓', 'choose'], ['⏎', 'open'], ['Esc', 'close']].map((p) => h('span', {}, ...p.slice(0, -1).map((k) => h('kbd', {}, k)), p.at(-1))));
  box = h('dialog', { class: 'palette', 'aria-label': 'Search or do anything' }, h('div', { class: 'palette-q' }, icon('search'), input), results, foot);
  document.body.append(box);
  input.addEventListener('input', () => { clearTimeout(soon); soon = setTimeout(ask, 120); });
  input.addEventListener('keydown', keys);
  results.addEventListener('pointermove', (event) => { const a = event.target.closest('a'); if (a) choose(a, false); });
  box.addEventListener('click', (event) => { if (event.target === box) box.close(); });
}

const all = () => [...results.querySelectorAll('a')];
function choose(a, scroll = true) {
  for (const other of all()) other.setAttribute('aria-selected', String(other === a));
  if (a) input.setAttribute('aria-activedescendant', a.id); else input.removeAttribute('aria-activedescendant');
  if (scroll) a?.scrollIntoView({ block: 'nearest' });
}

function keys(event) {
  const list = all(), at = list.findIndex((a) => a.getAttribute('aria-selected') === 'true');
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
  if (to !== undefined) { event.preventDefault(); if (list.length) choose(list[(to + list.length) % list.length]); }
  else if (event.key === 'Enter' && list[at]) { event.preventDefault(); if (event.metaKey || event.ctrlKey) open_(list[at].href); else list[at].click(); }
}
const open_ = (href) => window.open(href, '_blank', 'noopener');

/** What the page itself offers, before and besides what the office finds: every element with a key. */
function own(q) {
  const seen = new Set(), words = q.toLowerCase();
  return [...document.querySelectorAll('a[data-key], .nav a, .menu a[role^="menuitem"]')]
    .map((el) => ({ label: (el.querySelector('.nav-label, span')?.textContent || el.textContent).trim(), href: el.getAttribute('href'), hint: el.dataset.key?.split(' ').join(' then ') || '', icon: el.querySelector('use')?.getAttribute('href')?.split('#')[1] || 'arrow-right' }))
    .filter((one) => one.href && one.label && !seen.has(one.href + one.label) && seen.add(one.href + one.label) && one.label.toLowerCase().includes(words)).slice(0, 8);
}

function draw(groups, q) {
  let n = 0;
  results.replaceChildren(...groups.filter((g) => g.items.length).map((group, g) => h('div', { role: 'group', 'aria-labelledby': `pg-${g}` }, h('span', { id: `pg-${g}`, role: 'presentation' }, group.title),
    ...group.items.map((item) => h('a', { href: item.href, role: 'option', id: `pi-${n++}`, 'aria-selected': 'false', tabindex: '-1' }, icon(item.icon || 'arrow-right'), h('span', {}, item.label), h('small', {}, item.hint || ''))))));
  if (!n) results.replaceChildren(h('p', {}, q ? `Nothing found for “${q}”. Try a name, a phone number or a job number.` : 'Type a name, a phone number, a job number, or what you want to do.'));
  choose(all()[0]);
  say(n ? `${n} found` : 'Nothing found');
}

async function ask() {
  const q = input.value.trim(), mine = own(q);
  asking?.abort();
  asking = new AbortController();
  if (!q) draw([{ title: 'Go to', items: mine }], q);
  try {
    const answer = await fetch(`/palette?q=${encodeURIComponent(q)}`, { signal: asking.signal, headers: { accept: 'application/json' } });
    const found = answer.ok ? (await answer.json()).groups ?? [] : [];
    const known = new Set(found.flatMap((g) => g.items.map((i) => i.href)));
    draw([...found, { title: 'Go to', items: mine.filter((i) => !known.has(i.href)) }], q);
  } catch (error) { if (error.name !== 'AbortError') draw([{ title: 'Go to', items: mine }], q); }
}

/** Opens the palette, empty. */
export function open() {
  if (!box) build();
  if (box.open) { box.close(); return; }
  input.value = '';
  box.showModal();
  input.focus();
  ask();
}
