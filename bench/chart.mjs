// A bar chart as SVG: one bar for each row, made of parts, and a mark where the same statements alone would end.
const colours = ['#2f6f8f', '#9bbccc', '#c9a227'];
const esc = (text) => String(text).replace(/[<&>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** `rows` are { name, parts: [[what, value]…], mark }. */
export function chart(title, rows) {
  const left = 130, width = 520, high = 26, top = 56, most = Math.max(...rows.map((row) => Math.max(row.parts.reduce((n, [, v]) => n + v, 0), row.mark ?? 0)));
  const x = (value) => (value / most) * width;
  const bars = rows.map((row, n) => {
    const y = top + n * high;
    let at = left;
    const parts = row.parts.map(([what, value], k) => { const bar = `<rect x="${at.toFixed(1)}" y="${y}" width="${x(value).toFixed(1)}" height="16" fill="${colours[k]}"><title>${esc(what)} ${value.toFixed(0)}</title></rect>`; at += x(value); return bar; });
    const mark = row.mark ? `<path d="M${(left + x(row.mark)).toFixed(1)} ${y - 3}v22" stroke="#b3261e" stroke-width="2"><title>pgbench ${row.mark.toFixed(0)}</title></path>` : '';
    const sum = row.parts.reduce((s, [, v]) => s + v, 0);
    return `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${esc(row.name)}</text>${parts.join('')}${mark}<text x="${(at + 8).toFixed(1)}" y="${y + 12}">${sum < 10 ? sum.toFixed(1) : sum.toFixed(0)}</text>`;
  });
  const marked = rows.some((row) => row.mark) ? [['#b3261e', 'the statements alone, by pgbench']] : [];
  const words = rows[0].parts.map(([what], k) => [colours[k], what]).concat(marked);
  const legend = words.map(([colour, what], k) => `<rect x="${left + k * 150}" y="30" width="10" height="10" fill="${colour}"/><text x="${left + 15 + k * 150}" y="39">${esc(what)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 80} ${top + rows.length * high + 12}" font-family="system-ui, sans-serif" font-size="12" fill="#1d2b33"><rect width="100%" height="100%" fill="#fff"/><text x="${left}" y="18" font-size="14" font-weight="600">${esc(title)}</text>${legend.join('')}${bars.join('')}</svg>\n`;
}
