/**
 * Checks that a grant's basis allows the release of this schema's data: consent needs a person, publicity and automatism need harmless
 * data.
 */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { FieldGrant } from '../decision.ts';
import type { Agreement, Grant } from '../documents/agreement.ts';
import { pointer } from '../finding.ts';
import { rootOf } from '../masks/rows/fieldPath.ts';
import { fieldsOfAggregate } from './aggregates.ts';
import { fieldsOfFact } from './facts.ts';
import type { Report } from './report.ts';
import { tagsOf, type FieldTags } from './scope.ts';

export interface GrantedData {
  readonly agreement: Agreement;
  readonly grant: Grant;
  readonly schema: DatasetSchema;
  /** JSON pointer of the grant */
  readonly path: string;
  readonly fields: readonly FieldGrant[];
  readonly report: Report;
}

export function checkBasisOfData(data: GrantedData): void {
  const { agreement, grant, schema, path, report } = data;
  if (grant.consent !== undefined && schema.subject?.kind !== 'person') {
    report.error(
      'consent_without_subject',
      `${path}/consent`,
      '数据集标准没有标明个人主体，无法核对个人同意',
      'the schema names no person as its subject, so that no consent can be found',
    );
  }
  if (agreement.assessment === undefined) {
    refuse(data, 'assessment_missing', ({ personal }) => personal === 'sensitive', {
      zh: '共享敏感个人信息须先作个人信息保护影响评估，并在 assessment 写明其摘要（个人信息保护法第五十五条）',
      en: 'sensitive personal data are shared after an impact assessment, named by its digest in assessment (PIPL art. 55)',
    });
    refuse(data, 'assessment_missing', entrustedWith(agreement), {
      zh: '委托处理个人信息须先作个人信息保护影响评估，并在 assessment 写明其摘要（个人信息保护法第五十五条）',
      en: 'personal data are handled by an entrusted party after an impact assessment, named by its digest in assessment (PIPL art. 55)',
    });
  }
  if (agreement.automatic === true) {
    refuse(data, 'not_for_automatic', notShareableAlone, {
      zh: '核心数据、重要数据、个人信息和 L4 数据项不能自动授权，应由提供部门逐项审批',
      en: 'core and important data, personal fields and fields of L4 are never granted automatically: a person decides about them',
    });
  }
  if (agreement.basis.type === 'public-disclosed') {
    refuse(data, 'not_public', notPublic, {
      zh: '依据是已依法公开，但该数据项是敏感个人信息或 L3、L4 级，不可能已经公开',
      en: 'the basis is lawful publication, but sensitive personal fields and those of L3 or L4 cannot have been published',
    });
  }
}

/** Personal fields that an entrusted party receives. Sensitive ones need their assessment whichever party receives them. */
function entrustedWith({ entrusted = [] }: Agreement): (tags: FieldTags, field: string) => boolean {
  const given = (field: string): boolean =>
    entrusted.some(({ fields }) => fields === undefined || fields.includes(rootOf(field)));
  return ({ personal }, field) => personal !== 'none' && personal !== 'sensitive' && given(field);
}

/**
 * Fields that the hub must not grant without a human decision. Exempt fields are neither personal nor of the highest level, in data of no
 * special class.
 */
export const notShareableAlone = (tags: FieldTags): boolean =>
  tags.personal !== 'none' ||
  tags.sensitivity === 'L4' ||
  tags.classification === 'core' ||
  tags.classification === 'important';

const notPublic = (tags: FieldTags): boolean =>
  tags.personal === 'sensitive' || tags.sensitivity === 'L3' || tags.sensitivity === 'L4';

/**
 * Applies to every mask: a masked core value is still core data. A dropped field is not released. Facts and statistics reveal something
 * about their fields, however little.
 */
function refuse(
  { grant, schema, path, fields, report }: GrantedData,
  code: string,
  isRefused: (tags: FieldTags, field: string) => boolean,
  message: { readonly zh: string; readonly en: string },
): void {
  const refused = (field: string): boolean => {
    const tags = tagsOf(schema, field);
    return tags !== undefined && isRefused(tags, field);
  };
  for (const { field, mask } of fields) {
    if (mask.name === 'drop' || !refused(field)) continue;
    report.error(code, path + pointer('fields', field), message.zh, message.en);
  }
  for (const [i, fact] of (grant.facts ?? []).entries()) {
    if (fieldsOfFact(fact).some(refused))
      report.error(code, path + pointer('facts', i), message.zh, message.en);
  }
  for (const [i, aggregate] of (grant.aggregates ?? []).entries()) {
    if (fieldsOfAggregate(aggregate).some(refused))
      report.error(code, path + pointer('aggregates', i), message.zh, message.en);
  }
}
