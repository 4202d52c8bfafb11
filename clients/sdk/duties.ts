/** Duties of a consumer for data it received, and its signed statement. */
import type { components } from '../../api/openapi.ts';
import { signJws, statementType } from '../../certs/jws.ts';
import type { SigningKey } from '../../certs/signatures/index.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';
import { jsonCall, pathWith } from './jsonCall.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer } from './types.ts';

export type Duty = components['schemas']['Duty'];
export interface DutyList {
  readonly duties: readonly Duty[];
}

/** Duties of one page. */
export type DutyPage = components['schemas']['DutyPage'];

/** Parameters of the list of duties. */
export interface RequestedDuties {
  /** only open duties that are due soon */
  readonly due?: boolean;
  /** `nextCursor` of the page before */
  readonly cursor?: string;
  /** rows of a page, 1 to 200; 50 where it is absent */
  readonly limit?: number;
}

export interface StatedDuties {
  /** ids; one statement answers them all */
  readonly duties: readonly string[];
  readonly states: Duty['states'];
  /** of `use-reported`: what the data were used for; no names or numbers of persons */
  readonly report?: string;
}

/** A compact JWS of type `datong-statement+jws`. */
const signedStatement = (stated: StatedDuties, department: string, key: SigningKey): string =>
  signJws(canonicalJson({ v: 1, department, ...stated, duties: [...stated.duties] }), key, {
    typ: statementType,
  });

/** One page of duties. */
export async function dutyPage(
  call: (input: CallInput) => Promise<Answer<unknown>>,
  { due = false, ...page }: RequestedDuties,
): Promise<Answer<DutyPage>> {
  const path = pathWith('/v1/duties', { ...page, ...(due ? { due } : {}) });
  return (await call({ method: 'GET', path, receipt: 'required' })) as Answer<DutyPage>;
}

/** Returns page after page until the last one. */
export async function everyDuty(
  page: (requested: Pick<RequestedDuties, 'cursor' | 'limit'>) => Promise<Answer<DutyPage>>,
): Promise<readonly Duty[]> {
  const found: Duty[] = [];
  let cursor: string | undefined;
  do {
    const { json } = await page({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...json.duties);
    cursor = json.nextCursor;
  } while (cursor !== undefined);
  return found;
}

/** Submits the statement that a department fulfilled its duties. @returns the duties that it answers */
export async function stateDuties(
  call: (input: CallInput) => Promise<Answer<unknown>>,
  stated: StatedDuties,
  department: string,
  key: SigningKey,
): Promise<Answer<DutyList>> {
  const body = { statement: signedStatement(stated, department, key) };
  return (await call(jsonCall('/v1/duties/statements', body, {}, 'required'))) as Answer<DutyList>;
}
