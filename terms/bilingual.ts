/** The two languages of the product. Chinese is the primary one. */
export type Language = 'zh' | 'en';

/** One sentence in both languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** A value for a placeholder of a sentence: a name, a number or a code, the same in every language, or words in both. */
export type Filling = string | number | Bilingual;

/** A name or a number in place of words: the same in both languages. */
export const asIs = (text: string): Bilingual => ({ zh: text, en: text });

/** Fills `{name}` placeholders of a bilingual sentence. A missing value remains visible as `{name}`. */
export function fill(text: Bilingual, values: Readonly<Record<string, Filling>> = {}): Bilingual {
  const one = (language: Language): string =>
    text[language].replaceAll(/\{([a-zA-Z]+)\}/g, (place, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return place;
      return typeof value === 'object' ? value[language] : String(value);
    });
  return { zh: one('zh'), en: one('en') };
}

/** `zh` for any Chinese locale in LC_ALL, LC_MESSAGES or LANG (the first that is set and not empty), else `en`. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const set = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']];
  const locale = set.find((value) => value !== undefined && value !== '') ?? '';
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
