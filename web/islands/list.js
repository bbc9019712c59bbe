// Lists: j and k move, x selects, space looks, Enter opens; the bar for what is selected.
import { takesLetters } from './parts/keys.js';
import { say } from './parts/say.js';

export function mount(el) {
  const rows = () => [...el.querySelectorAll('tr[data-row]')];
  const link = (row) => row?.querySelector('.row-link');
  const boxes = () => [...el.querySelectorAll('tbody input[type="checkbox"]')];
  const bulk = document.querySelector('[data-bulk]');
  const peek = () => document.getElementById('peek');
  let at = null, first = null;

  const count = () => {
    const n = boxes().filter((b) => b.checked).length;
    const all = el.querySelector('[data-all]');
    if (all) { all.checked = n > 0 && n === boxes().length; all.indeterminate = n > 0 && n < boxes().length; }
    if (!bulk) return;
    bulk.hidden = n === 0;
    bulk.querySelector('[data-count]').textContent = n;
    bulk.setAttribute('aria-label', `${n} selected`);
  };
  el.addEventListener('change', (event) => {
    if (event.target.matches('[data-all]')) for (const b of boxes()) b.checked = event.target.checked;
    count();
    const n = boxes().filter((b) => b.checked).length;
    say(n ? `${n} selected` : 'Nothing selected');
  });
  // Shift selects everything between the last and this one.
  el.addEventListener('click', (event) => {
    const box = event.target.closest('tbody input[type="checkbox"]');
    if (box) { const list = boxes(); if (event.shiftKey && first) { const [a, b] = [list.indexOf(first), list.indexOf(box)].sort((x, y) => x - y); for (const one of list.slice(a, b + 1)) one.checked = box.checked; } first = box; count(); return; }
    const row = event.target.closest('tr[data-row]');
    if (row && !event.target.closest('a, button, input, label, form') && !getSelection().toString()) { if (row.dataset.peek && innerWidth >= 768) look(row); else link(row)?.click(); }
  });
  bulk?.querySelector('[data-clear]')?.addEventListener('click', clear);
  function clear() { for (const b of boxes()) b.checked = false; count(); say('Nothing selected'); }

  function go(step) {
    const list = rows(), now = list.indexOf(at?.isConnected ? at : document.activeElement?.closest?.('tr[data-row]'));
    at = list[Math.max(0, Math.min(now + step, list.length - 1))];
    link(at)?.focus({ preventScroll: true });
    at?.scrollIntoView({ block: 'nearest' });
    const drawer = peek();
    if (at && drawer?.childElementCount && at.dataset.peek) look(at);
  }

  async function look(row) {
    at = row;
    for (const r of rows()) r.classList.toggle('is-current', r === row);
    const answer = await fetch(row.dataset.peek, { headers: { 'HX-Request': 'true', accept: 'text/html' } });
    if (!answer.ok) { link(row)?.click(); return; }
    const text = await answer.text();
    const old = peek();
    const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('peek') ?? new DOMParser().parseFromString(text, 'text/html').body.firstElementChild;
    if (!fresh) return;
    if (old) old.replaceWith(fresh); else el.closest('.frame')?.append(fresh);
    window.htmx?.process(fresh);
    say(`${fresh.querySelector('h2')?.textContent ?? 'Row'} beside the list`);
  }
  function close() { peek()?.remove(); for (const r of rows()) r.classList.remove('is-current'); link(at)?.focus(); }
  document.addEventListener('click', (event) => { if (event.target.closest?.('[data-peek-close]')) close(); });

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || !el.isConnected || event.metaKey || event.ctrlKey || event.altKey || takesLetters(document.activeElement) || document.querySelector('dialog[open], [popover]:popover-open')) return;
    const row = document.activeElement?.closest?.('tr[data-row]') ?? (at?.isConnected ? at : null);
    if (event.key === 'j') go(1);
    else if (event.key === 'k') go(-1);
    else if (event.key === 'x' && row) { const box = row.querySelector('input[type="checkbox"]'); if (!box) return; box.checked = !box.checked; count(); say(box.checked ? 'Selected' : 'Not selected'); }
    else if (event.key === ' ' && row?.dataset.peek && !event.target.closest('button, input')) { event.preventDefault(); if (row.classList.contains('is-current') && peek()?.childElementCount) close(); else look(row); }
    else if (event.key === 'Escape') { if (boxes().some((b) => b.checked)) clear(); else if (peek()?.childElementCount) close(); }
  });
  count();
}
