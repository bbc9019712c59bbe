// Fetching a part of a page again and morphing it in, so focus, scroll and open menus stay.

/** Answers true when the part is fresh, false when it could not be had. Says `live:before` and `live:fresh` on the element. */
export async function fetchPart(el, held = () => false) {
  const answer = await fetch(el.dataset.liveSrc, { headers: { 'HX-Request': 'true', accept: 'text/html' } });
  if (answer.status === 204 || answer.status === 304) return true;
  if (!answer.ok) return false;
  const text = await answer.text();
  if (held()) return false;
  el.dispatchEvent(new CustomEvent('live:before', { bubbles: true }));
  await window.htmx.swap({ text, target: el, sourceElement: el, swap: 'innerMorph' });
  el.dispatchEvent(new CustomEvent('live:fresh', { bubbles: true }));
  return true;
}

/** The state of rectangles before a change, to let what moved glide from there. */
export function glide(within, selector) {
  const before = new Map([...within.querySelectorAll(selector)].map((el) => [el.id, el.getBoundingClientRect()]));
  return () => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const el of within.querySelectorAll(selector)) {
      const was = before.get(el.id), is = el.getBoundingClientRect();
      if (!was || (Math.abs(was.x - is.x) < 2 && Math.abs(was.y - is.y) < 2)) continue;
      el.animate([{ translate: `${was.x - is.x}px ${was.y - is.y}px` }, { translate: '0 0' }], { duration: 220, easing: 'cubic-bezier(0.2, 0.8, 0.3, 1)' });
    }
  };
}
