/** A first agreement over one dataset from a person's answers: the same document on a terminal and in the console. */
import type { Bilingual } from './bilingual.ts';
import { endOfDayInChina } from './civilDate.ts';

export interface GivenRule {
  readonly mask: string;
  readonly [parameter: string]: unknown;
}

export interface AgreementAnswers {
  readonly dataset: string;
  /** `food-permit@1` */
  readonly schema: string;
  readonly consumer: string;
  readonly purpose: string;
  /** the rule or document that it rests on */
  readonly reference: string;
  /** empty: none */
  readonly clause: string;
  /** what is given of each field; a field that is missing is withheld */
  readonly fields: Readonly<Record<string, GivenRule>>;
  /** why the consumer needs each field; empty texts, and those of other fields, are left out */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly filterBy: readonly string[];
  /** fields of which the caller gives the full value to find one row; not empty: each call is such a lookup */
  readonly lookupBy: readonly string[];
  /** moment with the offset of China */
  readonly from: string;
  /** last day, YYYY-MM-DD */
  readonly until: string;
  /** empty: the usual number */
  readonly id: string;
  /** empty: the usual title */
  readonly title: string;
}

export interface FirstAgreement {
  readonly kind: 'Agreement';
  readonly id: string;
  readonly grants: readonly {
    readonly fields: AgreementAnswers['fields'];
    readonly [member: string]: unknown;
  }[];
  readonly [member: string]: unknown;
}

/** Number of an agreement, from consumer and dataset. */
export const agreementNumber = (consumer: string, dataset: string): string =>
  `agr-${consumer}-${dataset.slice(dataset.indexOf('.') + 1)}`.slice(0, 60).replace(/-+$/, '');

/** @param datasetTitle for the title, where none is given */
export function firstAgreement(answers: AgreementAnswers, datasetTitle: Bilingual): FirstAgreement {
  const { dataset, schema, consumer, purpose, reference, clause, fields, from, until } = answers;
  const { filterBy, lookupBy, reasons = {} } = answers;
  const stated = Object.keys(fields).flatMap((field) => {
    const reason = reasons[field]?.trim() ?? '';
    return reason === '' ? [] : [[field, reason] as const];
  });
  const [provider = '', name = ''] = dataset.split('.');
  const zh = answers.title === '' ? `${datasetTitle.zh}共享协议` : answers.title;
  return {
    kind: 'Agreement',
    id: answers.id === '' ? agreementNumber(consumer, dataset) : answers.id,
    version: 1,
    title: { zh, en: `${name.replaceAll('-', ' ')} for ${consumer}` },
    provider,
    consumer,
    purposes: [purpose],
    basis: { type: 'statutory', reference, ...(clause === '' ? {} : { clause }) },
    valid: { from, until: endOfDayInChina(until) },
    grants: [
      {
        dataset,
        schema,
        ...(filterBy.length === 0 ? {} : { filterBy }),
        ...(lookupBy.length === 0 ? {} : { lookupBy, requires: ['on-behalf-of', 'lookup'] }),
        fields,
        ...(stated.length === 0 ? {} : { reasons: Object.fromEntries(stated) }),
      },
    ],
  };
}

/** Fields that rows can be found by: those of the key that are given unchanged. */
export const usualFilter = (
  primaryKey: readonly string[],
  fields: AgreementAnswers['fields'],
): readonly string[] => primaryKey.filter((key) => fields[key]?.mask === 'clear');
