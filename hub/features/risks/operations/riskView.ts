import type { components } from '../../../../api/openapi.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { riskRules } from '../../../domain/risks/risk.ts';
import type { RiskRow } from '../store/risks.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import type { Services } from '../../common/services.ts';

/** A finding of the rules over the log: `Risk` of openapi.yaml. It names no person whose data were read. @param now Unix milliseconds */
export function riskView(
  row: RiskRow,
  now: number,
  identity: Services['identity'],
): components['schemas']['Risk'] {
  const { id, rule, day, consumer, official, departments, count, limit, entries, due, exchange } = row;
  const { zh, en } = riskRules[rule];
  const today = dayInChina(now);
  return {
    ...{ id, rule, day, count, limit, due, exchange },
    message: { zh, en },
    departments: [...departments],
    entries: [...entries],
    found: new Date(row.foundAt).toISOString(),
    state: row.state,
    overdue: row.state !== 'acknowledged' && due < today,
    ...(consumer === null ? {} : { consumer }),
    ...(official === null ? {} : { official }),
    ...(row.person === null ? {} : { person: row.person }),
    ...(row.escalatedBy === null ? {} : { escalatedBy: row.escalatedBy }),
    ...(row.escalation === null ? {} : { escalation: row.escalation }),
    ...(row.acknowledgedBy === null ? {} : { acknowledgedBy: row.acknowledgedBy }),
    ...namesBeside(identity, {
      person: row.person,
      escalatedBy: row.escalatedBy,
      acknowledgedBy: row.acknowledgedBy,
    }),
    ...(row.acknowledgement === null ? {} : { acknowledgement: row.acknowledgement }),
  };
}
