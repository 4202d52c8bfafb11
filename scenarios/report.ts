/** The table of a scenario's figures, as text and as a page. */
import type { Figure } from './pack.ts';

export function reportText(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ figure }) => figure.length));
  const lines = figures.map(
    ({ figure, required, measured, held }) =>
      `${held ? '✔' : '✖'} ${figure.padEnd(width)}  ${required.padEnd(16)} ${measured}`,
  );
  return `${lines.join('\n')}\n`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param given options of the run */
export function reportPage(name: string, figures: readonly Figure[], given: object): string {
  const rows = figures.map(
    ({ figure, required, measured, held }) =>
      `<tr class="${held ? 'held' : 'missed'}"><td>${[figure, required, measured].map(escaped).join('</td><td>')}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(name)}</title>
<style>body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:60rem}td,th{padding:.3rem .8rem;border-bottom:1px solid #ccc;text-align:left}
.missed{background:#fdd}</style>
<h1>${escaped(name)}</h1><p>${escaped(JSON.stringify(given))}</p>
<table><tr><th>figure</th><th>required</th><th>measured</th></tr>
${rows.join('\n')}
</table></html>
`;
}
