// An estimate by its link: says once that somebody looks at it. The sums follow the ticks by htmx; without script the next page has them.
export function mount(el) {
  if (document.visibilityState === 'prerender') return;
  fetch(el.dataset.seen, { method: 'POST', body: new URLSearchParams(), keepalive: true }).catch(() => {});
}
