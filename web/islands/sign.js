// A field to sign in: strokes of finger, pen or mouse, as points of a field of 1000 by 400, sent with the form as text.
const WIDE = 1000, HIGH = 400;

export function mount(form) {
  const box = form.querySelector('.sign-field'), canvas = box.querySelector('canvas'), into = form.elements.strokes, pen = canvas.getContext('2d');
  box.hidden = false;
  let strokes = [], now = null;
  const point = (event) => {
    const place = canvas.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [within((event.clientX - place.left) / place.width * WIDE, WIDE), within((event.clientY - place.top) / place.height * HIGH, HIGH)];
  };
  function ink() {
    pen.clearRect(0, 0, WIDE, HIGH);
    pen.strokeStyle = getComputedStyle(canvas).color;
    Object.assign(pen, { lineWidth: 6, lineCap: 'round', lineJoin: 'round' });
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 1, stroke[0][1]);
      pen.stroke();
    }
    into.value = strokes.map((stroke) => stroke.map((p) => p.join(',')).join(' ')).join(';');
  }
  canvas.addEventListener('pointerdown', (event) => { event.preventDefault(); canvas.setPointerCapture(event.pointerId); now = [point(event)]; strokes.push(now); ink(); });
  canvas.addEventListener('pointermove', (event) => {
    if (!now) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const next = point(one), last = now[now.length - 1];
      // Closer than this says nothing more.
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= 3) now.push(next);
    }
    ink();
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { now = null; });
  form.querySelector('[data-clear]').addEventListener('click', () => { strokes = []; now = null; ink(); canvas.focus(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ink);
  ink();
}
