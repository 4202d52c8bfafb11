/** What a consumer owes for data it received, and its signed statement. */
import type { components } from '../../api/openapi.ts';
import { signJws, statementType } from '../../certs/jws.ts';
import type { SigningKey } from '../../certs/signatures/index.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';

export type Duty = components['schemas']['Duty'];
export interface DutyList {
  readonly duties: readonly Duty[];
}

export interface DutyList {
  readonly duties: readonly Duty[];
}

/** Duties of one page. */
export type DutyPage = components['schemas']['DutyPage'];

/** What is asked of the list of duties. */
export interface AskedDuties {
  /** only what is open and near */
  readonly due?: boolean;
  /** of the page before: `nextCursor` */
  readonly cursor?: string;
  /** rows of a page, 1 to 200; 50 where it is absent */
  readonly limit?: number;
}

export interface StatedDuties {
  /** ids, all answered by the same word */
  readonly duties: readonly string[];
  readonly states: Duty['states'];
  /** of `use-reported`: what the data were used for; no names or numbers of persons */
  readonly report?: string;
}

/** A compact JWS of type `datong-statement+jws`. */
export const signedStatement = (stated: StatedDuties, department: string, key: SigningKey): string =>
  signJws(canonicalJson({ v: 1, department, ...stated, duties: [...stated.duties] }), key, {
    typ: statementType,
  });
