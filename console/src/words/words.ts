/** The texts of one language, and what is written differently in it: dates and numbers. */
import { createContext, useContext } from 'react';
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
  readonly number: (value: number) => string;
}

const locales = { zh: 'zh-CN', en: 'en-GB' } as const;

export function useWords(): Spoken {
  const speech = useContext(SpeechContext);
  const { language } = speech;
  const texts = dictionaries[language];
  return {
    ...speech,
    say: (word, facts = {}) =>
      texts[word].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '')),
    pick: (text) => text?.[language] ?? '',
    when: (moment) =>
      moment === undefined
        ? ''
        : new Intl.DateTimeFormat(locales[language], {
            dateStyle: 'medium',
            timeStyle: 'short',
            timeZone: 'Asia/Shanghai',
          }).format(new Date(moment)),
    number: (value) => new Intl.NumberFormat(locales[language]).format(value),
  };
}
