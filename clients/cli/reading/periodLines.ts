import { say } from '../verb.ts';

/** `periods` of a dataset, as the hub tells them. */
export interface Periods {
  readonly there: readonly { readonly period: string; readonly goesOn?: string }[];
  readonly destroyed: readonly {
    readonly period: string;
    readonly rows: number;
    readonly batches: number;
    readonly exchange: string;
    readonly at: string;
  }[];
}

/** Destroyed periods that are told one by one. */
const mostLines = 12;

/** Which periods rows stand in, when the next one goes, and which went: lines for a reader. */
export function periodLines({ there, destroyed }: Periods): string[] {
  const [first] = there;
  const last = there.at(-1);
  const standing =
    first === undefined || last === undefined
      ? say({ zh: '数据期间：尚无', en: 'periods: none yet' })
      : say({
          zh: `数据期间：${first.period} 至 ${last.period}，共 ${there.length} 期${first.goesOn === undefined ? '，一直保留' : `；${first.period} 于 ${first.goesOn} 销毁`}`,
          en: `periods: ${first.period} to ${last.period}, ${there.length} of them${first.goesOn === undefined ? ', all kept' : `; ${first.period} goes on ${first.goesOn}`}`,
        });
  const gone = destroyed.slice(0, mostLines).map(({ period, rows, batches, at, exchange }) =>
    say({
      zh: `已销毁：${period}  ${rows} 行  ${batches} 个批次  ${at.slice(0, 10)}  ${exchange}`,
      en: `destroyed: ${period}  ${rows} rows  ${batches} batches  ${at.slice(0, 10)}  ${exchange}`,
    }),
  );
  return [standing, ...gone];
}
