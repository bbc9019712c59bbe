// A signature drawn with finger, pen or mouse, in a field as large as its canvas says; sent as text, either as the path of an SVG
// (data-kept="path": "M12 40L13 42") or as points (data-kept="points": "12,40 13,42;80,12"). The typed name counts without it.
const FORMS = {
  path: {
    write: (strokes) => strokes.map((stroke) => stroke.map(([x, y], n) => `${n ? 'L' : 'M'}${x} ${y}`).join('')).join(''),
    read: (text) => text.split('M').slice(1).map((stroke) => stroke.split('L').map((point) => point.trim().split(' ').map(Number))),
    // Of letters; the house takes no longer one.
    fits: (strokes, text) => text.length <= 19000,
  },
  points: {
    write: (strokes) => strokes.map((stroke) => stroke.map((point) => point.join(',')).join(' ')).join(';'),
    read: (text) => text.split(';').filter(Boolean).map((stroke) => stroke.split(' ').map((point) => point.split(',').map(Number))),
    // Of points.
    fits: (strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0) <= 5900,
  },
};

export const write = (kept, strokes) => FORMS[kept].write(strokes);
export const read = (kept, text) => FORMS[kept].read(text).filter((stroke) => stroke.every((point) => point.length === 2 && point.every(Number.isFinite)));

export function mount(el) {
  const canvas = el.querySelector('canvas'), input = el.querySelector('input'), pen = canvas.getContext('2d');
  const kept = el.dataset.kept, form = FORMS[kept], { width, height } = canvas;
  // What was drawn before something else had to be mended is still there.
  let strokes = read(kept, input.value), drawing = null;
  el.hidden = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (part, most) => Math.max(0, Math.min(most, Math.round(part * most)));
    return [within((event.clientX - box.left) / box.width, width), within((event.clientY - box.top) / box.height, height)];
  };
  const line = (from, to) => { pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke(); };
  const full = () => !form.fits(strokes, form.write(strokes));
  function ink() {
    pen.clearRect(0, 0, width, height);
    Object.assign(pen, { lineWidth: height / 67, lineCap: 'round', lineJoin: 'round', strokeStyle: getComputedStyle(canvas).color });
    for (const stroke of strokes) stroke.forEach((point, n) => line(stroke[Math.max(0, n - 1)], point));
  }
  canvas.addEventListener('pointerdown', (event) => {
    if (full()) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = [at(event)];
    strokes.push(drawing);
    line(drawing[0], drawing[0]);
  });
  canvas.addEventListener('pointermove', (event) => {
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      if (!drawing) return;
      const to = at(one), from = drawing.at(-1);
      // Closer than this says nothing more.
      if (Math.hypot(to[0] - from[0], to[1] - from[1]) < height / 120) continue;
      drawing.push(to);
      line(from, to);
      // Counted now and then: it costs the whole drawing.
      if (drawing.length % 50 === 0 && full()) drawing = null;
    }
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { drawing = null; input.value = form.write(strokes); });
  el.querySelector('button').addEventListener('click', () => { strokes = []; drawing = null; input.value = ''; ink(); canvas.focus(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ink);
  ink();
}
