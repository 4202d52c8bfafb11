import type { Bilingual } from '../../terms/bilingual.ts';

interface Refusal {
  readonly code?: string | undefined;
  /** its entry in the log */
  readonly exchange?: unknown;
  readonly next?: Bilingual | undefined;
}

/**
 * The next step after a refusal by the hub. A call to an unknown address has no log entry; the hub's advice for it is about path and listener,
 * for programmers. Here the cause can also be a hub that is older than this command.
 */
export function nextStep({ code, exchange, next }: Refusal): Bilingual | undefined {
  const noAddress = code === 'not_found' || code === 'method_not_allowed';
  if (!noAddress || exchange !== undefined) return next;
  return {
    zh: '核对所写的编号；编号无误的，枢纽可能是较早的版本，没有这项功能：请运维升级枢纽，或使用与枢纽同版本的 datong',
    en: 'check the id; if it is right, the hub may be of an earlier release without this operation: ask its operator, or use the datong of that release',
  };
}
