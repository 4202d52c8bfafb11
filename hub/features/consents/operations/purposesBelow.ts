import { purposeAncestors } from '../../../../policies/purpose.ts';
import type { PurposeRow } from '../../../registry/store/purposes.ts';

/** The registered purposes among the named ones, and those below them. */
export function purposesBelow(rows: readonly PurposeRow[], named: readonly string[]): readonly string[] {
  const known = rows.map(({ code, parent }) => ({
    code,
    title: { zh: '', en: '' },
    ...(parent === null ? {} : { parent }),
  }));
  return known
    .map(({ code }) => code)
    .filter((code) => purposeAncestors(known, code).some((one) => named.includes(one)));
}
