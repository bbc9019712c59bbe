// Import: which column of the file is which field, each field once but for those one may have several of; then how far it is.
import { say } from './parts/say.js';

export function mount(el) {
  if (el.dataset.progress) { follow(el); return; }
  const selects = [...el.querySelectorAll('select[data-column]')], needed = (el.dataset.needed || '').split(' ').filter(Boolean), says = el.querySelector('[data-mapped]');
  const check = () => {
    const used = selects.map((s) => s.value).filter(Boolean);
    for (const s of selects) for (const o of s.options) o.disabled = !!o.value && !('many' in o.dataset) && o.value !== s.value && used.includes(o.value);
    const missing = needed.filter((n) => !used.includes(n));
    const words = missing.length ? `Still needed: ${missing.join(', ')}` : `${used.length} of ${selects.length} columns are taken over`;
    if (says) says.textContent = words;
    const send = el.querySelector('button[type="submit"]');
    if (send) send.disabled = missing.length > 0;
    return words;
  };
  el.addEventListener('change', () => say(check()));
  check();
}

function follow(el) {
  const turn = async () => {
    if (!el.isConnected) return;
    const answer = await fetch(el.dataset.progress, { headers: { 'HX-Request': 'true', accept: 'text/html' } }).catch(() => null);
    if (answer?.ok) { await window.htmx.swap({ text: await answer.text(), target: el, sourceElement: el, swap: 'innerMorph' }); if (el.querySelector('[data-done]')) { say(el.querySelector('[data-done]').dataset.done || 'The import is done'); return; } }
    setTimeout(turn, answer?.ok ? 900 : 3000);
  };
  turn();
}
