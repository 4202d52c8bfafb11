import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { ConsentDemand } from '../decision.ts';
import type { Agreement, GrantConsent } from '../documents/agreement.ts';
import type { Report } from './report.ts';

/**
 * What a grant asks of the persons behind its rows. It compiles only where the hub can find out: the rows are about persons, and where age
 * is asked the row itself names birth and guardian (PIPL art. 31: under 14 the parent or guardian decides). Consents count that the provider
 * asked for, or a department that the agreement, which the provider signed, names: no two others make one between them.
 */
export function consentDemand(
  { required: _required, collectors = [], ...demand }: GrantConsent,
  agreement: Agreement,
  schema: DatasetSchema,
  path: string,
  report: Report,
): ConsentDemand {
  const field = (name: string | undefined) => schema.fields.find((one) => one.name === name);
  const fault = (word: string, zh: string, en: string): void =>
    report.error('consent_not_decidable', `${path}/consent${word}`, zh, en);
  const { subject } = schema;
  const { guardianUnder, birth, guardian } = demand;
  if ((guardianUnder === undefined) !== (birth === undefined)) {
    fault(
      '/birth',
      '按年龄要求监护人同意时须写明出生日期数据项，否则不写',
      'birth goes with guardianUnder, and only with it',
    );
  }
  if (guardianUnder !== undefined && guardian === undefined) {
    fault('/guardian', '须写明监护人数据项', 'guardianUnder needs the field that names the guardian');
  }
  if (birth !== undefined && field(birth)?.format !== 'date') {
    fault('/birth', '没有这个数据项，或它不是日期', 'there is no such field, or it is no date');
  }
  const own = field(subject?.field)?.semantic;
  if (guardian !== undefined && (field(guardian)?.semantic !== own || guardian === subject?.field)) {
    fault(
      '/guardian',
      '没有这个数据项，或它与主体标识不是同一种标识',
      'there is no such field, or it names no person as the subject is named',
    );
  }
  if (collectors.includes(consumerOf(agreement))) {
    fault('/collectors', '接收部门不能采集对自己的同意', 'the recipient does not ask for consents to itself');
  }
  return { ...demand, collectors: [...new Set([agreement.provider, ...collectors])] };
}

const consumerOf = ({ consumer }: Agreement): string =>
  typeof consumer === 'string' ? consumer : consumer.department;
