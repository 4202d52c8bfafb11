/** The table of a scenario's figures, as text and as a page with charts, in both languages. */
import type { Chart, Figure } from './pack.ts';

/** A sign for each state of a figure: as required, not as required, nothing is required. */
export const markOf = (held: Figure['held']): string => (held === null ? '·' : held ? '✔' : '✖');

export function reportText(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ figure }) => figure.en.length));
  const lines = figures.map(
    ({ figure, required, measured, held }) =>
      `${markOf(held)} ${figure.en.padEnd(width)}  ${required.padEnd(16)} ${measured}`,
  );
  return `${lines.join('\n')}\n`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const [chartWidth, labelWidth, valueWidth] = [640, 170, 70];

/** Horizontal bars as SVG, each with its value: readable in print and without colour. */
function chartOf({ title, bars }: Chart): string {
  const most = Math.max(1, ...bars.map(([, value]) => value));
  const height = Math.max(6, Math.min(24, Math.floor(480 / Math.max(1, bars.length))));
  const drawn = bars.map(([label, value], i) => {
    const length = Math.round((value / most) * (chartWidth - labelWidth - valueWidth));
    const middle = i * height + height / 2;
    // of many thin bars each tenth is labelled
    const text =
      height >= 14 || i % 10 === 0
        ? `<text x="${labelWidth - 8}" y="${middle}" text-anchor="end">${escaped(label)}</text><text x="${labelWidth + length + 6}" y="${middle}">${value}</text>`
        : '';
    return `<rect x="${labelWidth}" y="${i * height + 1}" width="${length}" height="${height - 2}"/>${text}`;
  });
  return `<figure><figcaption>${escaped(title)}</figcaption>
<svg viewBox="0 0 ${chartWidth} ${bars.length * height}" role="img" aria-label="${escaped(title)}">${drawn.join('')}</svg></figure>`;
}

/** @param given options of the run @param charts what the check drew, if anything */
export function reportPage(
  name: string,
  figures: readonly Figure[],
  given: object,
  charts: readonly Chart[],
): string {
  const rows = figures.map(
    ({ figure, required, measured, held }) =>
      `<tr class="${held === false ? 'missed' : 'held'}"><td>${[markOf(held), figure.zh, figure.en, required, measured].map(escaped).join('</td><td>')}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(name)}</title>
<style>body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:60rem}td,th{padding:.3rem .8rem;border-bottom:1px solid #ccc;text-align:left}
.missed{background:#fdd}figure{margin:2rem 0}figcaption{font-weight:600}svg{width:100%;fill:#2a6496}svg text{font-size:12px;fill:#222;dominant-baseline:central}</style>
<h1>${escaped(name)}</h1><p>${escaped(JSON.stringify(given))}</p>
<table><tr><th></th><th>数字</th><th>figure</th><th>要求 required</th><th>实测 measured</th></tr>
${rows.join('\n')}
</table>
${charts.map(chartOf).join('\n')}
</html>
`;
}
