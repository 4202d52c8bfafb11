import type { Bilingual } from '../../../terms/bilingual.ts';
import { kindWords } from '../../../terms/factWords/lifeWords.ts';

/** The kind of a proposal in words. @param kind as the hub names it, such as `CatalogueEntry` */
export const kindText = (kind: string): Bilingual => ({
  zh: Object.hasOwn(kindWords, kind) ? kindWords[kind as keyof typeof kindWords] : kind,
  en: kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
});
