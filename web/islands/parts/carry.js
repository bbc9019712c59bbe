// What the board shows while a job is carried: who cannot take it and why, the promise on the others, the job itself as a
// ghost, and one sentence that says where it would go.
import { clock, keeps, overlaps, place, refusals } from './grid.js';
import { h, icon, say } from './say.js';

/** Lifts a job or slip, or with `sizing` takes it by its end; `board` is { root, from, cols, twelve }. Answers the thing that is carried. */
export function lift(board, el, sizing = false) {
  const d = el.dataset, li = el.closest('li');
  const lane = el.closest('[data-lane]');
  const carry = {
    board, el, li, id: d.carry, version: d.version, sizing, minutes: Number(d.minutes) || 60, was: Number(d.minutes) || 60, name: d.name, at: d.at, promised: d.promised, cannot: refusals(d.cannot),
    url: d.moveUrl || board.root.dataset.moveUrl, home: { lane, start: d.start === undefined ? null : Number(d.start) }, lane, start: d.start === undefined ? null : Number(d.start),
  };
  document.body.classList.add('is-carrying');
  li.classList.add('is-lifted');
  el.classList.add('is-lifted');
  el.setAttribute('aria-pressed', 'true');
  for (const one of sizing ? [] : lanes(board)) {
    const why = carry.cannot[one.dataset.lane];
    if (why) {
      one.classList.add('is-no');
      const p = one.querySelector('.why');
      p.textContent = why;
      p.hidden = false;
      one.querySelector('.lane-says').hidden = true;
    } else if (carry.promised) {
      const [a, b] = carry.promised.split('-').map(Number), at = place(a, b - a, board.from, board.cols);
      one.querySelector('.track').prepend(h('li', { class: `band col-start-${at.first} col-span-${at.span}`, 'aria-hidden': 'true' }));
    }
  }
  carry.ghost = h('li', { class: 'job ghost', 'aria-hidden': 'true' }, h('div', { class: 'job-b' }, h('span', { class: 'n' }, h('span', {}, carry.name)), h('span', { class: 'k' })));
  return carry;
}

export const lanes = (board) => [...board.root.querySelectorAll('.lane[data-lane]')];
/** The lanes that can take what is carried. */
export const takers = (carry) => lanes(carry.board).filter((lane) => !carry.cannot[lane.dataset.lane]);

const laneName = (lane) => lane?.dataset.name || 'Unassigned';
const when = (carry, minute) => clock(minute, carry.board.twelve);

/** Shows where it would land; a lane of null means nowhere. */
export function show(carry, lane, start) {
  carry.lane = lane;
  carry.start = start;
  const { board, ghost } = carry;
  for (const el of board.root.querySelectorAll('.is-target')) el.classList.remove('is-target');
  lane?.classList.add('is-target');
  if (!lane || !lane.dataset.lane || start === null) ghost.remove();
  else {
    const at = place(start, carry.minutes, board.from, board.cols);
    ghost.className = `job ghost col-start-${at.first} col-span-${at.span}`;
    ghost.querySelector('.k').textContent = `${when(carry, start)}–${when(carry, start + carry.minutes)}`;
    const track = lane.querySelector('.track');
    if (ghost.parentElement !== track) track.append(ghost);
  }
  tell(carry);
}

/** Makes it take so many minutes, a quarter of an hour at least, and not beyond what the board shows. */
export function stretch(carry, minutes) {
  const { board, start } = carry;
  const most = Math.min(1440, board.from + board.cols * 5 - start);
  carry.minutes = Math.max(15, Math.min(minutes, Math.max(15, most)));
  show(carry, carry.lane, start);
}

/** The sentence at the foot of the lanes. */
export function tell(carry) {
  const box = carry.board.root.querySelector('[data-saying]');
  if (!box) return;
  const { lane, start, name } = carry;
  let head, tail = '', bad = false;
  if (!lane) { head = `${name} picked up.`; tail = 'Take it to a lane.'; }
  else if (!lane.dataset.lane) { head = `${name} to nobody.`; tail = carry.home.lane === lane ? 'It stays where it is.' : 'It goes back to the tray.'; }
  else {
    const until = `${when(carry, start)}–${when(carry, start + carry.minutes)}`;
    head = carry.sizing ? `${name} takes ${carry.minutes} min, ${until}.` : `${name} to ${laneName(lane)}, ${until}.`;
    const why = lane !== carry.home.lane && carry.cannot[lane.dataset.lane];
    const over = overlaps(start, carry.minutes, taken(carry, lane));
    if (why) { tail = `Cannot take it: ${why}.`; bad = true; }
    else if (over.length) { tail = `Over ${over.map((o) => o[2]).join(', ')}.`; bad = true; }
    else if (!keeps(start, carry.promised)) { const [a, b] = carry.promised.split('-').map(Number); tail = `Breaks the promise of ${when(carry, a)}–${when(carry, b)}.`; bad = true; }
    else if (carry.promised) tail = 'Promise kept.';
  }
  box.hidden = false;
  box.classList.toggle('is-bad', bad);
  const hint = (words, ...keys) => h('span', {}, ...keys.map((k) => h('kbd', {}, k)), ` ${words}`);
  const words = `${head} ${tail}`;
  if (box.dataset.words === words) return;
  box.dataset.words = words;
  box.replaceChildren(h('strong', { class: 'strong' }, head), ` ${tail} `, h('span', { class: 'keys-hint wide', 'aria-hidden': 'true' }, hint('15 min', '←', '→'), hint('longer', '⇧', '→'), hint('lane', '↑', '↓'), hint('drop', '⏎'), hint('leave', 'Esc')));
}

/** Blocks of a lane that are not the carried one: [start, end, name]. */
function taken(carry, lane) {
  return [...lane.querySelectorAll('.job-b[data-start]')].filter((b) => b !== carry.el).map((b) => [Number(b.dataset.start), Number(b.dataset.start) + Number(b.dataset.minutes), b.dataset.name]);
}

/** Puts everything back as it was drawn; the ghost goes too unless it is to stay until the lanes are fresh. */
export function lay(carry, keepGhost = false) {
  document.body.classList.remove('is-carrying');
  carry.li.classList.remove('is-lifted');
  carry.el.classList.remove('is-lifted');
  carry.el.setAttribute('aria-pressed', 'false');
  for (const one of carry.board.root.querySelectorAll('.is-target')) one.classList.remove('is-target');
  for (const one of lanes(carry.board)) {
    one.classList.remove('is-no');
    one.querySelector('.why').hidden = true;
    one.querySelector('.lane-says').hidden = false;
    one.querySelector('.band')?.remove();
  }
  if (!keepGhost) carry.ghost.remove();
  const box = carry.board.root.querySelector('[data-saying]');
  if (box) { box.hidden = true; delete box.dataset.words; }
}

/** The ghost glides to where the job came from, then goes. */
export function glideHome(carry) {
  const { ghost, li } = carry;
  if (!ghost.isConnected || matchMedia('(prefers-reduced-motion: reduce)').matches) { ghost.remove(); return; }
  const a = ghost.getBoundingClientRect(), b = li.getBoundingClientRect();
  ghost.animate([{ translate: '0 0', opacity: 1 }, { translate: `${b.x - a.x}px ${b.y - a.y}px`, opacity: 0.4 }], { duration: 240, easing: 'cubic-bezier(0.2, 0.8, 0.3, 1)' }).finished.finally(() => ghost.remove());
}

/** Says beside the drop why it was refused; `again` offers to do it all the same, and with `reasoned` wants to hear why. */
export function refuse(carry, rect, words, again, reasoned = false) {
  document.querySelector('.refused')?.remove();
  const why = h('input', { class: 'input', id: 'overlap-reason', maxlength: '200', autocomplete: 'off' });
  const once = () => { const said = why.value.trim(); if (reasoned && !said) { why.focus(); return; } box.remove(); again(reasoned ? said : undefined); };
  const offer = () => reasoned
    ? h('form', { class: 'mt-2', onsubmit: (e) => { e.preventDefault(); once(); } }, h('label', { for: 'overlap-reason' }, 'Why both at once'), why, h('button', { class: 'btn btn-s', type: 'submit' }, 'Plan both'))
    : h('div', {}, h('button', { class: 'btn btn-s', type: 'button', onclick: once }, 'Move anyway'));
  const box = h('div', { class: 'refused', role: 'alert' }, icon('circle-alert'), h('div', {}, words, again ? offer() : null),
    h('button', { class: 'btn btn-s btn-icon btn-quiet', type: 'button', 'aria-label': 'Dismiss', onclick: () => box.remove() }, icon('x')));
  box.style.position = 'fixed';
  box.style.left = `${Math.max(8, Math.min(rect.left, innerWidth - 336))}px`;
  box.style.top = `${Math.max(8, Math.min(rect.bottom + 6, innerHeight - 120))}px`;
  document.body.append(box);
  if (again) box.querySelector('input, button').focus(); else setTimeout(() => box.remove(), 12000);
  say(words);
}
