// The dispatch board: jobs are carried by mouse, by touch after a short press, and by keyboard; the server decides.
import { glideHome, lay, lift, refuse, show, stretch, takers } from './parts/carry.js';
import { clock, hhmm, keepOn, minuteAt, snap } from './parts/grid.js';
import { LOST, move, movedFirst, unmove } from './parts/move.js';
import { fetchPart, glide } from './parts/part.js';
import { newKey, problem, say, toast } from './parts/say.js';

export function mount(root) {
  const board = { root, from: Number(root.dataset.from), cols: Number(root.dataset.cols), twelve: root.dataset.clock === '12' };
  const part = () => root.querySelector('[data-live-src]');
  let carry = null, pointer = null, keyboard = false, clicked = false;

  // ---- sending
  async function fresh(id) {
    const el = part();
    if (!el) { location.reload(); return; }
    await fetchPart(el).catch(() => false);
    root.querySelector('.ghost')?.remove();
    if (id) root.querySelector(`#job-${CSS.escape(id)} button, #slip-${CSS.escape(id)} button`)?.focus({ preventScroll: true });
  }

  async function send(thing, lane, start, force = false, key = newKey(), reason = undefined) {
    const rect = (thing.ghost.isConnected ? thing.ghost : lane).getBoundingClientRect();
    const body = { appointment: thing.id, technician: lane.dataset.lane || null, date: root.dataset.date, start: lane.dataset.lane ? hhmm(start) : null, minutes: thing.minutes, force, overlap_reason: reason };
    const back = () => { glideHome(thing); thing.el.isConnected && thing.el.focus({ preventScroll: true }); };
    thing.ghost.setAttribute('aria-busy', 'true');
    let answer;
    try {
      answer = await move(thing.url, body, thing.version, key);
    } catch {
      back();
      refuse(thing, rect, `${LOST} The job is where it was.`, () => { send(thing, lane, start, force, key, reason); });
      return;
    }
    if (answer.ok) {
      const where = thing.minutes !== thing.was && lane === thing.home.lane ? `${thing.name} takes ${thing.minutes} min` : lane.dataset.lane ? `${thing.name} is with ${lane.dataset.name} at ${clock(start, board.twelve)}` : `${thing.name} is back in the tray`;
      let said = {};
      try { said = answer.status === 204 ? {} : await answer.json(); } catch { /* an empty answer is fine */ }
      await fresh(thing.id);
      say(where);
      // Where it was before the drop: the same lane, or the tray, at the same minute.
      const home = { appointment: thing.id, technician: thing.home.lane?.dataset.lane || null, starts_at: thing.at, minutes: thing.was };
      const back = thing.at && said.version ? () => { unmove(thing.url, home, said.version, thing.name, () => fresh(thing.id)); } : null;
      toast({ text: said.message || where, undo: back });
      return;
    }
    const why = await problem(answer);
    back();
    if (answer.status === 412) { await fresh(thing.id); movedFirst(thing.name); return; }
    const again = (because) => { show(thing, lane, start); thing.ghost.remove(); send(thing, lane, start, because ? force : true, newKey(), because ?? reason); };
    refuse(thing, rect, why.text, why.ask ? again : null, why.code === 'slot_taken');
  }

  // ---- picking up and putting down
  function pick(el, sizing = false) {
    document.querySelector('.refused')?.remove();
    carry = lift(board, el, sizing);
    say(`${carry.name} picked up. ${keyboard ? 'Arrows move it, with Shift they make it longer or shorter, Enter drops it, Escape leaves it.' : ''}`);
  }
  function leave() {
    if (!carry) return;
    const thing = carry;
    carry = null;
    lay(thing);
    say(`${thing.name} stays where it was.`);
    thing.el.focus({ preventScroll: true });
  }
  function drop() {
    const thing = carry, { lane, start } = thing;
    carry = null;
    const same = lane === thing.home.lane && ((start === thing.home.start && thing.minutes === thing.was) || !lane?.dataset.lane);
    if (!lane || same) { lay(thing); thing.el.focus({ preventScroll: true }); return; }
    const why = lane !== thing.home.lane && thing.cannot[lane.dataset.lane];
    lay(thing, true);
    if (why) { const rect = (thing.ghost.isConnected ? thing.ghost : lane).getBoundingClientRect(); glideHome(thing); refuse(thing, rect, `${lane.dataset.name} cannot take ${thing.name}: ${why}.`, null); thing.el.focus({ preventScroll: true }); return; }
    send(thing, lane, start);
  }

  // ---- pointer
  /** Whether a block was taken by its end, to make it longer or shorter; a finger needs more room than a mouse. */
  function onEdge(el, x, touch) {
    if (!el.closest('.track')) return false;
    const r = el.getBoundingClientRect();
    return r.right - x <= Math.min(touch ? 24 : 9, r.width / 3);
  }
  const narrow = () => matchMedia('(max-width: 767px)').matches;
  function at(event) {
    if (carry.sizing) {
      const track = carry.home.lane.querySelector('.track').getBoundingClientRect();
      stretch(carry, snap(minuteAt(event.clientX - track.left, track.width, board.from, board.cols) - carry.start));
      return;
    }
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-lane]');
    if (!over || !root.contains(over)) return show(carry, null, null);
    if (!over.dataset.lane) return show(carry, over, null);
    const track = over.querySelector('.track').getBoundingClientRect();
    const minute = minuteAt(event.clientX - track.left, track.width, board.from, board.cols) - pointer.grab;
    show(carry, over, keepOn(snap(minute), carry.minutes, board.from, board.cols));
  }
  function begin(event) {
    const el = pointer.el, track = el.closest('.track')?.getBoundingClientRect();
    pick(el, pointer.sizing);
    // The block stays under the finger where it was taken; from the tray, by a quarter of an hour.
    pointer.grab = track ? minuteAt(pointer.x - track.left, track.width, board.from, board.cols) - carry.home.start : 15;
    pointer.on = true;
    try { root.setPointerCapture(pointer.id); } catch { /* the pointer is gone already */ }
    at(event);
  }
  const end = () => { clearTimeout(pointer?.timer); pointer = null; document.removeEventListener('touchmove', still, { passive: false }); };
  const still = (event) => { if (carry) event.preventDefault(); };

  root.addEventListener('pointerdown', (event) => {
    const el = event.target.closest('[data-carry]');
    clicked = false;
    if (!el || event.button || carry || narrow()) return;
    const touch = event.pointerType !== 'mouse';
    pointer = { id: event.pointerId, el, x: event.clientX, y: event.clientY, on: false, touch, sizing: onEdge(el, event.clientX, touch) };
    if (pointer.touch) {
      document.addEventListener('touchmove', still, { passive: false });
      pointer.timer = setTimeout(() => { navigator.vibrate?.(12); keyboard = false; begin(event); }, 320);
    }
  });
  root.addEventListener('pointermove', (event) => {
    if (!pointer || event.pointerId !== pointer.id) return;
    const far = Math.hypot(event.clientX - pointer.x, event.clientY - pointer.y);
    if (!pointer.on) {
      if (pointer.touch) { if (far > 10) end(); return; }
      if (far < 5) return;
      keyboard = false;
      begin(event);
    }
    at(event);
    const box = root.querySelector('.lanes'), r = box.getBoundingClientRect();
    if (event.clientY > r.bottom - 40) box.scrollTop += 12; else if (event.clientY < r.top + 60) box.scrollTop -= 12;
  });
  root.addEventListener('pointerup', (event) => {
    if (!pointer || event.pointerId !== pointer.id) return;
    const on = pointer.on;
    end();
    if (on && carry) { clicked = true; drop(); }
  });
  root.addEventListener('pointercancel', () => { const on = pointer?.on; end(); if (on) leave(); });
  root.addEventListener('dragstart', (event) => event.preventDefault());

  // ---- keyboard
  function step(key, longer) {
    const can = takers(carry), tray = root.querySelector('.tray');
    const all = carry.home.lane === tray ? can : [tray, ...can];
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      if (!carry.lane?.dataset.lane) return;
      if (longer) { stretch(carry, carry.minutes + (key === 'ArrowRight' ? 15 : -15)); return; }
      show(carry, carry.lane, keepOn(snap(carry.start) + (key === 'ArrowRight' ? 15 : -15), carry.minutes, board.from, board.cols));
    } else {
      const now = all.indexOf(carry.lane), to = all[Math.max(0, Math.min(now + (key === 'ArrowDown' ? 1 : -1), all.length - 1))];
      show(carry, to, to.dataset.lane ? carry.start ?? carry.home.start ?? first() : null);
      to.scrollIntoView({ block: 'nearest' });
    }
  }
  /** Where a job from the tray begins: at its promise, or now. */
  const first = () => {
    const now = root.querySelector('.nowtag')?.className.match(/col-start-(\d+)/)?.[1];
    const wanted = carry.promised ? Number(carry.promised.split('-')[0]) : now ? Math.ceil((board.from + (Number(now) - 1) * 5) / 15) * 15 : board.from + 60;
    return keepOn(wanted, carry.minutes, board.from, board.cols);
  };
  root.addEventListener('keydown', (event) => {
    const el = event.target.closest?.('[data-carry]');
    if (carry) {
      if (event.key.startsWith('Arrow')) { event.preventDefault(); step(event.key, event.shiftKey); }
      else if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); clicked = true; drop(); }
      else if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); leave(); }
      else if (event.key === 'Tab') { event.preventDefault(); }
      return;
    }
    // The click that Enter makes now is meant, whatever was dropped before.
    clicked = false;
    if (event.key === ' ' && el) {
      event.preventDefault();
      keyboard = true;
      pick(el);
      const can = takers(carry);
      if (!can.length) { const name = carry.name; leave(); toast({ text: `Nobody on this day can take ${name}.`, bad: true }); return; }
      const lane = carry.home.lane?.dataset.lane ? carry.home.lane : can[0];
      show(carry, lane, carry.home.start ?? first());
    }
  });
  // A button acts on the release of space; that release must not open the panel.
  root.addEventListener('keyup', (event) => { if (event.key === ' ' && event.target.closest?.('[data-carry]')) event.preventDefault(); });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && carry && !root.contains(event.target)) leave(); });

  // ---- the panel of a job
  async function open(el) {
    const href = el.dataset.href;
    if (!href) return;
    const answer = await fetch(href, { headers: { accept: 'text/html' } }).catch(() => null);
    const pane = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('pane') : null;
    if (!pane) { location.assign(href); return; }
    root.querySelector('#pane')?.remove();
    root.append(pane);
    window.htmx?.process(pane);
    for (const one of root.querySelectorAll('.job-b, .slip')) { one.setAttribute('aria-pressed', String(one === el)); one.closest('.job')?.classList.toggle('is-selected', one === el); }
    history.replaceState(null, '', href);
    here();
    say(`${pane.querySelector('h2')?.textContent ?? 'Job'} beside the board`);
  }
  root.addEventListener('click', (event) => {
    if (clicked) { clicked = false; event.preventDefault(); return; }
    const el = event.target.closest('[data-href]');
    if (el && !carry) { open(el); return; }
    const shut = event.target.closest('#pane a[aria-label="Close job panel"]');
    if (shut) {
      event.preventDefault();
      root.querySelector('#pane').remove();
      history.replaceState(null, '', shut.href);
      here();
      const was = root.querySelector('[aria-pressed="true"]');
      was?.setAttribute('aria-pressed', 'false');
      was?.closest('.job')?.classList.remove('is-selected');
      was?.focus();
    }
  });

  // ---- who else is here
  const TELL = 10000;
  const opened = () => new URLSearchParams(location.search).get('job');
  let looks = root.querySelector('#board-here')?.dataset.looks;
  async function here() {
    const place = root.querySelector('#board-here');
    if (!place || document.hidden) return;
    const body = JSON.stringify({ date: root.dataset.date, job: opened() });
    const answer = await fetch('/board/here', { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'text/html', 'Idempotency-Key': newKey() } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('board-here');
    if (!fresh) return;
    if (place.textContent !== fresh.textContent) place.replaceChildren(...fresh.childNodes);
    // Whose name stands on a job is drawn with the lanes.
    if (looks !== fresh.dataset.looks && !carry && part()) { looks = fresh.dataset.looks; fetchPart(part(), () => Boolean(carry)).catch(() => false); }
  }
  here();
  const told = setInterval(() => { if (root.isConnected) here(); else clearInterval(told); }, TELL);
  document.addEventListener('visibilitychange', here);

  // ---- what others move glides in
  let play;
  root.addEventListener('live:before', () => { play = glide(root, '.job[id], .tray li[id]'); });
  root.addEventListener('live:fresh', () => play?.());
}
