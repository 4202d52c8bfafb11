import type { components } from '../../api/openapi.ts';
import { pathWith } from './jsonCall.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer } from './types.ts';

/** One of a department's own exchanges, as recorded in its log entry. */
export type OwnExchange = components['schemas']['ExchangeView'];
/** What happened to one exchange, step by step. */
export type ExchangeDiagnosis = components['schemas']['ExchangeDiagnosis'];
export type ExchangeList = components['schemas']['ExchangeList'];

/** Parameters of the list of exchanges; without members it returns the newest 50. */
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

type Calling = (input: CallInput) => Promise<Answer<unknown>>;

/** @param part the part of an exchange that is asked for */
export const ofExchange = (exchange: string, part: 'receipt' | 'diagnosis'): CallInput => ({
  method: 'GET',
  path: `/v1/exchanges/${encodeURIComponent(exchange)}/${part}`,
  receipt: 'optional',
});

export const exchangePage = async (call: Calling, page: ExchangePage): Promise<Answer<ExchangeList>> =>
  (await call({
    method: 'GET',
    path: pathWith('/v1/exchanges', page),
    receipt: 'required',
  })) as Answer<ExchangeList>;

export const exchangeDiagnosis = async (
  call: Calling,
  exchange: string,
): Promise<Answer<ExchangeDiagnosis>> =>
  (await call(ofExchange(exchange, 'diagnosis'))) as Answer<ExchangeDiagnosis>;
