// Builds web/dist: one stylesheet, the islands, htmx, the icon sprite, the fonts. `--watch` repeats it when a source changes.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const web = resolve(import.meta.dirname, '..');
const dist = join(web, 'dist');
const modules = join(web, 'node_modules');
const short = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

/** Writes what is not there yet, so that a file which stays as it is stays as old as it is: cargo compiles again what is younger. */
function put(path, bytes) {
  const all = Buffer.from(bytes);
  if (existsSync(path) && readFileSync(path).equals(all)) return false;
  writeFileSync(path, all);
  return true;
}

/** Inter for the screen, every subset a tenant may write in; addresses carry the hash of the file, so they never go stale. */
function fonts() {
  mkdirSync(join(dist, 'fonts'), { recursive: true });
  const from = join(modules, '@fontsource-variable/inter');
  const css = readFileSync(join(from, 'wght.css'), 'utf8').replace(/url\(\.\/files\/([^)]+)\)/g, (_, name) => {
    const bytes = readFileSync(join(from, 'files', name));
    put(join(dist, 'fonts', name), bytes);
    return `url(fonts/${name}?v=${short(bytes)})`;
  });
  put(join(web, 'css', 'fonts.css'), css);
  // The PDF crate sets text with static faces.
  for (const [folder, weight] of [['400Regular', 'Regular'], ['500Medium', 'Medium'], ['600SemiBold', 'SemiBold'], ['700Bold', 'Bold']])
    put(join(dist, 'fonts', `Inter-${weight}.ttf`), readFileSync(join(modules, '@expo-google-fonts/inter', folder, `Inter_${folder}.ttf`)));
}

/** One SVG with a symbol for each icon named in icons.txt. */
function icons() {
  const names = readFileSync(join(web, 'icons.txt'), 'utf8').split('\n').map((n) => n.trim()).filter(Boolean);
  const symbols = names.map((name) => {
    const file = join(modules, 'lucide-static/icons', `${name}.svg`);
    if (!existsSync(file)) throw new Error(`icons.txt names "${name}", which lucide does not have: look it up on lucide.dev and correct the list`);
    const inner = readFileSync(file, 'utf8').replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[\s\S]*?>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
  });
  put(join(dist, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);
}

async function scripts() {
  const folder = join(web, 'islands');
  const built = await build({
    entryPoints: readdirSync(folder).filter((f) => f.endsWith('.js')).map((f) => join(folder, f)),
    outdir: dist, bundle: true, minify: true, format: 'esm', target: 'es2022', logLevel: 'warning', legalComments: 'none', write: false,
  });
  for (const file of built.outputFiles) put(file.path, file.contents);
  put(join(dist, 'htmx.js'), readFileSync(join(modules, 'htmx.org/dist/htmx.min.js')));
}

function styles() {
  const bin = join(modules, '.bin', 'tailwindcss');
  const ran = spawnSync(bin, ['-i', join(web, 'css/app.css'), '--minify'], { cwd: web, encoding: 'utf8', maxBuffer: 16 << 20 });
  if (ran.status !== 0) throw new Error(`Tailwind stopped:\n${ran.stderr || ran.error}`);
  put(join(dist, 'app.css'), ran.stdout);
}

async function all() {
  const began = performance.now();
  mkdirSync(dist, { recursive: true });
  fonts();
  icons();
  for (const name of readdirSync(join(web, 'public'))) put(join(dist, name), readFileSync(join(web, 'public', name)));
  await scripts();
  styles();
  // The server hands these out as they are to browsers that take them; whatever is compressed already is left alone.
  for (const f of readdirSync(dist)) if (/\.(css|js|svg|webmanifest)$/.test(f)) {
    const bytes = readFileSync(join(dist, f));
    if (!put(join(dist, `${f}.gz`), gzipSync(bytes, { level: 9 })) && existsSync(join(dist, `${f}.br`))) continue;
    put(join(dist, `${f}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
  // Written last: whoever embeds dist looks for this file, and a dist that was never finished does not have it.
  const total = createHash('sha256');
  for (const f of readdirSync(dist).sort()) if (/\.(css|js|svg|webmanifest)$/.test(f)) total.update(f).update(readFileSync(join(dist, f)));
  const built = join(dist, 'built.txt'), hash = total.digest('hex') + '\n';
  // Only when something changed: cargo compiles the embedding crate again when this file is touched.
  put(built, hash);
  console.log(`web/dist built in ${Math.round(performance.now() - began)} ms`);
}

if (!existsSync(modules)) {
  console.error('web/node_modules is missing: run `npm ci --ignore-scripts` in web/ first (make does it for you).');
  process.exit(1);
}
await all();
if (process.argv.includes('--watch')) {
  let soon;
  const again = (_, name) => {
    if (name && (basename(name) === 'fonts.css' || !/\.(css|js|rs|txt|svg)$/.test(name))) return;
    clearTimeout(soon);
    soon = setTimeout(() => all().catch((e) => console.error(e.message)), 120);
  };
  for (const folder of [join(web, 'css'), join(web, 'islands'), resolve(web, '../crates')]) watch(folder, { recursive: true }, again);
  watch(join(web, 'icons.txt'), again);
}
