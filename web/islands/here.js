// "This is the place": where the device is goes into the field beside the button, when somebody standing there presses it.
import { say, toast } from './parts/say.js';

const REASONS = { 1: 'This device may not say where it is. Allow it in the settings of the browser.', 3: 'It takes too long to find out where this is. Try again under the open sky.' };

/** "40.712800, -74.006000", as the field takes it. */
export const written = ({ latitude, longitude }) => `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;

export function mount(el) {
  const field = el.querySelector('input'), button = el.querySelector('button');
  // At a desk the device is not where the work is.
  if (!navigator.geolocation || !matchMedia('(pointer: coarse)').matches) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    button.setAttribute('aria-busy', 'true');
    const done = () => button.removeAttribute('aria-busy');
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      done();
      field.value = written(coords);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      say(`The point is filled in, to within ${Math.ceil(coords.accuracy)} metres.`);
    }, (error) => {
      done();
      toast({ text: REASONS[error.code] ?? 'This device does not know where it is. Paste the point from a map.', bad: true });
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
  });
}
