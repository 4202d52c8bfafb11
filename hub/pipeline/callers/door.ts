/** What differs between listeners: who may stand before one, and how its replies leave. */
import type { SigningKey } from '../../../certs/signatures/index.ts';
import type { AtExchange, Caller, CallHead, DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { OutgoingReply, ReplyParts } from '../reply.ts';

export interface Door<C extends Caller> {
  /** the scheme of openapi.yaml's `security` that it stands for; undefined where nothing is asked */
  readonly scheme: string | undefined;
  /** whose calls are counted together before anybody was authenticated */
  bucketOf(head: CallHead): string;
  /**
   * Who is calling, from the head alone.
   * @throws Refusal, with what was proven and what was merely said
   */
  authenticate(head: CallHead, at: AtExchange): Promise<C> | C;
  /** address of callers who are not proven, to slow them down; undefined where a certificate was demanded anyway */
  strangerOf(head: CallHead): string | undefined;
  /** behind doors whose operations may be streams */
  readonly streams?: {
    /** the hub's key, which signs what a stream says of itself */
    readonly key: SigningKey;
    /** whether a caller that came in before may still be here. @throws Problem */
    checkStanding(caller: DepartmentCaller): void;
  };
  reply(head: CallHead, parts: ReplyParts): Promise<OutgoingReply> | OutgoingReply;
}
