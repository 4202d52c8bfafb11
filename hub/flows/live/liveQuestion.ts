import type { Permission, RowCondition } from '../../../policies/decision.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { Query } from '../release/query.ts';
import { callersTerms, columnsNamed, fieldsToRead } from '../release/rowsAsked.ts';

/** What of a dataset's rows is asked of its provider. */
export interface LiveQuestion {
  /** names, in the schema's order; no other value of a row is looked at */
  readonly fields: readonly string[];
  /** the agreement's row filter and the caller's own terms, ANDed */
  readonly filter: readonly RowCondition[];
  /** whether `fields` are all that the schema has, so that a row can be judged as a whole */
  readonly whole: boolean;
}

/**
 * No more than the answer is made from and the rows are checked by. Only where the schema says something of several fields at once is the
 * whole row asked for.
 * @throws Problem filter_value_invalid, unknown_field
 */
export function liveQuestion(dataset: LiveDataset, query: Query, permission: Permission): LiveQuestion {
  const { schema, compiled } = dataset;
  const layout = layoutOf(schema);
  const filter = [...permission.rowFilter, ...callersTerms(layout, query)];
  const checks = compiled.fields();
  const whole = checks === undefined || checks.together !== undefined;
  const needed = new Set([
    ...columnsNamed(layout, fieldsToRead(permission)).map(({ field }) => field),
    ...filter.map(({ field }) => field),
    ...(schema.subject === undefined ? [] : [schema.subject.field]),
  ]);
  const fields = schema.fields.map(({ name }) => name).filter((name) => whole || needed.has(name));
  return { fields, filter, whole };
}
