/** The print form: pages with numbers and the digest of the evidence on each. It is a rendering; only evidence.json is authoritative. */
import type { ReadEntry } from '../../../../log/pack/checkChoice.ts';
import type { Bilingual, Language } from '../../../../terms/bilingual.ts';
import { personText, escapedHtml as escaped } from '../../printedText.ts';
import type { EvidenceCheck } from './checkEvidence.ts';
import {
  cannotProve,
  extentText,
  proves,
  questions,
  questionText,
  replayText,
} from '../../../../log/pack/claims.ts';
import { fieldsText, outcomeOf, timeText, whoOf } from '../../../../log/story.ts';

type Read = NonNullable<EvidenceCheck['read']>;

/** Version of a print form: a later version retains the old ones, so that they can be printed again. */
const formVersion = 'datong print form 1';
const rowsOfPage = 14;

const css = `@page{size:A4 landscape;margin:0}*{box-sizing:border-box}body{margin:0;font:11pt/1.45 "Noto Serif CJK SC","Songti SC",SimSun,serif;color:#000}
section{width:297mm;min-height:209mm;padding:14mm 16mm 18mm;position:relative;page-break-after:always;break-inside:avoid}
footer{position:absolute;left:16mm;right:16mm;bottom:7mm;font:8pt/1.3 monospace;border-top:.3mm solid #000;display:flex;justify-content:space-between}
h1{font-size:18pt;margin:0 0 6mm}h2{font-size:13pt;margin:5mm 0 2mm}table{border-collapse:collapse;width:100%;font-size:9pt}
td,th{border:.2mm solid #555;padding:1mm 1.5mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}code,pre{font:8.5pt/1.35 monospace;white-space:pre-wrap;overflow-wrap:anywhere}
@media screen{body{background:#ddd}section{background:#fff;margin:6mm auto}}`;

/** The form in one language. Of a range only the entries that answer are listed. */
export function printForm(read: Read, language: Language): string {
  const say = (text: Bilingual): string => escaped(text[language]);
  const chosen = new Set(read.file.chosen);
  const shown = read.entries.filter(({ index }) => chosen.has(index));
  const pages = [cover(read, say), meaning(say), ...entryPages(read, shown, say), proofs(read, say)];
  const footed = pages.map(
    (page, at) =>
      `<section>${page}<footer><span>SHA-256 ${read.digest}</span><span>${at + 1} / ${pages.length}</span></footer></section>`,
  );
  const title = say({ zh: '数据使用记录证据', en: 'Evidence of data use' });
  return `<!DOCTYPE html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="generator" content="${formVersion}"><title>${title}</title>
<style>${css}</style></head><body>
${footed.join('\n')}
</body></html>
`;
}

type Say = (text: Bilingual) => string;

const row = (cells: readonly string[], tag: 'td' | 'th' = 'td'): string =>
  `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;

function cover(read: Read, say: Say): string {
  const { file, pack } = read;
  const both = (value: string): Bilingual => ({ zh: value, en: value });
  const lines: readonly (readonly [Bilingual, Bilingual])[] = [
    [{ zh: '编号', en: 'number' }, both(file.id)],
    [{ zh: '日志', en: 'log' }, both(pack.checkpoint?.origin ?? '–')],
    [{ zh: '案件', en: 'case' }, both(file.case)],
    [{ zh: '事由', en: 'reason' }, both(file.reason)],
    [{ zh: '所问', en: 'question' }, questionText(read)],
    [
      { zh: '提取人 / 放行人', en: 'asked by / released by' },
      both(
        `${personText(file.askedBy, file.askedByName)} / ${file.answeredBy === undefined ? '–' : personText(file.answeredBy, file.answeredByName)}`,
      ),
    ],
    [{ zh: '提取时间', en: 'asked at' }, both(timeText(file.askedAt))],
    [{ zh: '范围', en: 'extent' }, extentText(read)],
    [{ zh: '判定', en: 'decisions' }, replayText(read)],
  ];
  return `<h1>${say({ zh: '数据使用记录证据', en: 'Evidence of data use' })}</h1><table>${lines
    .map(([name, value]) => row([say(name), say(value)]))
    .join('')}</table>`;
}

const list = (items: readonly Bilingual[], say: Say): string =>
  `<ol>${items.map((item) => `<li>${say(item)}</li>`).join('')}</ol>`;

const meaning = (say: Say): string =>
  `<h2>${say({ zh: '本证据能证明', en: 'What this proves' })}</h2>${list(proves, say)}
<h2>${say({ zh: '本证据不能证明', en: 'What it cannot prove' })}</h2>${list(cannotProve, say)}
<h2>${say({ zh: '常见问题与答案所在', en: 'Questions and where they are answered' })}</h2><table>${questions
    .map(([requested, answer]) => row([say(requested), say(answer)]))
    .join('')}</table>`;

const heads: readonly Bilingual[] = [
  { zh: '条目', en: 'entry' },
  { zh: '时间', en: 'time' },
  { zh: '部门', en: 'department' },
  { zh: '经办人', en: 'official' },
  { zh: '办件', en: 'case' },
  { zh: '数据资源', en: 'dataset' },
  { zh: '依据', en: 'basis' },
  { zh: '数据项', en: 'fields' },
  { zh: '结果', en: 'outcome' },
];

function entryPages({ file }: Read, shown: readonly ReadEntry[], say: Say): readonly string[] {
  const attempts = new Set(file.attempts);
  const pages: string[] = [];
  for (let at = 0; at < Math.max(shown.length, 1); at += rowsOfPage) {
    const rows = shown.slice(at, at + rowsOfPage).map(({ index, leaf }) => {
      const outcome = outcomeOf(leaf);
      const reported = attempts.has(index)
        ? { zh: `查而未得；${outcome.zh}`, en: `attempt; ${outcome.en}` }
        : outcome;
      return row([
        String(index),
        ...[
          timeText(leaf.at),
          whoOf(leaf) ?? '–',
          leaf.onBehalfOf ?? '–',
          leaf.matter ?? '–',
          leaf.dataset ?? leaf.operation,
          leaf.agreement ?? '–',
          fieldsText(leaf) || '–',
        ].map(escaped),
        say(reported),
      ]);
    });
    pages.push(
      `<h2>${say({ zh: '条目', en: 'Entries' })}</h2><table>${row(heads.map(say), 'th')}${rows.join('')}</table>`,
    );
  }
  return pages;
}

function proofs({ file }: Read, say: Say): string {
  const named = file.sets.flatMap(({ lines }) => lines);
  const documents = [...new Set(named)].filter((line) =>
    Object.hasOwn(file.documents, line.split(' ')[1] ?? ''),
  );
  return `<h2>${say({ zh: '签名的检查点', en: 'The signed checkpoint' })}</h2><pre>${escaped(file.cosigned)}</pre>
<h2>${say({ zh: '附件（按 SHA-256 摘要）', en: 'Enclosed, by SHA-256' })}</h2><pre>${escaped(
    [
      ...documents,
      ...Object.keys(file.schemas),
      ...Object.keys(file.notices).map((digest) => `notice ${digest}`),
    ].join('\n'),
  )}</pre>`;
}
