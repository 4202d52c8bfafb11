import type { Bilingual } from '../../terms/bilingual.ts';
import type { Touched } from '../sdk/types.ts';

/** A line for the things it reaches, and one for each department. @param say in the reader's language */
export function touchedLines(
  { datasets, mappings, agreements, consumers }: Touched,
  say: (text: Bilingual) => string,
): readonly string[] {
  const things = [...datasets, ...mappings, ...agreements];
  return [
    ...(things.length === 0 ? [] : [`→ ${things.join('  ')}`]),
    ...consumers.map(({ department, name, contacts, calls, lastCall }) =>
      [
        `→ ${department} ${say(name)}`,
        say({ zh: `30 天内调用 ${calls} 次`, en: `${calls} calls in 30 days` }),
        ...(lastCall === undefined ? [] : [say({ zh: `最近 ${lastCall}`, en: `last ${lastCall}` })]),
        ...(contacts.length === 0
          ? []
          : [say({ zh: `联系人 ${contacts.join('、')}`, en: `contact ${contacts.join(', ')}` })]),
      ].join('  '),
    ),
  ];
}
