import type { components } from '../../api/openapi.ts';

/** One of a department's own exchanges, as its entry of the log says it. */
export type OwnExchange = components['schemas']['ExchangeView'];
export type ExchangeList = components['schemas']['ExchangeList'];

/** Which of them; without members the newest 50. */
export interface ExchangePage {
  readonly decision?: 'allow' | 'deny';
  readonly dataset?: string;
  readonly operation?: string;
  /** index in the log: only later ones */
  readonly after?: number;
  /** `nextCursor` of the page before */
  readonly cursor?: string;
  /** at most 200 */
  readonly limit?: number;
}
