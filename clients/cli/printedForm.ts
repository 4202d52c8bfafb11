/** A page that an office prints, signs and files: a title and a table. No script, nothing fetched, every text escaped. */
import { escapedHtml as escaped } from './printedText.ts';

/** One row: its label and its lines; `—` where there are none. */
export function formRow(name: string, ...texts: readonly (string | undefined)[]): string {
  const lines = texts.filter((text) => text !== undefined && text !== '').map((text) => escaped(text ?? ''));
  return `<tr><th>${escaped(name)}</th><td>${lines.length === 0 ? '—' : lines.join('<br>')}</td></tr>`;
}

/** @param rows made by `formRow` @returns an HTML document, UTF-8 */
export const printedForm = (name: string, title: string, rows: readonly string[]): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>${escaped(name)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:14px/1.6 serif;max-width:48em;margin:2em auto}h1{font-size:1.4em;text-align:center}
table{width:100%;border-collapse:collapse}th,td{border:1px solid #000;padding:.4em;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:13em}</style></head>
<body><h1>${escaped(title)}</h1><table>
${rows.join('\n')}
</table></body></html>`;
