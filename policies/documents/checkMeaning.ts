/**
 * Checks that a document's JSON Schema cannot express: masks and their parameters, terms, basis, matters, references inside the document.
 */
import { pointer, type PolicyFinding } from '../finding.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import { isOwn } from '../plans/linkages.ts';
import { periodFault, needsPeriod } from '../obligations/obligations.ts';
import type { Agreement, Grant, MaskRule } from './agreement.ts';
import { caseFormFault, caseFormsOverlap } from './caseNumber.ts';
import {
  checkBasis,
  checkTerm,
  checkFacts,
  checkAggregates,
  checkReasons,
  type Report,
} from './documentChecks.ts';
import type { PolicyDocument } from './storedDocument.ts';

/** @param document of the right structure; ids in findings are the file's, as elsewhere in parsing */
export function checkMeaning(document: PolicyDocument, file: string): PolicyFinding[] {
  if (document.kind === 'Restriction') {
    return document.floor === undefined ? [] : maskFindings(document.floor, '/floor', file);
  }
  return [
    ...checkTerm(document, file),
    ...checkBasis(document, file),
    ...matterFindings(document, file),
    ...providerFindings(document, file),
    ...linkageFindings(document, file),
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

function providerFindings(agreement: Agreement, file: string): PolicyFinding[] {
  return agreement.grants.flatMap((grant, i) =>
    isOwn(agreement, grant.dataset)
      ? []
      : [
          {
            code: 'foreign_dataset',
            level: 'error' as const,
            document: file,
            path: pointer('grants', i, 'dataset'),
            message: {
              zh: '数据资源不属于共享协议的提供部门',
              en: 'the dataset does not belong to the provider of this agreement',
            },
          },
        ],
  );
}

/** Checks that a linkage names a pseudonym of this agreement and a field of another provider. */
function linkageFindings(agreement: Agreement, file: string): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const { linkages = [], grants } = agreement;
  const named = new Set<string>();
  for (const [i, { id, members }] of linkages.entries()) {
    const report: Report = (code, at, zh, en) => {
      const path = pointer('linkages', i) + at;
      findings.push({ code, level: 'error', document: file, path, message: { zh, en } });
    };
    if (agreement.format === undefined)
      report('linkage_format', '', '关联须写明 format: 2', 'a linkage needs format: 2');
    if (linkages.findIndex((one) => one.id === id) !== i)
      report('duplicate_linkage', '/id', '同一关联写了两次', 'the same linkage occurs twice');
    const own = members.filter(({ dataset }) => isOwn(agreement, dataset));
    if (own.length === 0 || own.length === members.length)
      report(
        'linkage_of_one_provider',
        '/members',
        '关联须有本协议提供部门的数据项，也须有其他提供部门的数据项',
        'a linkage names a field of this provider and one of another provider',
      );
    for (const [j, { dataset, field }] of members.entries()) {
      if (!isOwn(agreement, dataset)) continue;
      const place = `${dataset} ${field}`;
      if (!grants.some((one) => one.dataset === dataset && one.fields[field]?.mask === 'pseudonym'))
        report(
          'linkage_no_pseudonym',
          `/members/${j}`,
          '本协议没有以假名（pseudonym）授予该数据项',
          'this agreement does not grant the field as a pseudonym',
        );
      if (named.has(place))
        report(
          'linkage_field_twice',
          `/members/${j}`,
          '一个数据项只能属于一个关联',
          'a field can belong to one linkage only',
        );
      named.add(place);
    }
  }
  return findings;
}

function grantFindings(grant: Grant, path: string, agreement: Agreement, file: string): PolicyFinding[] {
  const findings = Object.entries(grant.fields).flatMap(([field, rule]) =>
    maskFindings(rule, path + pointer('fields', field), file),
  );
  const report: Report = (code, at, zh, en) => {
    findings.push({ code, level: 'error', document: file, path: path + at, message: { zh, en } });
  };
  for (const purpose of grant.purposes ?? []) {
    if (!agreement.purposes.includes(purpose)) {
      report(
        'purpose_outside',
        '/purposes',
        '使用场景超出共享协议',
        'a purpose that the agreement does not name',
      );
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
  checkFacts(grant, report);
  checkAggregates(grant, report);
  checkReasons(grant, report);
  checkDeliveries(grant, report);
  checkObligations(grant, report);
  return findings;
}

/** Deliveries that the grant makes impossible, and limits of deliveries that it does not have. */
function checkDeliveries(grant: Grant, report: Report): void {
  const has = (delivery: 'batch' | 'export' | 'stream'): boolean =>
    grant.deliveries?.includes(delivery) === true;
  if (has('batch') && grant.lookupBy === undefined) {
    report(
      'lookup_impossible',
      '/deliveries',
      '批量查询需要 lookupBy',
      'a batch query asks by a field of lookupBy, which is absent',
    );
  }
  if (has('export') && grant.consent !== undefined) {
    report(
      'export_on_consent',
      '/deliveries',
      '以个人同意为条件的授予不能导出文件：撤回同意不会改变已经写成的文件',
      'a grant under consent makes no files: a withdrawal would not change one that is made',
    );
  }
  if (grant.limits?.subjectsPerCall !== undefined && !has('batch')) {
    report(
      'limit_idle',
      '/limits/subjectsPerCall',
      '没有约定批量查询（deliveries: [batch]），该限额不起作用',
      'the limit acts on batch queries alone, and deliveries has no batch',
    );
  }
  if (grant.limits?.streamsAtOnce !== undefined && !has('stream')) {
    report(
      'limit_idle',
      '/limits/streamsAtOnce',
      '没有约定整批流式读取（deliveries: [stream]），该限额不起作用',
      'the limit acts on streams alone, and deliveries has no stream',
    );
  }
}

function checkObligations(grant: Grant, report: Report): void {
  for (const [i, { id, period }] of (grant.obligations ?? []).entries()) {
    const fault = (zh: string, en: string): void => report('obligation_period', `/obligations/${i}`, zh, en);
    if (needsPeriod(id) !== (period !== undefined)) {
      fault(
        'no-onward-sharing 不写期限，其他义务必须写期限',
        'no-onward-sharing takes no period, every other obligation needs one',
      );
    } else if (period !== undefined && periodFault(period)) {
      fault(
        '期限应按年、月、周、日的次序书写，且不超过十年',
        'a period is years, months, weeks, days in this order, ten years at most',
      );
    }
    if (grant.obligations?.findIndex((one) => one.id === id) !== i) {
      report(
        'duplicate_obligation',
        `/obligations/${i}`,
        '同一义务写了两次',
        'the same obligation occurs twice',
      );
    }
  }
}

/** Checks that every case number belongs to at most one matter, and that its form cannot contain an identity number. */
function matterFindings({ matters = [] }: Agreement, file: string): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const report: Report = (code, at, zh, en) => {
    findings.push({ code, level: 'error', document: file, path: `/matters${at}`, message: { zh, en } });
  };
  const earlier: string[] = [];
  for (const [i, { code, cases }] of matters.entries()) {
    if (matters.findIndex((one) => one.code === code) !== i) {
      report('duplicate_matter', `/${i}/code`, '同一事项写了两次', 'the same matter occurs twice');
    }
    for (const [j, form] of cases.entries()) {
      const fault = caseFormFault(form);
      if (fault !== undefined) {
        report(
          'case_form',
          `/${i}/cases/${j}`,
          '办件编号格式太宽：应有固定字符，* 旁边不能有 # 或 *，连续的字母数字不超过 14 位',
          'this form is too free: it needs a fixed sign, no # or * next to a *, and no run of letters and digits over 14',
        );
      } else if (earlier.some((other) => caseFormsOverlap(other, form))) {
        report(
          'case_form_shared',
          `/${i}/cases/${j}`,
          '同一办件编号会同时属于两个格式',
          'one case number could have this form and another one',
        );
      } else {
        earlier.push(form);
      }
    }
  }
  return findings;
}
