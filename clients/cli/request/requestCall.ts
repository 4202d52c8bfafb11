/** Shared by the verbs of `datong request`: the person's access, the papers of a request, and its line. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestPapers, RequestSummary, RequestView } from '../../sdk/listTypes.ts';
import { staffClient, type StaffClient } from '../apply/staffCall.ts';
import { readDocuments, type AppliedDocument } from '../apply/readDocuments.ts';
import { openStaffAccess, type StaffOptions } from '../profile.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';
import { defined } from '../../../terms/defined.ts';

export interface RequestOptions extends StaffOptions {
  readonly json?: boolean;
}

/** Works as the person whose token the options name (in the demo: the steward). @throws DatongRefusal */
export async function asSteward<T>(
  options: StaffOptions,
  work: (client: StaffClient) => Promise<T>,
): Promise<T> {
  const client = staffClient(openStaffAccess(options, 'steward'));
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

export interface PaperOptions {
  readonly reason?: string;
  /** file of the signed undertaking */
  readonly commitment?: string;
  /** file of the text that the basis cites */
  readonly basisText?: string;
  readonly volume?: string;
}

/** @throws VerbFailure (exit 2) where reason or undertaking is missing; the file system's error */
export function papersOf({ reason, commitment, basisText, volume }: PaperOptions): RequestPapers {
  if (reason === undefined || commitment === undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '需要 --reason 与 --commitment（承诺书文件）',
      en: '--reason and --commitment (file of the undertaking) are needed',
    });
  }
  const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
  return {
    reason,
    commitment: digest(commitment),
    ...(basisText === undefined ? {} : { basisText: digest(basisText) }),
    ...defined({ volume }),
  };
}

/** The one agreement of a file. @throws VerbFailure (exit 4) */
export function agreementIn(file: string): AppliedDocument {
  const [document, ...others] = readDocuments(file);
  const fits = document?.kind === 'Agreement' || document?.kind === 'AutomaticAgreement';
  if (fits && others.length === 0) return document;
  throw new VerbFailure(exitCode.local, {
    zh: `${file} 应只有一份 Agreement 或 AutomaticAgreement`,
    en: `${file} has to hold one Agreement or AutomaticAgreement`,
  });
}

const states = {
  reviewing: { zh: '办理中', en: 'reviewing' },
  returned: { zh: '退回补正', en: 'returned' },
  offered: { zh: '待接受', en: 'offered' },
  approved: { zh: '已审定待签署', en: 'approved' },
  granted: { zh: '已授权', en: 'granted' },
  refused: { zh: '已拒绝', en: 'refused' },
  withdrawn: { zh: '已撤回', en: 'withdrawn' },
} as const satisfies Readonly<Record<RequestView['state'], { readonly zh: string; readonly en: string }>>;

export const stateText = (state: RequestView['state']): string => say(states[state]);

/** Id, state, stage, deadline, consumer, provider and purpose. */
export const rowOf = ({
  id,
  state,
  stage,
  due,
  provisional,
  consumer,
  provider,
  agreement,
}: RequestSummary): string[] => [
  ...[id, stateText(state), stage ?? '–'],
  due === undefined ? '–' : `${due}${provisional === true ? '?' : ''}`,
  `${provider} → ${consumer}`,
  agreement,
];
