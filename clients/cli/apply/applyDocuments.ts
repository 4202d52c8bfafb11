import { Problem } from '../../../terms/problem.ts';
import type { AppliedDocument, Kind } from './readDocuments.ts';
import type { SignatureFile } from '../sign/signatureFile.ts';
import { checkDocument, type Checked, type Prepared } from './checkDocuments.ts';
import { localRefusal, refusalOf, type Refusal } from './refusal.ts';
import { requestOf, type Signer, type StaffRequest } from './requestOf.ts';
import type { StaffClient, StaffReply } from './staffCall.ts';
import { pathSegment } from '../values.ts';
import { defined } from '../../../terms/defined.ts';

/** Outcome of one document. */
export interface Applied extends Partial<Refusal> {
  readonly file: string;
  readonly line: number;
  readonly kind: Kind;
  readonly name: string;
  readonly outcome:
    | 'registered'
    | 'unchanged'
    | 'proposed'
    | 'submitted'
    | 'granted'
    | 'suspended'
    | 'refused'
    /** another document of its file is refused */
    | 'held'
    /** only checked: nothing speaks against it */
    | 'ready';
  /** id of the last entry it left in the log */
  readonly exchange?: string;
  /** id of a policy document; the hub chooses it for an automatic agreement */
  readonly id?: string;
  /** for a document that waits for another person: its id, and the department whose persons decide (absent: the data office's) */
  readonly proposal?: string;
  readonly owner?: string;
  /** the token of the second person was given, but a steward of the department decides */
  readonly ownerDecides?: boolean;
  /** departments whose signature is still missing */
  readonly missing?: readonly string[];
  /** result of a check: who has to act, and what it opens */
  readonly checked?: Checked;
}

export interface ApplyOptions {
  readonly client: StaffClient;
  readonly signers: readonly Signer[];
  /** made elsewhere, by `datong policy sign` */
  readonly signatures?: readonly SignatureFile[];
  /** token of the second person, who approves the submitted documents */
  readonly approveWith?: string;
  /** digest of the accepted effect, where an approval requires it */
  readonly acceptEffect?: string;
  /** sends a file whole or not at all: everything is checked first, and a refusal stops the rest of its file */
  readonly whole?: boolean;
  /** nothing is sent */
  readonly checkOnly?: boolean;
  /** called with each document when it is done */
  readonly onApplied?: (applied: Applied) => void;
}

/**
 * Sends the documents in their order. Without `whole` a refusal does not stop the others, but documents that refer to a refused one are
 * refused too. Repeating it changes nothing.
 */
export async function applyDocuments(
  documents: readonly AppliedDocument[],
  options: ApplyOptions,
): Promise<Applied[]> {
  const applied: Applied[] = [];
  const { whole = false, checkOnly = false } = options;
  const tried = new Set<AppliedDocument>();
  // signed once: what is checked is what is sent
  const requests = new Map(documents.map((document) => [document, prepared(document, options)]));
  const verdicts =
    whole || checkOnly ? await checkAll(requests, options, tried) : new Map<AppliedDocument, Applied>();
  const stopped = new Set([...verdicts.values()].filter(isRefused).map(({ file }) => file));
  for (const [document, request] of requests) {
    const verdict = verdicts.get(document);
    const isHeld = stopped.has(document.file);
    const one =
      verdict !== undefined && (checkOnly || (isRefused(verdict) && !tried.has(document)))
        ? verdict
        : isHeld && !tried.has(document)
          ? { ...placeOf(document), outcome: 'held' as const }
          : await applyDocument(document, request, options);
    if (whole && isRefused(one)) stopped.add(document.file);
    applied.push(one);
    options.onApplied?.(one);
  }
  return applied;
}

const isRefused = ({ outcome }: Applied): boolean => outcome === 'refused';

const placeOf = (document: AppliedDocument): Pick<Applied, 'file' | 'line' | 'kind' | 'name'> => ({
  file: document.file,
  line: document.line,
  kind: document.kind,
  name: nameOf(document),
});

/** Predicts the outcome of each document before any is sent. @param tried those that the hub refused in a trial */
async function checkAll(
  requests: ReadonlyMap<AppliedDocument, StaffRequest | Problem>,
  options: ApplyOptions,
  tried: Set<AppliedDocument>,
): Promise<Map<AppliedDocument, Applied>> {
  const client = readingOnce(options.client);
  const verdicts = new Map<AppliedDocument, Applied>();
  const all: Prepared[] = [];
  for (const [document, request] of requests) {
    if (request instanceof Problem)
      verdicts.set(document, { ...placeOf(document), ...refused(localRefusal(request)) });
    else all.push({ document, request });
  }
  for (const one of all) {
    const { refusal, ...checked } = await checkDocument(one, all, client);
    const at = { ...placeOf(one.document), name: one.request.name };
    if (refusal !== undefined) {
      const { isTried = false, ...reported } = refusal;
      if (isTried) tried.add(one.document);
      verdicts.set(one.document, { ...at, outcome: 'refused', ...reported });
    } else
      verdicts.set(one.document, {
        ...at,
        outcome: checked.unchanged === true ? 'unchanged' : 'ready',
        checked,
      });
  }
  return verdicts;
}

/** The client, which makes each GET once: a check changes nothing, so its answers remain valid. */
function readingOnce(client: StaffClient): StaffClient {
  const replies = new Map<string, Promise<StaffReply>>();
  return {
    ...client,
    get: (path, token) => {
      const key = `${token ?? ''} ${path}`;
      const reply = replies.get(key) ?? client.get(path, token);
      replies.set(key, reply);
      return reply;
    },
  };
}

async function applyDocument(
  document: AppliedDocument,
  request: StaffRequest | Problem,
  options: ApplyOptions,
): Promise<Applied> {
  const { file, line, kind } = document;
  if (request instanceof Problem) return { ...placeOf(document), ...refused(localRefusal(request)) };
  const { name, path, body } = request;
  const at = { file, line, kind, name };
  const reply = await options.client.post(path, body);
  if (reply.status >= 400) return { ...at, ...refusedBy(reply) };
  if (reply.status === 202) return { ...at, ...(await propose(reply, options)) };
  if (!isPolicy(kind))
    return { ...at, ...exchangeOf(reply), outcome: changed(reply) ? 'registered' : 'unchanged' };
  if (reply.body['state'] !== 'submitted') {
    const { id } = reply.body as { id: string };
    return { ...at, id, ...exchangeOf(reply), outcome: stateOf(reply) };
  }
  const { id } = reply.body as { id: string };
  const missing = (reply.body['missing'] as readonly string[] | undefined) ?? [];
  if (options.approveWith === undefined || missing.length > 0) {
    return {
      ...at,
      id,
      ...exchangeOf(reply),
      outcome: 'submitted',
      ...(missing.length === 0 ? {} : { missing }),
    };
  }
  return { ...at, id, ...(await approve(reply, options, options.approveWith)) };
}

type Outcome = Omit<Applied, 'file' | 'line' | 'kind' | 'name'>;

const refused = (refusal: Refusal): Outcome => ({ outcome: 'refused', ...refusal });
const refusedBy = (reply: StaffReply): Outcome => ({ ...exchangeOf(reply), ...refused(refusalOf(reply)) });

/** Errors found on this machine are reported like refusals of the hub. */
function prepared(
  document: AppliedDocument,
  { signers, signatures }: Pick<ApplyOptions, 'signers' | 'signatures'>,
): StaffRequest | Problem {
  try {
    return requestOf(document, signers, signatures);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function nameOf({ members }: AppliedDocument): string {
  const { $id, mapping } = (members['document'] ?? {}) as Readonly<Record<string, unknown>>;
  const name = members['id'] ?? members['code'] ?? members['shared'] ?? $id ?? mapping;
  return typeof name === 'string' ? name : '?';
}

/** Accepts proposals that wait for their owner, where the second person's token is available. */
async function propose(
  proposed: StaffReply,
  { client, approveWith }: ApplyOptions,
): Promise<Pick<Applied, 'outcome' | 'ownerDecides'>> {
  const { proposal, owner, state } = proposed.body as { proposal: string; owner?: string; state?: string };
  if (state === 'inReview') return inReview(proposed, client, approveWith);
  const waits = { outcome: 'proposed', proposal, ...defined({ owner }) } as const;
  if (approveWith === undefined) return { ...waits, ...exchangeOf(proposed) };
  const path = `/v1/proposals/${proposal}`;
  const shown = await client.get(path, approveWith);
  if (shown.status >= 400) return refusedBy(shown);
  const reply = await client.post(`${path}/acceptance`, { digest: shown.body['digest'] }, approveWith);
  // it is still pending: a person of its department accepts it
  if (reply.body['code'] === 'owner_decides')
    return { ...waits, ownerDecides: true, ...exchangeOf(proposed) };
  if (reply.status >= 400) return refusedBy(reply);
  return { ...exchangeOf(reply), outcome: changed(reply) ? 'registered' : 'unchanged' };
}

/** Publishes a version of a schema where no other person's decision is pending. */
async function inReview(
  submitted: StaffReply,
  client: StaffClient,
  approveWith: string | undefined,
): Promise<Pick<Applied, 'outcome'>> {
  const { id, digest } = submitted.body as { id: string; digest: string };
  const waits = { outcome: 'proposed', proposal: id, ...exchangeOf(submitted) } as const;
  if (approveWith === undefined) return waits;
  const path = `/v1/schemas/${pathSegment(id)}/decision`;
  const reply = await client.post(path, { act: 'publish', digest }, approveWith);
  if (reply.status >= 400) return refusedBy(reply);
  return reply.body['state'] === 'published' ? { ...exchangeOf(reply), outcome: 'registered' } : waits;
}

async function approve(
  submitted: StaffReply,
  { client, acceptEffect }: ApplyOptions,
  token: string,
): Promise<Pick<Applied, 'outcome'>> {
  const { id, version, digest } = submitted.body as { id: string; version: number; digest: string };
  const path = `/v1/policy/documents/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`;
  const shown = await client.get(path, token);
  if (shown.status >= 400) return refusedBy(shown);
  const { effect } = shown.body as {
    effect: { digest: string; unions: readonly unknown[]; gap?: unknown };
  };
  // combined views of a consumer and a period without answers must be accepted by a person who has seen them, never automatically
  const seen = effect.unions.length === 0 && effect.gap === undefined ? effect.digest : acceptEffect;
  const body = { digest, ...defined({ effect: seen }) };
  const reply = await client.post(`${path}/approval`, body, token);
  if (reply.status >= 400) return refusedBy(reply);
  return { ...exchangeOf(reply), outcome: inForce(reply) };
}

/** A version that replaces a stopped one is stopped too. */
const inForce = (reply: StaffReply): 'granted' | 'suspended' =>
  reply.body['state'] === 'suspended' ? 'suspended' : 'granted';
/** A suspended version is reported as such, changed or not: it releases nothing. */
const stateOf = (reply: StaffReply): Applied['outcome'] =>
  reply.body['state'] === 'suspended' ? 'suspended' : changed(reply) ? 'granted' : 'unchanged';

const isPolicy = (kind: Kind): boolean =>
  kind === 'Agreement' || kind === 'AutomaticAgreement' || kind === 'Restriction';
const changed = (reply: StaffReply): boolean => reply.body['changed'] === true;
const exchangeOf = ({ exchange }: StaffReply): Pick<Applied, 'exchange'> =>
  exchange === undefined ? {} : { exchange };
