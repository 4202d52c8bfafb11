import type { Agreement } from './agreement.ts';
import type { Restriction } from './documentChecks.ts';
import type { StoredDocument } from './storedText.ts';

export type { Place, StoredDocument } from './storedText.ts';

export type PolicyDocument = Agreement | Restriction;

/** `agr-2026-0042@3` */
export const documentName = (document: Pick<StoredDocument, 'id' | 'version'>): string =>
  `${document.id}@${document.version}`;
