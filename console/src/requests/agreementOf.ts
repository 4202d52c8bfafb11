/** A steward's input, and the agreement made from it. */
import type { Schemas } from '../api/call.ts';
import { midnightInChina } from '../parts/chinaTime.ts';
import type { Papers } from './PapersFields.tsx';
import { grantWith, type Reasons, type Rules, type Wanted } from './wanted.ts';
import { dayInChina, dayOfMoment, endOfDayInChina, lastDayBefore } from '../../../terms/civilDate.ts';
import { defined } from '../../../terms/defined.ts';

export interface Asking extends Papers {
  readonly consumer: string;
  readonly purpose: string;
  readonly title: string;
  readonly basis: string;
  readonly reference: string;
  readonly clause: string;
  /** first and last day, calendar of China */
  readonly from: string;
  readonly until: string;
  readonly lookup: boolean;
  readonly assessment: string;
  /** absent: none yet */
  readonly fields?: Rules;
  /** also of fields that are not requested any more, so that they return with the field */
  readonly reasons?: Reasons;
  /** end of the name that the agreement gets */
  readonly mark: string;
  /** code of the template that it begins with, and the template's agreement */
  readonly template: string;
  readonly begun?: Wanted | undefined;
}

const dayIn = (days: number): string => dayInChina(Date.now() + days * 86_400_000);

export const beginAsking = (consumer: string): Asking => ({
  consumer,
  purpose: '',
  title: '',
  basis: 'statutory',
  reference: '',
  clause: '',
  from: dayIn(0),
  until: dayIn(364),
  lookup: true,
  assessment: '',
  reason: '',
  volume: '',
  commitment: '',
  mark: crypto.randomUUID().slice(0, 8),
  template: '',
});

/** The name of the agreement for a first request. */
export const nameOf = ({ consumer, mark }: Pick<Asking, 'consumer' | 'mark'>): string =>
  `agr-${consumer}-${mark}`.slice(0, 60);

/** The content of a template or of a last version, as form values for one dataset. */
export function typedFrom(template: string, begun: Wanted, dataset: string): Partial<Asking> {
  const { title, purposes, basis, valid, grants } = begun;
  const { fields, reasons = {} } = grants.find((grant) => grant.dataset === dataset) ?? {};
  return {
    template,
    begun,
    title: title?.zh ?? '',
    purpose: purposes[0] ?? '',
    basis: basis.type,
    reference: basis.reference ?? '',
    clause: basis.clause ?? '',
    from: dayOfMoment(valid.from),
    until: lastDayBefore(valid.until),
    ...defined({ fields }),
    // those of the template before do not remain
    reasons,
  };
}

/** No template any more. What it filled remains, except its reasons: each consumer states its own. */
export const withoutTemplate: Partial<Asking> = { template: '', begun: undefined, reasons: {} };

/** Retains every part of a template that the form does not have: delivery, limits, obligations, matters, further datasets. */
function grantsOf(begun: Wanted, dataset: string, { fields = {}, reasons }: Asking): Wanted['grants'] {
  const place = begun.grants.findIndex((grant) => grant.dataset === dataset);
  return begun.grants.map((grant, at) => (at === place ? grantWith(grant, fields, reasons) : grant));
}

/** From the beginning of the first day to the end of the last one. */
export const termOf = ({ from, until }: Pick<Asking, 'from' | 'until'>): Wanted['valid'] => ({
  from: midnightInChina(from),
  until: endOfDayInChina(until),
});

/**
 * A first version, or the next one of a renewed agreement, which retains the exact consumer: it may cover the departments below, too.
 * @param renews `agr-2026-0042@3`, or empty
 */
function versionOf(asking: Asking, renews: string): Pick<Wanted, 'id' | 'version' | 'consumer'> {
  const { consumer, begun } = asking;
  const [renewed, version] = renews.split('@');
  return {
    id: renewed === undefined || renewed === '' ? nameOf(asking) : renewed,
    version: renews === '' ? 1 : (begun?.version ?? Number(version) + 1),
    consumer: renews === '' ? consumer : (begun?.['consumer'] ?? consumer),
  };
}

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
  const { purpose, title, basis, reference, clause, lookup, assessment, begun } = asking;
  const { dataset, provider, schema, subject, renews } = about;
  const { id, version, consumer } = versionOf(asking, renews);
  const plainGrant = (): Wanted['grants'][number] => {
    const grant = {
      dataset,
      schema,
      ...(lookup && subject !== undefined
        ? {
            lookupBy: [subject],
            requires: ['on-behalf-of', 'lookup'],
            limits: { rowsPerCall: 10, callsPerDay: 1000 },
          }
        : { limits: { rowsPerCall: 1000, callsPerDay: 1000 } }),
      fields: {},
    };
    return grantWith(grant, asking.fields ?? {}, asking.reasons);
  };
  return {
    ...begun,
    kind: 'Agreement',
    id,
    version,
    title: begun?.title?.zh === title ? begun.title : { zh: title, en: title },
    provider,
    consumer,
    purposes: begun?.purposes.includes(purpose) === true ? begun.purposes : [purpose],
    basis: {
      type: basis,
      ...(reference.trim() === '' ? {} : { reference }),
      ...(clause.trim() === '' ? {} : { clause }),
    },
    valid: termOf(asking),
    ...(assessment === '' ? {} : { assessment }),
    grants: begun === undefined ? [plainGrant()] : grantsOf(begun, dataset, asking),
  };
}
