// The chart of a load run: for each kind of request how long the middle one, the slowest of twenty and the slowest of a hundred took.
const text = (x, y, words, more = '') => `<text x="${x}" y="${y}" ${more}>${String(words).replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c])}</text>`;

export function chart({ machine, postgres, commit, clients, tenants, seconds, mix }) {
  if (!mix) return '';
  // Both placements together: the slower one.
  const kinds = [...new Set(mix.kinds.map(({ kind }) => kind))].map((kind) => {
    const of = mix.kinds.filter((one) => one.kind === kind);
    return { kind, ...Object.fromEntries(['p50_ms', 'p95_ms', 'p99_ms'].map((name) => [name, Math.max(...of.map((one) => one[name]))])) };
  });
  const [left, wide, row, top] = [150, 520, 34, 74];
  const most = Math.max(...kinds.map(({ p99_ms: p99 }) => p99), 1);
  const x = (ms) => (ms / most) * wide;
  const bars = kinds.map(({ kind, p50_ms: p50, p95_ms: p95, p99_ms: p99 }, n) => {
    const y = top + n * row;
    const bar = (ms, at, tone) => `<rect x="${left}" y="${y + at * 8}" width="${Math.max(1, x(ms)).toFixed(1)}" height="7" fill="${tone}"/>`;
    return text(left - 8, y + 16, kind, 'text-anchor="end"') + bar(p50, 0, '#0f766e') + bar(p95, 1, '#d97706') + bar(p99, 2, '#b91c1c') + text(left + x(p99) + 6, y + 21, `${p99.toFixed(0)} ms`, 'font-size="10"');
  });
  const height = top + kinds.length * row + 30;
  const key = [['#0f766e', 'p50'], ['#d97706', 'p95'], ['#b91c1c', 'p99']].map(([tone, name], n) => `<rect x="${left + n * 70}" y="50" width="12" height="8" fill="${tone}"/>${text(left + 18 + n * 70, 58, name)}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + wide + 70} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#334155"><rect width="100%" height="100%" fill="#ffffff"/>${text(16, 24, `${clients} clients, ${tenants} companies, ${seconds} s: ${Math.round(mix.all.requests / mix.seconds)} requests a second, ${mix.all.errors} errors`, 'font-size="15" font-weight="600"')}${text(16, 42, `${machine}; PostgreSQL ${postgres}; ${commit}`, 'font-size="10"')}${key.join('')}${bars.join('')}</svg>\n`;
}
