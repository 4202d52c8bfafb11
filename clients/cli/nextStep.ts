import type { Bilingual } from '../../terms/bilingual.ts';

interface Refusal {
  readonly code?: string | undefined;
  /** its entry in the log */
  readonly exchange?: unknown;
  readonly next?: Bilingual | undefined;
}

/**
 * The next step of a refusal by the hub. An address that the hub does not have leaves no entry: its own step, about path and listener, is for
 * those who write requests. Here it can also be a verb that came with a later release than that of the hub.
 */
export function nextStep({ code, exchange, next }: Refusal): Bilingual | undefined {
  const noAddress = code === 'not_found' || code === 'method_not_allowed';
  if (!noAddress || exchange !== undefined) return next;
  return {
    zh: '核对所写的编号；编号无误的，枢纽可能是较早的版本，没有这项功能：请运维升级枢纽，或使用与枢纽同版本的 datong',
    en: 'check the id; if it is right, the hub may be of an earlier release without this operation: ask its operator, or use the datong of that release',
  };
}
