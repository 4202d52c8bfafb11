import type { Change } from '../../../schemas/subset/changes.ts';
import type { Comparison } from '../../../schemas/subset/comparison.ts';
import { escapeLine } from '../../../terms/controlText.ts';
import { styled, terminalColumns } from '../output.ts';
import { padTo, textWidth } from '../printedText.ts';
import { currentLanguage, data, dataLines, say } from '../verb.ts';

function cell(text: string, columns: number): string {
  let cut = '';
  for (const point of text) {
    if (textWidth(cut + point) > columns - 1) return `${cut}…`;
    cut += point;
  }
  return padTo(cut, columns);
}

/** The comparison for people: verdict, the changes old beside new with both directions, what needs approval, a counter-example. */
export function printComparison(comparison: Comparison & { readonly against: string }): void {
  const { compatible, mode, against, changes, policy } = comparison;
  const verdict = compatible
    ? styled('green', say({ zh: `兼容（${mode}）`, en: `compatible (${mode})` }))
    : styled('red', say({ zh: `不兼容（${mode}）`, en: `not compatible (${mode})` }));
  data([verdict, `  ${say({ zh: '对照', en: 'against' })} ${escapeLine(against)}`]);
  for (const change of changes) printChange(change, mode);
  for (const one of policy)
    dataLines([`! ${one.path}  ${show(one.from)} → ${show(one.to)}  ${say(one.reason)}`]);
  if ('witness' in comparison) {
    data(`${say({ zh: '反例：', en: 'counter-example: ' })}${JSON.stringify(comparison.witness)}`);
  }
}

function printChange(change: Change, mode: Comparison['mode']): void {
  const breaks = (mode !== 'FORWARD' && !change.backward) || (mode !== 'BACKWARD' && !change.forward);
  const mark = breaks ? styled('red', '✗') : styled('green', '✓');
  const yes = (holds: boolean): string => (holds ? '✓' : '✗');
  const label = currentLanguage() === 'zh' ? ['旧数据', '旧读者'] : ['old data', 'old readers'];
  data([
    mark,
    ` ${change.path === '' ? '/' : escapeLine(change.path)}  `,
    styled(
      'dim',
      `${change.code}  ${label[0] ?? ''} ${yes(change.backward)}  ${label[1] ?? ''} ${yes(change.forward)}`,
    ),
  ]);
  const columns = Math.max(24, Math.floor((terminalColumns() - 8) / 2));
  if (change.from !== undefined || change.to !== undefined) {
    data([
      '    ',
      styled('red', cell(`- ${show(change.from)}`, columns)),
      styled('green', cell(`+ ${show(change.to)}`, columns).trimEnd()),
    ]);
  }
  dataLines([`    ${say(change.reason)}`]);
}

function show(value: unknown): string {
  return value === undefined ? '—' : escapeLine(typeof value === 'string' ? value : JSON.stringify(value));
}
