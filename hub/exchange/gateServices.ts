/** What the gate is asked, and what it needs. */
import type { RequestMessage } from '../../certs/message.ts';
import type { EntryKind } from '../../log/leaf.ts';
import type { AuditLog } from '../audit/draft.ts';
import type { Caller, TlsPeer } from '../identity/caller.ts';
import type { Buckets } from './bucket.ts';
import type { ExchangeOperation } from './call.ts';
import type { Overload } from './overload.ts';
import type { OutgoingReply, ReplySigner } from './reply.ts';

export interface GateInput {
  readonly operation: string;
  readonly message: RequestMessage;
  readonly peer: TlsPeer | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** parses and validates the body against openapi.yaml; called after authentication. @throws Problem */
  readonly parseBody: () => unknown;
}

export interface Gate {
  /** Never rejects: whatever goes wrong becomes a reply. */
  answer(input: GateInput): Promise<OutgoingReply>;
}

export interface GateServices {
  readonly audit: AuditLog;
  /** the registries as of the log's newest epoch; resolves at once when nothing changed */
  readonly current: () => Promise<void> | undefined;
  /** @throws Problem or Refusal */
  readonly authenticate: (
    message: RequestMessage,
    peer: TlsPeer | undefined,
    nowMs: number,
    exchange: string,
  ) => Caller;
  readonly operations: ReadonlyMap<string, ExchangeOperation>;
  /** kind of the entry of an operation's denials */
  readonly kindOf: (operation: string) => EntryKind;
  readonly signer: ReplySigner;
  readonly buckets: Buckets;
  readonly overload: Overload;
  /** Unix milliseconds, database clock */
  readonly now: () => number;
  /** told of failures that are the hub's own; must not throw */
  readonly report: (failure: {
    readonly exchange: string;
    readonly operation: string;
    readonly error: unknown;
  }) => void;
}
