/**
 * The one error class. Code that rejects something throws a Problem with a code of the catalogue; `hub/platform/http` turns it into RFC
 * 9457 problem+json and the command line into a sentence. A Problem never contains personal data.
 */
import { fill, type Bilingual, type Filling } from './bilingual.ts';
import {
  inBothLanguages,
  isReportedName,
  type ActWord,
  type FaultWord,
  type KindWord,
  type NamedThing,
  type RoleWord,
  type StateWord,
} from './factWords.ts';
import { problemCatalogue, type Mender, type ProblemCode } from './problemCatalogue.ts';

/**
 * Small facts that fill the `{places}` of the catalogue's sentence: names, numbers, codes. Never values of fields. The named ones are
 * words: a word with a Chinese translation, or a text in both languages.
 */
export type ProblemFacts = Readonly<Record<string, Filling>> & {
  readonly reason?: FaultWord | Bilingual;
  readonly what?: FaultWord | KindWord | NamedThing | Bilingual;
  readonly kind?: KindWord | Bilingual;
  readonly state?: StateWord | Bilingual;
  readonly act?: ActWord | Bilingual;
  readonly role?: RoleWord | Bilingual;
};

/** The facts, with their words in both languages. */
const reported = (facts: ProblemFacts): Readonly<Record<string, Filling>> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      typeof fact === 'string' && isReportedName(name) ? inBothLanguages(name, fact) : fact,
    ]),
  );

/** Further information for a reader of the problem. All optional; every member is public. */
export interface ProblemExtras {
  /** The check that failed, in the order of docs/ARCHITECTURE.md, e.g. `signature`. */
  readonly check?: string;
  readonly expected?: string;
  readonly received?: string;
  /** JSON pointer, header or field concerned. */
  readonly at?: string;
  readonly findings?: readonly unknown[];
  /** Who can resolve it, where this case differs from the catalogue. */
  readonly who?: Mender;
  /** Reply headers of this problem, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
}

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly facts: ProblemFacts;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, facts: ProblemFacts = {}, extras: ProblemExtras & { cause?: unknown } = {}) {
    const { cause, ...rest } = extras;
    super(fill(problemCatalogue[code].text, facts).en, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.facts = facts;
    this.extras = rest;
  }

  /** HTTP status of the reply. */
  get status(): number {
    return problemCatalogue[this.code].status;
  }

  /** What is wrong, in both languages. */
  get text(): Bilingual {
    return fill(problemCatalogue[this.code].text, reported(this.facts));
  }

  /** What to do next, in both languages. */
  get next(): Bilingual {
    return fill(problemCatalogue[this.code].next, reported(this.facts));
  }
}

/** RFC 9457 members plus ours: docs/api.md, «Problems». */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: Bilingual;
  readonly next: Bilingual;
  /** Who can resolve it: caller, department, other, provider, data-office, operator. */
  readonly who: string;
  readonly check?: string;
  readonly expected?: string;
  readonly received?: string;
  readonly at?: string;
  readonly findings?: readonly unknown[];
  readonly exchange?: string;
}

/** A problem that a thread sent in parts: its class does not pass between threads. */
export const problemInParts = (parts: {
  readonly code: string;
  readonly facts: object;
  readonly extras: object;
}): Problem => new Problem(parts.code as ProblemCode, parts.facts as ProblemFacts, parts.extras);

/** The reply body for a problem. `exchange` is the id under which the rejection was logged, if it was. */
export function problemDocument(problem: Problem, exchange?: string): ProblemDocument {
  const { headers: _headers, ...extras } = problem.extras;
  return {
    type: `urn:datong:problem:${problem.code}`,
    title: problem.text.en,
    status: problem.status,
    code: problem.code,
    detail: problem.text,
    next: problem.next,
    who: problemCatalogue[problem.code].who,
    ...extras,
    ...(exchange === undefined ? {} : { exchange }),
  };
}
