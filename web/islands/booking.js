// Booking: the held slot counts down quietly; it is said aloud at two minutes and at the end.
import { h, say } from './parts/say.js';

/** "8:41" of 521 seconds. */
export const left = (seconds) => `${Math.floor(Math.max(0, seconds) / 60)}:${String(Math.max(0, seconds) % 60).padStart(2, '0')}`;

export function mount(el) {
  const whole = Number(el.dataset.whole) || 600, ends = performance.now() + Number(el.dataset.left) * 1000;
  const ring = el.querySelector('circle + circle');
  const clocks = () => document.querySelectorAll('[data-clock]');
  let told = false;
  const turn = () => {
    if (!el.isConnected) return;
    const seconds = Math.ceil((ends - performance.now()) / 1000);
    for (const clock of clocks()) clock.textContent = left(seconds);
    ring?.setAttribute('stroke-dasharray', `${Math.max(0, (seconds / whole) * 100).toFixed(1)} 100`);
    if (seconds <= 120 && !told) { told = true; say('Two minutes left to finish the booking. The time can be chosen again after that.'); }
    if (seconds <= 0) {
      el.classList.add('is-gone');
      el.querySelector('p').replaceChildren(h('span', { class: 'strong block' }, 'The time is open to others again'), h('a', { class: 'link', href: el.dataset.again }, 'Choose a time'));
      say('The held time is open to others again. Choose a time.');
      return;
    }
    setTimeout(turn, 1000 - ((performance.now()) % 1000) + 5);
  };
  turn();
}
