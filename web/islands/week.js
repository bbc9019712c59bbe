// The week of the board: a job is carried to another day or technician, at the hour that it has; the server decides.
import { refuse } from './parts/carry.js';
import { LOST, move, movedFirst, unmove } from './parts/move.js';
import { fetchPart } from './parts/part.js';
import { newKey, problem, say, toast } from './parts/say.js';

export function mount(root) {
  const part = () => root.querySelector('[data-live-src]');
  const cells = () => [...root.querySelectorAll('td[data-lane]')];
  const words = (cell) => `${cell.dataset.name || 'nobody'} on ${cell.dataset.day}`;
  let held = null;

  async function fresh(id) {
    await fetchPart(part()).catch(() => false);
    root.querySelector(`#wk-${CSS.escape(id)} a`)?.focus({ preventScroll: true });
  }

  async function send(job, cell, more = {}, key = newKey()) {
    const url = root.dataset.moveUrl, rect = cell.getBoundingClientRect();
    let answer;
    try {
      answer = await move(url, { appointment: job.id, technician: cell.dataset.lane || null, date: cell.dataset.date, start: job.start, ...more }, job.version, key);
    } catch {
      refuse(job, rect, `${LOST} The job is where it was.`, () => { send(job, cell, more, key); });
      return;
    }
    if (answer.ok) {
      const { version } = await answer.json().catch(() => ({}));
      await fresh(job.id);
      const said = `${job.name} is with ${words(cell)}`;
      say(said);
      const home = { appointment: job.id, technician: job.home.dataset.lane || null, starts_at: job.at };
      toast({ text: said, undo: version && (() => { unmove(url, home, version, job.name, () => fresh(job.id)); }) });
      return;
    }
    const why = await problem(answer);
    if (answer.status === 412) { await fresh(job.id); movedFirst(job.name); return; }
    refuse(job, rect, why.text, why.ask ? (because) => { send(job, cell, because ? { ...more, overlap_reason: because } : { ...more, force: true }); } : null, why.code === 'slot_taken');
  }

  function lift(el) {
    document.querySelector('.refused')?.remove();
    const { id, version, start, at, name } = el.dataset;
    held = { el, id, version, start, at, name, home: el.closest('td'), over: null };
    el.classList.add('is-lifted');
    over(held.home);
  }
  function over(cell) {
    if (held.over === cell) return;
    held.over?.classList.remove('is-target');
    held.over = cell;
    cell?.classList.add('is-target');
  }
  function lay() {
    const job = held;
    held = null;
    job.el.classList.remove('is-lifted');
    job.over?.classList.remove('is-target');
    return job;
  }
  function drop() {
    const job = lay();
    if (!job.over || job.over === job.home) { job.el.focus({ preventScroll: true }); return; }
    send(job, job.over);
  }

  root.addEventListener('dragstart', (event) => {
    const el = event.target.closest?.('[data-carry-week]');
    if (!el) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', el.dataset.name);
    lift(el);
  });
  root.addEventListener('dragover', (event) => {
    const cell = held && event.target.closest('td[data-lane]');
    if (!cell) return;
    event.preventDefault();
    over(cell);
  });
  root.addEventListener('drop', (event) => { if (held) { event.preventDefault(); drop(); } });
  root.addEventListener('dragend', () => { if (held) { over(null); lay(); } });

  // By keys: space lifts, arrows choose the day and the technician, Enter drops.
  const STEP = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  root.addEventListener('keydown', (event) => {
    if (!held) {
      const el = event.key === ' ' && event.target.closest?.('[data-carry-week]');
      if (!el) return;
      event.preventDefault();
      lift(el);
      say(`${held.name} picked up. Arrows choose the day and the technician, Enter drops it, Escape leaves it.`);
    } else if (STEP[event.key]) {
      event.preventDefault();
      const rows = [...new Set(cells().map((cell) => cell.parentElement))], [down, right] = STEP[event.key];
      const row = rows[Math.max(0, Math.min(rows.indexOf(held.over.parentElement) + down, rows.length - 1))];
      const day = [...held.over.parentElement.querySelectorAll('td')].indexOf(held.over) + right;
      over(row.querySelectorAll('td')[Math.max(0, Math.min(day, 6))]);
      held.over.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      say(words(held.over));
    } else if (event.key === 'Enter') { event.preventDefault(); drop(); }
    else if (event.key === 'Escape') {
      event.preventDefault();
      const job = lay();
      say(`${job.name} stays where it was.`);
    } else if (event.key === 'Tab') event.preventDefault();
  });
}
