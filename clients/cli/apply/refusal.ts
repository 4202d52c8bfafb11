/** A refusal of one document, by the hub or found on this machine: checks and applications report it alike. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { defined } from '../../../terms/defined.ts';
import type { Problem } from '../../../terms/problem.ts';
import type { StaffReply } from './staffCall.ts';

export interface Refusal {
  readonly code: string;
  readonly at?: string;
  readonly message?: Bilingual;
  readonly next?: Bilingual;
  readonly findings?: readonly unknown[];
}

/** @param reply with a problem as its body */
export function refusalOf({ status, body }: StaffReply): Refusal {
  const { code, at, detail, next, findings } = body as {
    readonly code?: string;
    readonly at?: string;
    readonly detail?: Bilingual;
    readonly next?: Bilingual;
    readonly findings?: readonly unknown[];
  };
  return { code: code ?? `status ${status}`, ...defined({ at, message: detail, next, findings }) };
}

/** @param at place of the error where the problem names none */
export const localRefusal = ({ code, text, next, extras }: Problem, at?: string): Refusal => ({
  code,
  message: text,
  next,
  ...defined({ at: extras.at ?? at, findings: extras.findings }),
});
