/** What a document's JSON Schema cannot say: masks and their parameters, times, references inside the document. */
import { pointer, type PolicyFinding } from '../finding.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import type { Agreement, Grant, MaskRule } from './agreement.ts';
import type { PolicyDocument } from './storedDocument.ts';

/** @param document of the right structure; ids in findings are the file's, as elsewhere in parsing */
export function checkMeaning(document: PolicyDocument, file: string): PolicyFinding[] {
  if (document.kind === 'Restriction') {
    return document.floor === undefined ? [] : maskFindings(document.floor, '/floor', file);
  }
  return [
    ...termFindings(document, file),
    ...providerFindings(document, file),
    ...document.grants.flatMap((grant, i) => grantFindings(grant, pointer('grants', i), document, file)),
  ];
}

function maskFindings(rule: MaskRule, path: string, file: string): PolicyFinding[] {
  const result = readMaskRule(rule);
  if ('mask' in result) return [];
  return [
    { code: result.code, level: 'error', document: file, path: path + result.at, message: result.message },
  ];
}

/** A time that the calendar has; Date.parse rolls 30 February over, so the date is compared after reading. */
export function readTime(text: string): number | undefined {
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) return undefined;
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== text.slice(0, 10)
    ? undefined
    : moment;
}

function termFindings({ valid }: Agreement, file: string): PolicyFinding[] {
  const from = readTime(valid.from);
  const until = readTime(valid.until);
  const bad = (path: string, zh: string, en: string): PolicyFinding[] => [
    { code: 'wrong_term', level: 'error', document: file, path, message: { zh, en } },
  ];
  if (from === undefined) return bad('/valid/from', '不是有效的时间', 'not a real time');
  if (until === undefined) return bad('/valid/until', '不是有效的时间', 'not a real time');
  if (until <= from) return bad('/valid', '截止时间应晚于起始时间', 'the term ends before it begins');
  return [];
}

function providerFindings(agreement: Agreement, file: string): PolicyFinding[] {
  return agreement.grants.flatMap((grant, i) =>
    grant.dataset.startsWith(`${agreement.provider}.`)
      ? []
      : [
          {
            code: 'foreign_dataset',
            level: 'error' as const,
            document: file,
            path: pointer('grants', i, 'dataset'),
            message: {
              zh: '数据资源不属于授权单的提供部门',
              en: 'the dataset does not belong to the provider of this agreement',
            },
          },
        ],
  );
}

function grantFindings(grant: Grant, path: string, agreement: Agreement, file: string): PolicyFinding[] {
  const findings = Object.entries(grant.fields).flatMap(([field, rule]) =>
    maskFindings(rule, path + pointer('fields', field), file),
  );
  const report = (code: string, at: string, zh: string, en: string): void => {
    findings.push({ code, level: 'error', document: file, path: path + at, message: { zh, en } });
  };
  for (const purpose of grant.purposes ?? []) {
    if (!agreement.purposes.includes(purpose)) {
      report('purpose_outside', '/purposes', '用途超出授权单', 'a purpose that the agreement does not name');
    }
  }
  if (grant.requires?.includes('lookup') === true && grant.lookupBy === undefined) {
    report(
      'lookup_impossible',
      '/requires',
      '要求精确查询却没有 lookupBy',
      'a lookup is required but lookupBy is absent',
    );
  }
  for (const [i, obligation] of (grant.obligations ?? []).entries()) {
    if ((obligation.id === 'delete-after') !== (obligation.period !== undefined)) {
      report(
        'obligation_period',
        `/obligations/${i}`,
        '期限只用于 delete-after，且必填',
        'delete-after needs a period, no other takes one',
      );
    }
  }
  if (grant.consent !== undefined && agreement.basis.type !== 'consent') {
    report(
      'consent_without_basis',
      '/consent',
      '依据不是个人同意',
      'the basis of the agreement is not consent',
    );
  }
  return findings;
}
