// Files: preview, size and kind checked before sending, progress while sending. Without script the form posts as it is.
import { h, icon, say } from './parts/say.js';

/** "1.4 MB". */
export const size = (bytes) => bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Whether a file fits `accept` as HTML writes it: "image/*,.pdf,text/csv". */
export const accepted = (name, type, accept) => !accept || accept.split(',').map((a) => a.trim().toLowerCase()).some((a) => a.startsWith('.') ? name.toLowerCase().endsWith(a) : a.endsWith('/*') ? type.startsWith(a.slice(0, -1)) : type === a);

export function mount(el) {
  const input = el.querySelector('input[type="file"]'), list = el.parentElement.querySelector('.files'), most = Number(input.dataset.most) || Infinity;
  const wrong = (file) => !accepted(file.name, file.type, input.accept) ? `${file.name} is not of a kind that fits here (${input.accept}).` : file.size > most ? `${file.name} is ${size(file.size)}; at most ${size(most)} fits.` : '';
  function draw() {
    const files = [...input.files], bad = files.map(wrong).find(Boolean);
    input.setCustomValidity(bad || '');
    if (bad) input.setAttribute('aria-invalid', 'true'); else input.removeAttribute('aria-invalid');
    list.hidden = !files.length;
    for (const img of list.querySelectorAll('img')) URL.revokeObjectURL(img.src);
    list.replaceChildren(...files.map((file) => {
      const says = wrong(file);
      const face = file.type.startsWith('image/') ? h('img', { src: URL.createObjectURL(file), alt: '' }) : h('span', { class: 'ph-i' }, icon('file-text'));
      return h('li', {}, face, h('span', {}, file.name, h('small', { class: says ? 'tone-bad' : '' }, says || size(file.size))), h('button', { class: 'btn btn-s btn-icon btn-quiet', type: 'button', 'aria-label': `Take ${file.name} away`, onclick: () => { input.value = ''; draw(); input.focus(); } }, icon('x')));
    }));
    say(bad || files.map((f) => f.name).join(', '));
  }
  input.addEventListener('change', draw);
  for (const [name, on] of [['dragenter', true], ['dragover', true], ['dragleave', false], ['drop', false]]) el.addEventListener(name, () => el.classList.toggle('is-over', on));
  // Progress needs XMLHttpRequest: fetch does not tell how much has gone.
  input.form?.addEventListener('submit', (event) => {
    const form = event.target, big = [...input.files].reduce((sum, f) => sum + f.size, 0);
    if (event.defaultPrevented || big < 300_000 || form.dataset.sending) return;
    event.preventDefault();
    form.dataset.sending = '1';
    const meter = h('progress', { class: 'meter', max: '1', value: '0', 'aria-label': 'Sending' });
    list.after(meter);
    const sent = new XMLHttpRequest();
    sent.open('POST', form.action);
    sent.upload.onprogress = (e) => { if (e.lengthComputable) meter.value = e.loaded / e.total; };
    sent.onload = () => { if (sent.responseURL && sent.responseURL !== form.action && sent.status < 400) location.assign(sent.responseURL); else { const fresh = new DOMParser().parseFromString(sent.responseText, 'text/html'); document.querySelector('main').replaceWith(fresh.querySelector('main') ?? document.querySelector('main')); delete form.dataset.sending; meter.remove(); } };
    sent.onerror = () => { meter.remove(); delete form.dataset.sending; delete form.dataset.sent; say('It did not get through. Try again.'); };
    const data = new FormData(form, event.submitter);
    sent.send(data);
  });
}
