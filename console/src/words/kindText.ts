import type { Bilingual } from '../../../terms/bilingual.ts';
import { kindWords } from '../../../terms/factWords/lifeWords.ts';

/** Kinds whose identifier is not the English word. */
const english: Readonly<Record<string, string>> = {
  StandIn: 'Deputy',
  Silent: 'Missing submission',
  Stop: 'Suspension',
  ElementSource: 'Source of a data element',
  Expiring: 'Expires soon',
};

/** The kind of a proposal in words. @param kind as the hub names it, such as `CatalogueEntry` */
export const kindText = (kind: string): Bilingual => ({
  zh: Object.hasOwn(kindWords, kind) ? kindWords[kind as keyof typeof kindWords] : kind,
  en: english[kind] ?? kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
});
