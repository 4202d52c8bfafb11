/** Names and times as a person reads them. */
import type { Schemas } from './ask.ts';
import type { Language } from './texts.ts';

export const named = ({ code, title }: Schemas['TitledCode'], language: Language): string =>
  title?.[language] ?? code;

/** China's time. @param moment RFC 3339 */
export const when = (moment: string, language: Language): string =>
  new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Asia/Shanghai',
  }).format(new Date(moment));

/** A day as the country writes it. @param text `2026-11-22` */
export const day = (text: string, language: Language): string =>
  new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'long',
    timeZone: 'Asia/Shanghai',
  }).format(new Date(`${text}T12:00:00+08:00`));

/** What codes are called, as far as looks and offers say so. */
export function namesIn(
  { looks }: Schemas['SubjectView'],
  offers: readonly Schemas['ConsentOffer'][],
  language: Language,
): (code: string) => string {
  const titled = [
    ...looks.flatMap(({ department, fields = [] }) => [
      ...(department === undefined ? [] : [department]),
      ...fields,
    ]),
    ...offers.flatMap(({ recipient, provider, fields }) => [recipient, provider, ...fields]),
  ];
  const names = new Map(titled.map((one) => [one.code, named(one, language)]));
  return (code) => names.get(code) ?? code;
}
