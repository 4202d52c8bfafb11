import type { Bilingual } from '../../terms/bilingual.ts';
import type { Touched } from '../sdk/types.ts';
import { counted } from '../../terms/counted.ts';

/** How often a consumer called. @param calls undefined while the search index is being rebuilt */
export const callsInWords = (calls: number | undefined): Bilingual =>
  calls === undefined
    ? { zh: '调用次数暂不可知，检索索引正在重建', en: 'calls not known: the search index is being made anew' }
    : { zh: `30 天内调用 ${calls} 次`, en: `${counted(calls, 'call')} in 30 days` };

/** A line for the affected objects, and one for each department. @param say in the reader's language */
export function touchedLines(
  { datasets, mappings, agreements, consumers }: Touched,
  say: (text: Bilingual) => string,
): readonly string[] {
  const items = [...datasets, ...mappings, ...agreements];
  return [
    ...(items.length === 0 ? [] : [`→ ${items.join('  ')}`]),
    ...consumers.map(({ department, name, contacts, calls, lastCall }) =>
      [
        `→ ${department} ${say(name)}`,
        say(callsInWords(calls)),
        ...(lastCall === undefined ? [] : [say({ zh: `最近 ${lastCall}`, en: `last ${lastCall}` })]),
        ...(contacts.length === 0
          ? []
          : [say({ zh: `联系人 ${contacts.join('、')}`, en: `contact ${contacts.join(', ')}` })]),
      ].join('  '),
    ),
  ];
}
