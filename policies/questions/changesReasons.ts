import type { Agreement } from '../documents/agreement.ts';

/**
 * Whether `after` has another reason for a field than `before`, for the same dataset and purpose. A field that is left out takes its reason
 * with it; a reason for a further field is another one.
 */
export function changesReasons(before: Agreement, after: Agreement): boolean {
  const given = new Map(reasonsOf(before));
  return reasonsOf(after).some(([cell, reason]) => given.get(cell) !== reason);
}

/** By dataset, purpose and field: one dataset may be granted more than once, for different purposes. */
const reasonsOf = ({
  purposes,
  grants,
}: Agreement): (readonly [cell: string, reason: string | undefined])[] =>
  grants.flatMap(({ dataset, purposes: narrowed, fields, reasons = {} }) =>
    (narrowed ?? purposes).flatMap((purpose) =>
      Object.keys(fields).map((field) => [`${dataset}\n${purpose}\n${field}`, reasons[field]] as const),
    ),
  );
