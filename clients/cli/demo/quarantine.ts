/** The rejected rows of a file, as shown to the department that sent it. */
import { classInChinese } from '../../../terms/rowProblem.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { say } from '../verb.ts';
import { padTo } from '../printedText.ts';
import type { Narrator } from './narrator.ts';

interface RowProblem {
  readonly column: number;
  readonly header: string;
  readonly rule: string;
  readonly got: string;
  readonly message: Bilingual;
}

export interface QuarantinePage {
  readonly rows: readonly { readonly line: number; readonly problems: readonly RowProblem[] }[];
}

/** One kind of problem: its first place, and its number of occurrences. */
interface Kind {
  readonly line: number;
  readonly problem: RowProblem;
  count: number;
}

function kindsOf({ rows }: QuarantinePage): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { line, problems } of rows) {
    const [problem] = problems;
    if (problem === undefined) continue;
    const kind = kinds.get(problem.rule);
    if (kind === undefined) kinds.set(problem.rule, { line, problem, count: 1 });
    else kind.count += 1;
  }
  return [...kinds.values()];
}

/** One line for each kind of problem. */
export function printQuarantine(page: QuarantinePage, narrator: Narrator): void {
  for (const { line, problem, count } of kindsOf(page)) {
    const { column, header, rule, message, got } = problem;
    const place = say({
      zh: `第 ${line} 行${column === 0 ? '' : ` 第 ${column} 列 ${header}`}`,
      en: `line ${line}${column === 0 ? '' : `, column ${column} ${header}`}`,
    });
    narrator.detail(
      `${padTo(place, 38)} ${padTo(rule, 24)} ${say(message)} [${say({ zh: classInChinese(got), en: got })}] ×${count}`,
    );
  }
}

/**
 * All kinds in one line: the first as a sentence, the others by their codes.
 * @param counted what the places of this format count: lines, or records where a file has no lines
 */
export function printQuarantineBriefly(
  page: QuarantinePage,
  counted: 'line' | 'record',
  narrator: Narrator,
): void {
  const [first, ...others] = kindsOf(page);
  if (first === undefined) return;
  const { line, problem, count } = first;
  const { header, rule, message } = problem;
  const place = say({
    zh: `第 ${line} ${counted === 'line' ? '行' : '条'} ${header}`,
    en: `${counted} ${line} ${header}`,
  }).trimEnd();
  const rest = others
    .map((other) => `${other.problem.rule} ×${other.count}`)
    .join(say({ zh: '、', en: ', ' }));
  const also = rest === '' ? '' : say({ zh: `；另有 ${rest}`, en: `; also ${rest}` });
  narrator.detail(`${padTo(place, 38)} ${padTo(rule, 24)} ${say(message)} ×${count}${also}`);
}
