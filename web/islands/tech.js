// The phone: a verb is posted with its key and tried again until it arrives; sending it twice does no harm.
import { icon, newKey, problem, say, toast } from './parts/say.js';

/** Seconds to wait before the nth try: 1, 2, 4 … at most 30. */
export const patience = (n) => Math.min(2 ** n, 30);

export function mount(el) {
  const sync = () => document.querySelector('[data-sync]');
  let waiting = 0;
  function tell() {
    const box = sync();
    if (!box) return;
    box.classList.toggle('is-off', waiting > 0);
    box.replaceChildren(icon(waiting ? 'cloud-off' : 'circle-check'), waiting ? `${waiting} waiting to send` : 'All sent');
  }
  /** Sends until an answer comes. */
  async function patiently(send) {
    for (let n = 0; ; n += 1) {
      try {
        const answer = await send();
        if (answer.status >= 500 && n < 5) throw new Error('the office is not answering');
        if (n) { waiting -= 1; tell(); say('Sent'); }
        return answer;
      } catch {
        if (n === 0) { waiting += 1; tell(); toast({ text: 'No signal. It is kept and sent when there is one.', bad: true }); }
        await new Promise((go) => { const t = setTimeout(go, patience(n) * 1000); addEventListener('online', () => { clearTimeout(t); go(); }, { once: true }); });
      }
    }
  }
  /** Posts until an answer comes; the same key each time, so the office does it once. */
  function post(url, body) {
    const key = body.get('_key') || newKey();
    body.set('_key', key);
    return patiently(() => fetch(url, { method: 'POST', body, headers: { 'Idempotency-Key': key, accept: 'text/html' } }));
  }
  /** A large photo goes in pieces, from where it stopped; what has arrived is not sent again. */
  async function inPieces(to, file, label) {
    const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))].map((b) => b.toString(16).padStart(2, '0')).join('');
    const key = newKey(), json = { accept: 'application/json' };
    let answer = await patiently(() => fetch(to, { method: 'POST', body: JSON.stringify({ size: file.size, sha256: hash, label }), headers: { ...json, 'content-type': 'application/json', 'Idempotency-Key': key } }));
    if (!answer.ok) return answer;
    let now = await answer.json();
    const at = `${to}/${now.id}`;
    while (now.received < now.size) {
      const from = now.received, body = new FormData();
      body.set('from', String(from));
      body.set('piece', file.slice(from, from + now.piece_bytes), 'piece');
      answer = await patiently(() => fetch(`${at}/pieces`, { method: 'POST', body, headers: json }));
      // Somewhere else than thought: ask where to go on.
      if (answer.status === 409) answer = await patiently(() => fetch(at, { headers: json }));
      if (!answer.ok) return answer;
      now = await answer.json();
    }
    answer = await patiently(() => fetch(`${at}/finish`, { method: 'POST', headers: { ...json, 'Idempotency-Key': `${key}-end` } }));
    return answer.ok ? patiently(() => fetch(location.href, { headers: { accept: 'text/html' } })) : answer;
  }
  // Forms without files go as they would without script; the server reads one kind of body.
  const body = (form, submitter) => { const data = new FormData(form, submitter); return form.enctype === 'multipart/form-data' ? data : new URLSearchParams([...data].map(([k, v]) => [k, String(v)])); };

  el.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.matches('[data-verb], [data-tick], [data-photo]')) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = '1';
    const button = form.querySelector('.verb');
    button?.setAttribute('aria-busy', 'true');
    const file = form.dataset.pieces && form.querySelector('input[type="file"]')?.files[0];
    const large = file && file.size > 400_000 && globalThis.crypto?.subtle;
    const answer = large ? await inPieces(form.dataset.pieces, file, form.elements.label?.value || 'other') : await post(form.action, body(form, event.submitter));
    delete form.dataset.busy;
    button?.removeAttribute('aria-busy');
    const key = form.querySelector('input[name="_key"]');
    if (key) key.value = newKey();
    if (!answer.ok) {
      if ((answer.headers.get('content-type') || '').includes('html')) { show(await answer.text()); return; }
      toast({ text: (await problem(answer)).text, bad: true });
      const box = form.querySelector('input[type="checkbox"]');
      if (box) box.checked = !box.checked;
    } else if (form.matches('[data-tick="again"]')) { say('Saved'); show(await answer.text()); }
    else if (form.matches('[data-tick]')) say('Saved');
    else if (answer.redirected) { keepToast(await answer.text()); location.assign(answer.url); }
    else show(await answer.text());
  });
  // The answer that was followed here has used up its toast; the page it leads to shows it.
  function keepToast(text) {
    const said = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-toast] span')?.textContent;
    try { if (said) sessionStorage.setItem('toast', said); } catch { /* without a store it is left unsaid */ }
  }
  try { toast({ text: sessionStorage.getItem('toast') }); sessionStorage.removeItem('toast'); } catch { /* nothing was kept */ }
  function show(text) {
    const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('.ph');
    if (!fresh) { location.reload(); return; }
    window.htmx.swap({ text: fresh.innerHTML, target: el, sourceElement: el, swap: 'innerMorph' });
  }
  // Ticks, readings and photos send themselves. The tick says which way it went, for an unticked box sends nothing.
  el.addEventListener('change', (event) => {
    const form = event.target.closest('[data-tick], [data-photo]');
    if (!form) return;
    if (event.target.type === 'checkbox') {
      let hidden = form.querySelector('input[data-off]');
      hidden?.remove();
      if (!event.target.checked) { hidden = document.createElement('input'); Object.assign(hidden, { type: 'hidden', name: event.target.name, value: 'false' }); hidden.dataset.off = ''; form.append(hidden); }
    }
    form.requestSubmit();
  });
}
