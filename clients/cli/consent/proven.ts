/** How surely the department that brought a person to her own page had proven who she is, in words. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { ConsentView } from '../../sdk/consents.ts';

const ways: Readonly<Record<NonNullable<ConsentView['assurance']>, Bilingual>> = {
  substantial: { zh: '两种独立方式', en: 'in two independent ways' },
  high: { zh: '人脸或实体证件', en: 'by face or document' },
};

/** Undefined for a consent that was not given on her own page. */
export const provenHow = ({ assurance }: Pick<ConsentView, 'assurance'>): Bilingual | undefined =>
  assurance === undefined ? undefined : ways[assurance];
