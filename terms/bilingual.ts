/** The two languages the product speaks. Chinese is the first reader. */
export type Language = 'zh' | 'en';

/** One sentence in both languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Fills `{name}` places of a bilingual sentence. A missing value stays visible as `{name}`. */
export function fill(text: Bilingual, values: Readonly<Record<string, string | number>> = {}): Bilingual {
  const one = (sentence: string): string =>
    sentence.replaceAll(/\{([a-zA-Z]+)\}/g, (place, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : place,
    );
  return { zh: one(text.zh), en: one(text.en) };
}

/** `zh` for any Chinese locale in LC_ALL, LC_MESSAGES or LANG (the first that is set and not empty), else `en`. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const set = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']];
  const locale = set.find((value) => value !== undefined && value !== '') ?? '';
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
