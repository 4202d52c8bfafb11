import type { ReplyMessage } from '../../certs/message.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { StoredExchange } from './storedExchange.ts';

/** A refusal of the hub, as its problem+json describes it (docs/api.md, «Problems»). */
export class DatongProblem extends Error {
  readonly status: number;
  /** stable, lower_snake */
  readonly code: string;
  readonly text: Bilingual;
  readonly next: Bilingual;
  /** who can correct it: caller, department, provider, data-office, operator */
  readonly who: string;
  readonly check: string | undefined;
  readonly expected: string | undefined;
  readonly received: string | undefined;
  readonly at: string | undefined;
  readonly findings: readonly unknown[];
  /** id under which the refusal was logged; undefined where it was not */
  readonly exchange: string | undefined;
  /** as received, signed or not */
  readonly reply: ReplyMessage;
  /** request, reply and receipt; undefined where the reply is not signed (it came from before the hub's application) */
  readonly kept: StoredExchange | undefined;

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
    this.check = textOf(document['check']);
    this.expected = textOf(document['expected']);
    this.received = textOf(document['received']);
    this.at = textOf(document['at']);
    this.findings = Array.isArray(document['findings']) ? document['findings'] : [];
    this.exchange = textOf(document['exchange']);
    this.reply = reply;
    this.kept = stored;
  }
}

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
