// Telling: the polite region for those who listen, the toast for those who look, keys for what is sent once.

/** Says something to a screen reader. */
export function say(words) {
  const region = document.getElementById('say');
  if (!region) return;
  region.textContent = '';
  setTimeout(() => { region.textContent = words; }, 30);
}

/** An icon of the sprite. */
export function icon(name, cls = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', `i ${cls}`);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', asset('icons.svg') + '#' + name);
  svg.append(use);
  return svg;
}

const script = document.querySelector('script[data-assets]');
/** The address of a built file with the hash of the build. */
export const asset = (name) => `${script?.dataset.assets ?? '/assets/'}${name}?v=${script?.dataset.version ?? ''}`;

/** An element: h('p', { class: 'dim', onclick }, 'words', child). */
export function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === false || value == null) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.filter((c) => c != null));
  return el;
}

/** A key that names one sending; crypto.randomUUID needs https or localhost, so the bytes are asked for directly. */
export function newKey() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const x = [...b].map((v) => v.toString(16).padStart(2, '0')).join('');
  return `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}`;
}

/** Lets a toast go after eight seconds, unless somebody points at it or is inside it. */
export function fade(toast, seconds = 8) {
  let timer;
  const go = () => toast.remove();
  const start = () => { clearTimeout(timer); timer = setTimeout(go, seconds * 1000); };
  toast.addEventListener('pointerenter', () => clearTimeout(timer));
  toast.addEventListener('pointerleave', start);
  toast.addEventListener('focusin', () => clearTimeout(timer));
  toast.addEventListener('focusout', start);
  start();
}

/** Shows a toast: { text, bad, undo: address or what takes it back, label }. */
export function toast({ text, bad, undo, label = 'Undo' }) {
  const corner = document.getElementById('toasts');
  if (!corner || !text) return;
  const el = h('div', { class: bad ? 'toast is-bad' : 'toast', role: bad ? 'alert' : 'status', 'data-toast': true }, bad ? icon('circle-alert') : null, h('span', {}, text),
    typeof undo === 'function' ? h('button', { class: 'btn btn-s', type: 'button', onclick: () => { el.remove(); undo(); } }, icon('undo-2'), label)
      : undo ? h('form', { method: 'post', action: undo }, h('input', { type: 'hidden', name: '_key', value: newKey() }), h('button', { class: 'btn btn-s', type: 'submit' }, icon('undo-2'), label)) : null);
  while (corner.children.length > 2) corner.firstElementChild.remove();
  corner.append(el);
  fade(el, bad ? 12 : 8);
}

/** What a failed answer says to a person; reads a problem document when it is one. */
export async function problem(response) {
  const kind = response.headers.get('content-type') || '';
  if (kind.includes('json')) {
    try { const body = await response.json(); return { ...body, text: body.detail || body.title || `The office answered ${response.status}.` }; } catch { /* falls through to the plain sentence */ }
  }
  return { status: response.status, text: response.status >= 500 ? 'Something broke on our side. Nothing was saved; try again.' : `That was refused (${response.status}).` };
}
