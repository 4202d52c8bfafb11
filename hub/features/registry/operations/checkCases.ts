import { datasetId, providerOf } from '../../../../terms/ids.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { casesUnfit } from '../../../domain/casesUnfit.ts';
import type { IntakeRules } from '../../../domain/intakeRules.ts';
import type { Services } from '../../common/services.ts';

/**
 * Checks rules for rows that several departments change. Such rows come by call from the first one on, so that each has its whole history.
 * @param lacksHistory the dataset has rows and no rules for cases so far
 * @throws Problem cases_unfit, unknown_reference (schema)
 */
export function checkCases(
  { id, schema }: { readonly id: string; readonly schema: string },
  intake: Partial<IntakeRules>,
  { registry, identity }: Pick<Services, 'registry' | 'identity'>,
  lacksHistory = false,
): void {
  const { cases } = intake;
  if (cases === undefined) return;
  const at = '/body/intake/cases';
  const read = registry.current.schemas.get(schema)?.schema;
  if (read === undefined) throw new Problem('unknown_reference', { kind: 'Schema', name: schema }, { at });
  const reason =
    companyUnfit(intake) ??
    (lacksHistory ? withRows : undefined) ??
    casesUnfit(cases, read, providerOf(datasetId(id)), (code) => identity.department(code) !== undefined);
  if (reason !== undefined) throw new Problem('cases_unfit', { reason }, { at });
}

/** @param present the dataset, which begins to have cases @throws Problem cases_unfit where it has rows */
export function refuseStoredRows(present: { readonly currentBatch: string | null } | undefined): void {
  if ((present?.currentBatch ?? null) !== null)
    throw new Problem('cases_unfit', { reason: withRows }, { at: '/body/intake/cases' });
}

/** Rules that cannot be registered together. */
function companyUnfit({ byCall, ...others }: Partial<IntakeRules>): Bilingual | undefined {
  if (byCall === undefined)
    return { zh: '须与 byCall 一同登记', en: 'cases needs byCall, because rows of cases come by call' };
  const name = (['deleteWhere', 'onRewrite', 'timeField', 'mayDelete'] as const).find(
    (one) => others[one] !== undefined,
  );
  return name === undefined
    ? undefined
    : { zh: `不能与 ${name} 一同登记`, en: `cases cannot be registered together with ${name}` };
}

const withRows: Bilingual = {
  zh: '数据资源已有数据，其历史不全：另登记一个数据资源',
  en: 'the dataset already has rows without a history: register another dataset',
};
