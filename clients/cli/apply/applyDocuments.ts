import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AppliedDocument, Kind } from './readDocuments.ts';
import { requestOf, type Signer, type StaffRequest } from './requestOf.ts';
import type { StaffClient, StaffReply } from './staffCall.ts';

/** What became of one document. */
export interface Applied {
  readonly file: string;
  readonly line: number;
  readonly kind: Kind;
  readonly name: string;
  readonly outcome: 'registered' | 'unchanged' | 'submitted' | 'granted' | 'refused';
  /** id of the last entry it left in the log */
  readonly exchange?: string;
  /** of a refusal */
  readonly code?: string;
  readonly at?: string;
  readonly message?: Bilingual;
  readonly next?: Bilingual;
  readonly findings?: readonly unknown[];
  /** id of a policy document; the hub chooses it for an automatic agreement */
  readonly id?: string;
  /** departments whose signature is still missing */
  readonly missing?: readonly string[];
}

export interface ApplyOptions {
  readonly client: StaffClient;
  readonly signers: readonly Signer[];
  /** token of the second person, who approves what was submitted */
  readonly approveWith?: string;
  /** told of each document when it is done */
  readonly onApplied?: (applied: Applied) => void;
}

/**
 * Sends the documents in their order; a refusal does not stop the others, but what refers to a refused one will be refused too.
 * Repeating it changes nothing.
 */
export async function applyDocuments(
  documents: readonly AppliedDocument[],
  options: ApplyOptions,
): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const document of documents) {
    const one = await applyDocument(document, options);
    applied.push(one);
    options.onApplied?.(one);
  }
  return applied;
}

async function applyDocument(document: AppliedDocument, options: ApplyOptions): Promise<Applied> {
  const { file, line, kind } = document;
  const request = prepared(document, options.signers);
  if (request instanceof Problem)
    return { file, line, kind, name: nameOf(document), ...locallyRefused(request) };
  const { name, path, body } = request;
  const at = { file, line, kind, name };
  const reply = await options.client.post(path, body);
  if (reply.status >= 400) return { ...at, ...refusalOf(reply) };
  if (!isPolicy(kind))
    return { ...at, ...exchangeOf(reply), outcome: changed(reply) ? 'registered' : 'unchanged' };
  if (reply.body['state'] !== 'submitted') {
    const { id } = reply.body as { id: string };
    return { ...at, id, ...exchangeOf(reply), outcome: changed(reply) ? 'granted' : 'unchanged' };
  }
  const missing = (reply.body['missing'] as readonly string[] | undefined) ?? [];
  if (options.approveWith === undefined || missing.length > 0) {
    return {
      ...at,
      ...exchangeOf(reply),
      outcome: 'submitted',
      ...(missing.length === 0 ? {} : { missing }),
    };
  }
  return { ...at, ...(await approve(reply, options, options.approveWith)) };
}

type Refused = Omit<Applied, 'file' | 'line' | 'kind' | 'name'>;

/** What this machine can see to be wrong is refused like what the hub refuses. */
function prepared(document: AppliedDocument, signers: readonly Signer[]): StaffRequest | Problem {
  try {
    return requestOf(document, signers);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function nameOf({ members }: AppliedDocument): string {
  const name = members['id'] ?? members['code'] ?? members['shared'];
  return typeof name === 'string' ? name : '?';
}

function locallyRefused({ code, text, next, extras }: Problem): Refused {
  return {
    outcome: 'refused',
    code,
    message: text,
    next,
    ...(extras.at === undefined ? {} : { at: extras.at }),
    ...(extras.findings === undefined ? {} : { findings: extras.findings }),
  };
}

async function approve(
  submitted: StaffReply,
  { client }: ApplyOptions,
  token: string,
): Promise<Pick<Applied, 'outcome'>> {
  const { id, version, digest } = submitted.body as { id: string; version: number; digest: string };
  const path = `/v1/policy/documents/${id}/versions/${version}/approval`;
  const reply = await client.post(path, { digest }, token);
  return reply.status >= 400 ? refusalOf(reply) : { ...exchangeOf(reply), outcome: 'granted' };
}

const isPolicy = (kind: Kind): boolean =>
  kind === 'Agreement' || kind === 'AutomaticAgreement' || kind === 'Restriction';
const changed = (reply: StaffReply): boolean => reply.body['changed'] === true;
const exchangeOf = ({ exchange }: StaffReply): Pick<Applied, 'exchange'> =>
  exchange === undefined ? {} : { exchange };

function refusalOf(reply: StaffReply): Refused {
  const { code, at, detail, next, findings } = reply.body as {
    code?: string;
    at?: string;
    detail?: Bilingual;
    next?: Bilingual;
    findings?: readonly unknown[];
  };
  return {
    outcome: 'refused',
    ...exchangeOf(reply),
    code: code ?? `status ${reply.status}`,
    ...(at === undefined ? {} : { at }),
    ...(detail === undefined ? {} : { message: detail }),
    ...(next === undefined ? {} : { next }),
    ...(findings === undefined ? {} : { findings }),
  };
}
