// A signature drawn with finger, pen or mouse: kept as the path of an SVG, 600 wide and 200 high. The typed name counts without it.
const WIDE = 600, HIGH = 200, MOST = 19000;

/** "M12 40L13 42" of strokes [[[12, 40], [13, 42]]]. */
export const path = (strokes) => strokes.filter((stroke) => stroke.length).map((stroke) => stroke.map(([x, y], n) => `${n ? 'L' : 'M'}${Math.round(x)} ${Math.round(y)}`).join('')).join('');

export function mount(el) {
  const canvas = el.querySelector('canvas'), input = el.querySelector('input'), pen = canvas.getContext('2d');
  const strokes = [];
  let drawing = null, kept = input.value;
  el.hidden = false;
  Object.assign(pen, { lineWidth: 3, lineCap: 'round', lineJoin: 'round', strokeStyle: '#14181f' });
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDE, ((event.clientY - box.top) / box.height) * HIGH].map((n, i) => Math.max(0, Math.min(i ? HIGH : WIDE, n)));
  };
  // What was drawn before something else had to be mended is still there.
  if (input.value) pen.stroke(new Path2D(input.value));
  const line = (from, to) => { pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke(); };
  canvas.addEventListener('pointerdown', (event) => {
    if (kept.length + path(strokes).length > MOST) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = [at(event)];
    strokes.push(drawing);
    line(drawing[0], drawing[0]);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!drawing) return;
    const to = at(event), from = drawing.at(-1);
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 2) return;
    drawing.push(to);
    line(from, to);
    if (kept.length + path(strokes).length > MOST) drawing = null;
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { drawing = null; input.value = kept + path(strokes); });
  el.querySelector('button').addEventListener('click', () => { strokes.length = 0; kept = input.value = ''; pen.clearRect(0, 0, WIDE, HIGH); });
}
