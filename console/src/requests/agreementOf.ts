/** What a steward fills in, and the agreement that it says. */
import type { Schemas } from '../api/call.ts';
import type { Papers } from './PapersFields.tsx';
import type { Rules } from './wanted.ts';

export interface Asking extends Papers {
  readonly consumer: string;
  readonly purpose: string;
  readonly title: string;
  readonly basis: string;
  readonly reference: string;
  readonly clause: string;
  /** days, calendar of China */
  readonly from: string;
  readonly until: string;
  readonly lookup: boolean;
  readonly assessment: string;
  /** absent: as the schema proposes */
  readonly fields?: Rules;
  /** end of the name that the agreement gets */
  readonly mark: string;
}

const dayIn = (days: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * 86_400_000);

export const beginAsking = (consumer: string): Asking => ({
  ...{ consumer, purpose: '', title: '', basis: 'statutory', reference: '', clause: '' },
  ...{ from: dayIn(0), until: dayIn(365), lookup: true, assessment: '' },
  ...{ reason: '', volume: '', commitment: '' },
  mark: crypto.randomUUID().slice(0, 8),
});

/** @param about the dataset that it is about, and the agreement that it renews */
export function agreementOf(
  asking: Asking,
  about: {
    readonly dataset: string;
    readonly provider: string;
    readonly schema: string;
    readonly subject: string | undefined;
    readonly renews: string;
  },
): Schemas['PolicyDocument'] {
  const {
    consumer,
    purpose,
    title,
    basis,
    reference,
    clause,
    from,
    until,
    lookup,
    assessment,
    fields = {},
  } = asking;
  const { dataset, provider, schema, subject, renews } = about;
  const [renewed, version] = renews.split('@');
  return {
    kind: 'Agreement',
    id: renewed === undefined || renewed === '' ? `agr-${consumer}-${asking.mark}`.slice(0, 60) : renewed,
    version: version === undefined ? 1 : Number(version) + 1,
    title: { zh: title, en: title },
    ...{ provider, consumer, purposes: [purpose] },
    basis: {
      type: basis,
      ...(reference.trim() === '' ? {} : { reference }),
      ...(clause.trim() === '' ? {} : { clause }),
    },
    valid: { from: `${from}T00:00:00+08:00`, until: `${until}T00:00:00+08:00` },
    ...(assessment === '' ? {} : { assessment }),
    grants: [
      {
        ...{ dataset, schema },
        ...(lookup && subject !== undefined
          ? {
              lookupBy: [subject],
              requires: ['on-behalf-of', 'lookup'],
              limits: { rowsPerCall: 10, callsPerDay: 1000 },
            }
          : { limits: { rowsPerCall: 1000, callsPerDay: 1000 } }),
        fields,
      },
    ],
  };
}
