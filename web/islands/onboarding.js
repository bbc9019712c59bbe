// Sign-up: the address answers while it is typed (GET data-check?slug= → {available, suggestions, message}), and the last step
// follows the work of setting up (data-progress is fetched again until the part says data-done).
import { h, say } from './parts/say.js';

/** What a company's name becomes as an address: "Müller & Sons HVAC" is "muller-sons-hvac". */
export const slugOf = (name) => name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);

export function mount(el) {
  if (el.dataset.progress) { follow(el); return; }
  const input = el.querySelector('input'), box = el.querySelector('.addr'), says = el.querySelector('.says'), mark = el.querySelector('[data-free]'), others = el.querySelector('[data-others]');
  let soon, asking;
  function tell(state, words, list = []) {
    box.classList.toggle('is-free', state === 'free');
    box.classList.toggle('is-taken', state === 'taken');
    says.classList.toggle('is-bad', state === 'taken');
    if (mark) mark.hidden = state !== 'free';
    if (state === 'taken') input.setAttribute('aria-invalid', 'true'); else input.removeAttribute('aria-invalid');
    says.textContent = words;
    others.hidden = !list.length;
    others.querySelector('.sugg').replaceChildren(...list.map((one) => h('button', { type: 'button', onclick: () => { input.value = one; input.focus(); ask(); } }, one)));
  }
  async function ask() {
    const slug = slugOf(input.value);
    if (input.value !== slug && document.activeElement !== input) input.value = slug;
    asking?.abort();
    if (!slug) { tell('', ''); return; }
    asking = new AbortController();
    box.dataset.busy = '';
    try {
      const answer = await fetch(`${el.dataset.check}?slug=${encodeURIComponent(slug)}`, { signal: asking.signal, headers: { accept: 'application/json' } });
      const found = await answer.json();
      if (!answer.ok) { tell('taken', found.detail || 'This address cannot be used.'); return; }
      tell(found.available ? 'free' : 'taken', found.message || (found.available ? `${slug} is free` : `${slug} is taken`), found.suggestions ?? []);
    } catch (error) { if (error.name !== 'AbortError') tell('', 'Could not ask whether it is free. It is asked again when you continue.'); }
    finally { delete box.dataset.busy; }
  }
  input.addEventListener('input', () => { clearTimeout(soon); soon = setTimeout(ask, 250); });
  input.addEventListener('blur', () => { input.value = slugOf(input.value); });
  if (input.value && !says.textContent) ask();
}

/** The steps of setting up, fetched again every 700 ms; the focus moves to the first heading when it is done. */
function follow(el) {
  let tries = 0;
  const turn = async () => {
    if (!el.isConnected) return;
    try {
      const answer = await fetch(el.dataset.progress, { headers: { 'HX-Request': 'true', accept: 'text/html' } });
      if (answer.ok) {
        await window.htmx.swap({ text: await answer.text(), target: el, sourceElement: el, swap: 'innerMorph' });
        tries = 0;
        const done = el.querySelector('[data-done]');
        if (done) { const to = el.querySelector('h1, h2'); to?.setAttribute('tabindex', '-1'); to?.focus(); say('Ready'); return; }
      }
    } catch { tries += 1; }
    setTimeout(turn, Math.min(700 * (1 + tries), 5000));
  };
  turn();
}
