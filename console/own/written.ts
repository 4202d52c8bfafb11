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

const units = {
  zh: { Y: '年', M: '个月', W: '周', D: '天' },
  en: { Y: ['year', 'years'], M: ['month', 'months'], W: ['week', 'weeks'], D: ['day', 'days'] },
} as const;

/** @param text `P1Y6M`, as documents write it; any other text as it is */
export function period(text: string, language: Language): string {
  const parts = [...text.matchAll(/(\d+)([YMWD])/g)].map(([, digits = '', letter = '']) => {
    const [count, unit] = [Number(digits), letter as keyof typeof units.zh];
    return language === 'zh'
      ? `${count} ${units.zh[unit]}`
      : `${count} ${units.en[unit][count === 1 ? 0 : 1]}`;
  });
  return parts.length === 0 ? text : parts.join(language === 'zh' ? '' : ' ');
}

/** What codes are called, as far as access records and offers name them. */
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
