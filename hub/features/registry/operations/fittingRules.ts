/** Whether what a dataset asks of its submissions means something. */
import { Problem } from '../../../../terms/problem.ts';
import { byCallUnfit } from '../../../domain/byCall.ts';
import { crossRuleUnfit } from '../../../domain/crossRule.ts';
import { idleRule, type IntakeRules } from '../../../domain/intakeRules.ts';
import { periodsUnfit } from '../../../domain/periods.ts';
import { referenceUnfit } from '../../../domain/reference.ts';
import { mayDecideFor } from '../../../flows/intake/namedDecider.ts';
import type { DatasetMode } from '../../../registry/store/datasets.ts';
import type { Services } from '../../common/services.ts';

/**
 * Against the version that it is bound to, and what it refers to, as the registry was last read.
 * @throws Problem intake_rule_idle, reference_unfit, cross_rule_unfit, periods_unfit, by_call_unfit, unknown_reference (schema, field of deleteWhere)
 */
export function checkRules(
  { id, mode, schema }: { readonly id: string; readonly mode: DatasetMode; readonly schema: string },
  intake: Partial<IntakeRules>,
  { registry }: Pick<Services, 'registry'>,
): void {
  const idle = idleRule(mode, intake);
  if (idle !== undefined) throw new Problem('intake_rule_idle', { rule: idle, mode });
  const { deleteWhere, references = [], crossRules = [], periods, byCall } = intake;
  const { schemas, datasets } = registry.current;
  const read = schemas.get(schema)?.schema;
  references.forEach((reference, nth) => {
    const at = `/body/intake/references/${nth}`;
    if (read === undefined) throw new Problem('unknown_reference', { kind: 'Schema', name: schema }, { at });
    const known = datasets.get(reference.dataset);
    const other = known === undefined ? undefined : { schema: known.schema, mode: known.row.mode };
    const itself = { schema: read, mode };
    const reason = referenceUnfit(id, reference, read, reference.dataset === id ? itself : other);
    if (reason !== undefined) throw new Problem('reference_unfit', { reason }, { at });
  });
  crossRules.forEach((rule, nth) => {
    const at = `/body/intake/crossRules/${nth}`;
    if (read === undefined) throw new Problem('unknown_reference', { kind: 'Schema', name: schema }, { at });
    const reason = crossRuleUnfit(rule, read);
    if (reason !== undefined) throw new Problem('cross_rule_unfit', { reason }, { at });
  });
  if (periods !== undefined) {
    const at = '/body/intake/periods';
    if (read === undefined) throw new Problem('unknown_reference', { kind: 'Schema', name: schema }, { at });
    const reason = periodsUnfit(periods, read);
    if (reason !== undefined) throw new Problem('periods_unfit', { reason }, { at });
  }
  if (byCall !== undefined) {
    const at = '/body/intake/byCall';
    if (read === undefined) throw new Problem('unknown_reference', { kind: 'Schema', name: schema }, { at });
    const reason = byCallUnfit(byCall, read);
    if (reason !== undefined) throw new Problem('by_call_unfit', { reason }, { at });
  }
  if (deleteWhere !== undefined && read?.fields.some(({ name }) => name === deleteWhere.field) !== true)
    throw new Problem(
      'unknown_reference',
      { kind: 'field', name: deleteWhere.field },
      { at: '/body/intake/deleteWhere/field' },
    );
}

/** Whoever is newly named to decide held batches may do so. @param stands the rules before; {} of a new dataset @param now Unix milliseconds @throws Problem decider_unfit */
export function checkDecider(
  department: string,
  { decides }: Partial<IntakeRules>,
  stands: Partial<IntakeRules>,
  { identity }: Pick<Services, 'identity'>,
  now: number,
): void {
  if (decides === undefined || decides === stands.decides) return;
  if (!mayDecideFor(department, decides, identity, now))
    throw new Problem('decider_unfit', { person: decides }, { at: '/body/intake/decides' });
}
