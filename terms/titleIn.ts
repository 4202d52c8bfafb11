import type { Bilingual } from './bilingual.ts';

/** The title that is given to a code; without one, the code itself in both languages. */
export const titleIn = (titles: Readonly<Record<string, Bilingual>>, code: string): Bilingual => {
  const title = Object.hasOwn(titles, code) ? titles[code] : undefined;
  return title ?? { zh: code, en: code };
};
