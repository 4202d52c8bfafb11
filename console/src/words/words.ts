/** The texts of one language, with its formats of dates and numbers. */
import { createContext, useContext } from 'react';
import { unixMoment } from '../../../terms/civilDate.ts';
import { en } from './en.ts';
import { zh, type Words } from './zh.ts';

export type Language = 'zh' | 'en';
const dictionaries: Readonly<Record<Language, Words>> = { zh, en };

export interface Speech {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}
export const SpeechContext = createContext<Speech>({ language: 'zh', choose: () => undefined });

export interface Spoken extends Speech {
  /** @param facts fill `{name}` in the text */
  readonly say: (word: keyof Words, facts?: Readonly<Record<string, string | number>>) => string;
  /** a text that exists in both languages */
  readonly pick: (text: { readonly zh: string; readonly en: string } | undefined) => string;
  /** @param moment RFC 3339 */
  readonly when: (moment: string | undefined) => string;
  /** to the second, for papers. @param moment RFC 3339 */
  readonly whenToSecond: (moment: string) => string;
  /** @param text a day, `2026-11-22`, or a moment (RFC 3339), shown as its day in China; any other text is returned unchanged */
  readonly day: (text: string | undefined) => string;
  /** a day of this year, without the year: 11月22日, 22 Nov. @param text `2026-11-22` */
  readonly shortDay: (text: string) => string;
  readonly number: (value: number) => string;
}

const locales = { zh: 'zh-CN', en: 'en-GB' } as const;

const civil = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A day in the format of the language: 2026年11月22日, 22 Nov 2026.
 * @param text `2026-11-22`, or an RFC 3339 moment; any other text is returned unchanged
 */
export function writtenDay(text: string, locale: string): string {
  const at = unixMoment(civil.test(text) ? `${text}T12:00:00+08:00` : text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(at)) return text;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(at);
}

const shortly = (text: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'Asia/Shanghai' }).format(
    unixMoment(`${text}T12:00:00+08:00`),
  );

const written = (moment: string, locale: string, timeStyle: 'short' | 'medium'): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle, timeZone: 'Asia/Shanghai' }).format(
    unixMoment(moment),
  );

export function useWords(): Spoken {
  const speech = useContext(SpeechContext);
  const { language } = speech;
  const texts = dictionaries[language];
  return {
    ...speech,
    say: (word, facts = {}) =>
      texts[word].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '')),
    pick: (text) => text?.[language] ?? '',
    when: (moment) => (moment === undefined ? '' : written(moment, locales[language], 'short')),
    whenToSecond: (moment) => written(moment, locales[language], 'medium'),
    day: (text) => (text === undefined ? '' : writtenDay(text, locales[language])),
    shortDay: (text) => shortly(text, locales[language]),
    number: (value) => new Intl.NumberFormat(locales[language]).format(value),
  };
}
