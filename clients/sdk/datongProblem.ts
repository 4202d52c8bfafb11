import type { ReplyMessage } from '../../certs/message.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { StoredExchange } from './storedExchange.ts';

/**
 * A refusal of the hub, as its problem+json describes it (docs/api.md, «Problems»). A program that does not catch it prints its enumerable
 * members. `reply` and `kept` are not among them: they have the bodies of request and reply, with personal data. Nor are empty members.
 */
export class DatongProblem extends Error {
  readonly status: number;
  /** stable, lower_snake */
  readonly code: string;
  readonly text: Bilingual;
  readonly next: Bilingual;
  /** who can correct it: caller, department, provider, data-office, operator */
  readonly who: string;
  declare readonly check: string | undefined;
  declare readonly expected: string | undefined;
  declare readonly received: string | undefined;
  declare readonly at: string | undefined;
  declare readonly findings: readonly unknown[];
  /** id under which the refusal was logged; undefined where it was not */
  declare readonly exchange: string | undefined;
  /** as received, signed or not */
  declare readonly reply: ReplyMessage;
  /** request, reply and receipt; undefined where the reply is not signed (it came from before the hub's application) */
  declare readonly kept: StoredExchange | undefined;

  constructor(reply: ReplyMessage, stored: StoredExchange | undefined) {
    const document = members(reply.body);
    const title = textOf(document['title']) ?? `the hub answered ${reply.status}`;
    super(title);
    this.name = 'DatongProblem';
    this.status = reply.status;
    this.code = textOf(document['code']) ?? `http_${reply.status}`;
    this.text = bilingual(document['detail'], title);
    this.next = bilingual(document['next'], '');
    this.who = textOf(document['who']) ?? 'caller';
    const findings = Array.isArray(document['findings']) ? document['findings'] : [];
    for (const name of ['check', 'expected', 'received', 'at', 'exchange'])
      define(this, name, textOf(document[name]), document[name] !== undefined);
    define(this, 'findings', findings, findings.length > 0);
    define(this, 'reply', reply, false);
    define(this, 'kept', stored, false);
  }
}

/** @param isPrinted where the error is printed */
const define = (problem: DatongProblem, name: string, value: unknown, isPrinted: boolean): void =>
  void Object.defineProperty(problem, name, { value, enumerable: isPrinted });

function members(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function bilingual(value: unknown, otherwise: string): Bilingual {
  const { zh, en } = typeof value === 'object' && value !== null ? (value as Partial<Bilingual>) : {};
  return { zh: textOf(zh) ?? otherwise, en: textOf(en) ?? otherwise };
}
