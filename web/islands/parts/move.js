// A job is moved: sent once however often it is tried, and put back from where it came.
import { newKey, problem, say, toast } from './say.js';

export const LOST = 'That did not reach the office.';

export const move = (url, body, version, key = newKey()) => fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', accept: 'application/json', 'If-Match': `"${version}"`, 'Idempotency-Key': key } });

/** Puts it back where it was before the drop, and says how that went; `fresh` draws the board anew. */
export async function unmove(url, body, version, name, fresh) {
  const answer = await move(url, { ...body, force: true }, version).catch(() => null);
  if (!answer) { toast({ text: `${LOST} The job is where you put it.`, bad: true }); return; }
  await fresh();
  if (answer.ok) { say(`${name} is where it was.`); toast({ text: `${name} is where it was` }); return; }
  toast({ text: answer.status === 412 ? `Somebody has changed ${name} since. It stays.` : (await problem(answer)).text, bad: true });
}

/** The job that somebody else moved first is shown where it is. */
export const movedFirst = (name) => toast({ text: `Somebody moved ${name} first. This is where it is now.`, bad: true });
