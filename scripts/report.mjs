// What `make attack`, `make faults` and `make load` say at the end: parts with their figures, and how we know that each can fail; on the
// screen while they run, then as JSON and as a page in target/<name>.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from './machine.mjs';

/** `--word=value` and `--word` of the command line. */
export const options = Object.fromEntries(process.argv.slice(2).map((a) => { const [k, ...v] = a.replace(/^--/, '').split('='); return [k, v.join('=') || true]; }));
/** The commit that is tried. */
export const version = (root) => spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim();
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** A part that cannot be tried on this machine; where nothing may be left out, that is a failure. */
export function leftOut(why) {
  if (process.env.TRADEWIND_NOTHING_LEFT_OUT) return { ok: false, figures: [why] };
  return { ok: true, left: why, figures: [] };
}

/** `page` is { title, held, open, about, command }: what the page says of the whole. */
export function report(root, name, page) {
  const out = join(root, 'target', name);
  const only = options.only ? String(options.only).split(',') : null;
  const parts = [];
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'logs'), { recursive: true });

  const wanted = (part) => !only || only.some((word) => part.includes(word));
  /** One part. `what` is for whoever reads it, `control` says how we know that it can fail; `work` answers { ok, figures }. */
  async function part(title, what, control, work) {
    if (!wanted(title)) return;
    const begun = Date.now();
    process.stdout.write(`${title} … `);
    let result;
    try { result = await work(); } catch (error) { result = { ok: false, figures: [String(error?.message ?? error).slice(0, 500)] }; }
    const took = Math.round((Date.now() - begun) / 1000);
    parts.push({ name: title, what, control, seconds: took, ...result });
    console.log(`${result.left ? 'LEFT OUT' : result.ok ? 'held' : 'FAILED'} (${took} s)\n    ${result.left ?? result.figures.join('\n    ')}`);
  }

  /** Writes both reports; gives the exit code. */
  function end(more = {}) {
    const commit = version(root);
    const ok = parts.length > 0 && parts.every((one) => one.ok);
    const all = { held: ok, at: new Date().toISOString(), commit, machine: machine(), short: Boolean(options.short), ...more, parts };
    writeFileSync(join(out, 'report.json'), `${JSON.stringify(all, null, 2)}\n`);
    const html = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
    const styles = readdirSync(join(root, 'web/css')).filter((file) => /^(tokens|base)\.css$/.test(file)).map((file) => readFileSync(join(root, 'web/css', file), 'utf8').replace(/@import[^;]+;|@tailwind[^;]+;|@apply[^;]+;/g, '')).join('\n');
    const own = readFileSync(join(root, 'scripts/report.css'), 'utf8');
    const row = (one) => `<section class="part"><h2>${html(one.name)} <span class="${one.left ? 'left' : one.ok ? 'held' : 'open'}">${one.left ? 'left out' : one.ok ? 'held' : 'did not hold'}</span></h2><p>${html(one.what)}</p><ul>${(one.left ? [one.left] : one.figures).map((figure) => `<li>${html(figure)}</li>`).join('')}</ul><p class="control">How we know that this can fail: ${html(one.control)} Took ${one.seconds} s.</p></section>`;
    writeFileSync(join(out, 'report.html'), `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${html(page.title)}</title><style>${styles}\n${own}</style></head><body><main><h1>${html(page.title)}</h1><p class="sum">${html(ok ? page.held : page.open)} ${html(all.at.slice(0, 16).replace('T', ' '))} UTC, version ${html(commit)}${all.short ? ', the short run' : ''}.</p><p>${html(page.about)} Everything ran on one machine (${html(all.machine)}) against the program as it is shipped. <code>${html(page.command)}</code> repeats it.</p>${parts.map(row).join('')}</main></body></html>\n`);
    // Once more, for whoever reads the last lines only.
    for (const one of parts.filter((part) => !part.ok)) console.log(`FAILED: ${one.name}\n    ${one.figures.join('\n    ')}`);
    console.log(`${(ok ? page.held : page.open).replace(/\.$/, '').toLowerCase()}: target/${name}/report.html`);
    return ok ? 0 : 1;
  }
  return { out, part, end, wanted };
}
