// Passkeys: asks the office for a question, lets the device answer it, and sends the answer with the form it stands in.
// `data-makes` makes a new one; otherwise one is asked for, and `data-fills` also offers it in the field of the address.
// Without script, or where the browser cannot, the form stays hidden.
import { newKey, problem, say } from './parts/say.js';

const able = () => Boolean(globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON && navigator.credentials);

/** What a device's refusal means to a person; nothing when they changed their mind by our own doing. */
export function meaning(error, makes) {
  switch (error?.name) {
    case 'AbortError': return '';
    case 'NotAllowedError': return makes ? 'The device made no passkey: it was called off, or took too long. Try again.' : 'The device gave no passkey: it was called off, took too long, or it has none for this address.';
    case 'InvalidStateError': return 'This device has a passkey for you already.';
    case 'NotSupportedError': case 'ConstraintError': return 'This device cannot keep passkeys. One with a screen lock can, and so can a security key.';
    case 'SecurityError': return 'The browser makes passkeys only over a secure connection. Ask whoever runs this address.';
    default: return error?.says || 'That did not work. Check the line and try again.';
  }
}

/** The question, or a refusal in words. */
async function ask(address, body) {
  const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(body) });
  if (answer.ok) return answer.json();
  const said = await problem(answer);
  throw Object.assign(new Error(said.text), { says: said.errors?.[0]?.message || said.text, field: said.errors?.[0]?.pointer?.slice(1) });
}

export function mount(form) {
  if (!able()) { const note = document.querySelector('[data-cannot]'); if (note) note.hidden = false; return; }
  form.hidden = false;
  const makes = 'makes' in form.dataset, says = form.querySelector('[data-says]'), by = form.querySelector('[type="submit"]');
  let offered;

  function tell(words, field) {
    says.textContent = words;
    for (const el of form.querySelectorAll('[aria-invalid]')) el.removeAttribute('aria-invalid');
    const input = field && form.elements[field];
    if (input) { says.id ||= 'passkey-says'; input.setAttribute('aria-describedby', says.id); input.setAttribute('aria-invalid', 'true'); input.focus(); }
  }
  function send(question, credential) {
    form.elements.ceremony.value = question.ceremony;
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.elements._key.value ||= newKey();
    // The password was for the question; it is not sent a second time.
    if (form.elements.current) form.elements.current.disabled = true;
    form.submit();
  }
  async function run() {
    const current = form.elements.current;
    const question = await ask(form.dataset.options, makes ? { current: current.value } : {});
    if (makes) send(question, await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question.options) }));
    else send(question, await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question.options) }));
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (by.getAttribute('aria-busy')) return;
    // The browser waits for one answer at a time.
    offered?.abort();
    by.setAttribute('aria-busy', 'true');
    tell('');
    say(makes ? 'Follow what the device asks.' : 'Choose a passkey.');
    try { await run(); }
    catch (error) { tell(meaning(error, makes), error.field); by.removeAttribute('aria-busy'); by.focus(); if (error.field) form.elements[error.field]?.focus(); }
  });

  /** Passkeys among what the browser fills in; asked anew before the question is too old. */
  async function offer() {
    if (!('fills' in form.dataset) || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const mine = new AbortController();
    offered = mine;
    const anew = setTimeout(() => { mine.abort(); offer(); }, 270_000);
    try {
      const question = await ask(form.dataset.options, {});
      send(question, await navigator.credentials.get({ mediation: 'conditional', signal: mine.signal, publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question.options) }));
    } catch { clearTimeout(anew); /* An offer that nobody took is no trouble: the button is there. */ }
  }
  offer();
}
