// Live parts: <div data-live="appointment.* work_order.*" data-live-src="/board/lanes"> is fetched again when such a thing
// happened, and morphed in place; not while something inside is dragged or typed into.
import { fetchPart } from './parts/part.js';
import { asset, h, icon, say } from './parts/say.js';

/** Whether a kind of event ("work_order.completed") fits patterns ("appointment.* work_order.*"). */
export const fits = (kind, patterns) => patterns.split(/\s+/).some((p) => p === '*' || p === kind || (p.endsWith('.*') && kind.startsWith(p.slice(0, -1))));

const waiting = new Map();

/** Fetches a part again; `htmx` morphs it in, so focus, scroll and open menus stay. */
export async function refresh(el) {
  if (!el.isConnected || !el.dataset.liveSrc) return;
  const busy = el.querySelector('.is-lifted, .ghost') || document.body.classList.contains('is-carrying');
  const typing = el.contains(document.activeElement) && /^(input|textarea|select)$/i.test(document.activeElement.tagName) && document.activeElement.type !== 'checkbox';
  if (busy || typing) { later(el, 700); return; }
  try {
    const held = () => document.body.classList.contains('is-carrying');
    if (!await fetchPart(el, held)) later(el, held() ? 700 : 4000);
  } catch { later(el, 4000); }
}

function later(el, ms) {
  clearTimeout(waiting.get(el));
  waiting.set(el, setTimeout(() => { waiting.delete(el); refresh(el); }, ms));
}

let bar;
function line(up) {
  if (up) { if (bar) { bar.remove(); bar = null; say('The line is back'); for (const el of document.querySelectorAll('[data-live]')) later(el, 50); } return; }
  if (bar) return;
  bar = h('div', { class: 'livebar', role: 'status' }, icon('wifi-off'), 'No line to the office. What you see may be old; we keep trying.');
  document.body.append(bar);
}

function hear({ message, up }) {
  if (up !== undefined) { clearTimeout(hear.off); if (up) line(true); else hear.off = setTimeout(() => line(false), 4000); }
  if (!message?.kind) return;
  document.dispatchEvent(new CustomEvent('live:message', { detail: message }));
  for (const el of document.querySelectorAll('[data-live]')) if (fits(message.kind, el.dataset.live)) later(el, 120 + Math.random() * 200);
}

/** Joins the line. */
export function start(src) {
  if ('SharedWorker' in window) {
    try {
      const worker = new SharedWorker(asset('live-worker.js'), { name: `live ${src}` });
      worker.port.onmessage = ({ data }) => hear(data);
      worker.port.postMessage({ src: new URL(src, location.href).href });
      addEventListener('pagehide', () => worker.port.postMessage({ leave: true }));
      addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
      return;
    } catch { /* falls through to the tab's own line */ }
  }
  // Without shared workers one tab holds the line and tells the others.
  const channel = new BroadcastChannel('live');
  channel.onmessage = ({ data }) => hear(data);
  const lead = () => {
    let last = '', es;
    const open = () => {
      es = new EventSource(last ? `${src}?last-event-id=${encodeURIComponent(last)}` : src);
      const both = (data) => { hear(data); channel.postMessage(data); };
      es.onopen = () => both({ up: true });
      es.onerror = () => { both({ up: false }); if (es.readyState === EventSource.CLOSED) setTimeout(open, 5000); };
      es.onmessage = (event) => { last = event.lastEventId || last; try { both({ message: JSON.parse(event.data) }); } catch { /* heartbeat */ } };
    };
    open();
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request('live-line', lead); else lead();
}
