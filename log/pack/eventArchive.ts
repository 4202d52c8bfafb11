/**
 * The archive of an event under a response plan: what was due, which departments acknowledged it, received it and used its purpose, with
 * the log entries that prove it. The hub signs the whole; each entry also proves itself by its place in the signed log.
 */
import type { JsonWebKey } from 'node:crypto';
import { attachPayload } from '../../certs/detachedJws.ts';
import { verifyWrittenJws, eventArchiveType } from '../../certs/jws.ts';
import { verificationKey, type VerificationKey } from '../../certs/signatures/index.ts';
import type { CanonicalValue } from '../../terms/canonicalJson.ts';
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { parseAnchors, type Anchors } from '../anchors.ts';
import { EvidenceJsonFault, parseEvidenceJson } from '../evidenceJson.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import type { Leaf } from '../leaf.ts';
import { followRotations } from '../note/keyRotation.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { parseLeaf } from '../parseLeaf.ts';
import { keyOfReceipt } from './deliveryReceipt.ts';
import { maxPackLength, type PackFile } from './pack.ts';
import { verifyPack, type NamedText, type PackCheck } from './verifyPack.ts';
import { isObject } from '../../terms/isObject.ts';

/** What an entry proves. `notified`: a notice of a missed deadline that was published after its stage. `received`: the consumer's signed receipt for a message. `purpose`: a call under the purpose of the plan while the event was open. */
const archiveRoles = [
  'opened',
  'acknowledged',
  'missed',
  'escalated',
  'notified',
  'delivered',
  'received',
  'purpose',
  'closed',
] as const;
export type ArchiveRole = (typeof archiveRoles)[number];

export interface ArchivedEntry {
  /** id of the log entry */
  readonly exchange: string;
  readonly as: ArchiveRole;
}

/** Members of `OpenEvent` of openapi.yaml that entries prove; the others are the hub's statement. */
interface ArchivedEvent {
  readonly event: string;
  readonly type: string;
  /** the publisher */
  readonly department: string;
  readonly state: 'open' | 'closed';
  readonly purpose?: string;
  readonly openedAt: string;
  readonly closedAt?: string;
  /** why a caller closed it */
  readonly closing?: { readonly code: string; readonly reason: string };
  readonly acknowledgements: readonly {
    readonly department: string;
    readonly grade: string;
    readonly exchange: string;
  }[];
  readonly escalations: readonly {
    readonly step: string;
    readonly department: string;
    readonly stage: number;
  }[];
  readonly deliveries: readonly {
    readonly department: string;
    readonly exchange: string;
    /** entry of the consumer's signed receipt */
    readonly receipt?: string;
  }[];
}

export interface EventArchive<E = ArchivedEvent> {
  readonly v: 1;
  /** RFC 3339 */
  readonly madeAt: string;
  /** `all`: every entry; `publisher`: calls under the purpose only where the publisher provided the data */
  readonly scope: 'all' | 'publisher';
  readonly event: E;
  /** canonical JSON of the `ResponsePlan` of openapi.yaml, the revision under which it opened */
  readonly plan: string;
  readonly entries: readonly ArchivedEntry[];
  readonly pack: PackFile;
  /** keys as published by the hub: they lead from an older trusted key to the newest */
  readonly anchors: object;
  /** detached JWS of the hub over all other members */
  readonly signature: string;
}

export interface ArchiveCheck {
  readonly findings: readonly LogFinding[];
  /** absent where it cannot be read */
  readonly read?: { readonly archive: EventArchive; readonly pack: PackCheck };
}

/** Whether a text claims to be such an archive; nothing is verified. */
export const isEventArchive = (text: string): boolean =>
  /^\s*\{\s*"v"\s*:\s*1,\s*"madeAt"/.test(text.slice(0, 200));

/** Verifies an archive without the hub. Never throws for any text: errors in it become findings. */
export function checkEventArchive(
  text: string,
  trust: {
    readonly keys: readonly NoteVerifier[];
    readonly hubKeys: Anchors['hubKeys'];
    readonly checkpoints?: readonly NamedText[];
  },
): ArchiveCheck {
  try {
    const archive = parseArchive(text);
    // the statements of the archive lead from an earlier trusted key to the current one
    const keys = followRotations(trust.keys, rotationsIn(archive.anchors));
    const pack = verifyPack(archive.pack, {
      keys,
      ...(trust.checkpoints === undefined ? {} : { checkpoints: trust.checkpoints }),
    });
    const leaves = new Map(
      pack.entries.map(({ index, bytes }) => {
        const leaf = parseLeaf(bytes);
        return [leaf.id, { index, leaf }] as const;
      }),
    );
    const findings = [
      ...pack.findings,
      ...signatureOf(archive, trust.hubKeys),
      ...entriesOf(archive, leaves),
      ...timeOf(archive, leaves),
      ...claimsOf(archive, leaves),
    ];
    return { findings, read: { archive, pack } };
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return { findings: [logFinding('pack_malformed', { why })] };
  }
}

/** @throws Problem pack_malformed */
function parseArchive(text: string): EventArchive {
  if (text.length > maxPackLength) throw new Problem('pack_malformed', { what: 'too long' });
  const malformed = (what: string): Problem => new Problem('pack_malformed', { what: asIs(what) });
  let value: unknown;
  try {
    value = parseEvidenceJson(text);
  } catch (error) {
    if (error instanceof EvidenceJsonFault) throw malformed('JSON');
    throw error;
  }
  if (!isObject(value) || value['v'] !== 1) throw malformed('v');
  const unfit = misfit(value);
  if (unfit !== undefined) throw malformed(unfit);
  return value as unknown as EventArchive;
}

/** Maximum number of members of each list: an event has no more entries. */
const maxListed = 20_000;

type Check = (value: unknown) => boolean;
const text: Check = (value) => typeof value === 'string';
const whole: Check = (value) => Number.isSafeInteger(value);
const moment: Check = (value) => typeof value === 'string' && Number.isFinite(Date.parse(value));
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const members =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));
const listed =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    Array.isArray(value) && value.length <= maxListed && value.every(members(checks));

/** Members that the verification reads; those of `pack` and `anchors` are checked where they are read. */
const archiveMembers: Readonly<Record<string, Check>> = {
  madeAt: moment,
  scope: (value) => value === 'all' || value === 'publisher',
  event: members({
    event: text,
    type: text,
    department: text,
    openedAt: moment,
    purpose: optional(text),
    closedAt: optional(moment),
    closing: optional(members({ code: text, reason: text })),
    state: (value) => value === 'open' || value === 'closed',
    acknowledgements: listed({ department: text, grade: text, exchange: text }),
    escalations: listed({ step: text, department: text, stage: whole }),
    deliveries: listed({ department: text, exchange: text, receipt: optional(text) }),
  }),
  plan: text,
  // one of them may have two roles
  entries: (value) =>
    Array.isArray(value) &&
    value.length <= maxListed + 1 &&
    value.every(members({ exchange: text, as: text })),
  pack: isObject,
  anchors: isObject,
  signature: text,
};

/** The first member that is not as the hub writes it. */
const misfit = (value: Readonly<Record<string, unknown>>): string | undefined =>
  Object.keys(archiveMembers).find((name) => archiveMembers[name]?.(value[name]) !== true);

/** @throws Problem where the anchors are malformed */
function rotationsIn(anchors: object): readonly string[] {
  parseAnchors(anchors);
  const { logKeyRotations = [] } = anchors as { readonly logKeyRotations?: readonly string[] };
  return logKeyRotations;
}

function signatureOf({ signature, ...signed }: EventArchive, hubKeys: Anchors['hubKeys']): LogFinding[] {
  try {
    verifyWrittenJws(attachPayload(signed as unknown as CanonicalValue, signature), ({ kid, typ }) =>
      typ === eventArchiveType
        ? hubKeys.find((key) => key.keyid === kid && signsAt(key, signed.madeAt))
        : undefined,
    );
    return [];
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return [logFinding('archive_signature_invalid', { path: 'signature' })];
  }
}

/** Whether the key was not retired yet. */
const signsAt = ({ retired }: Anchors['hubKeys'][number], madeAt: string): boolean =>
  retired === undefined || Date.parse(madeAt) < Date.parse(retired);

/** Proven entries by id. */
type Leaves = ReadonlyMap<string, { readonly index: number; readonly leaf: Leaf }>;

/** An archive is not older than its entries: otherwise a retired key might have signed it. */
const timeOf = ({ madeAt }: EventArchive, leaves: Leaves): LogFinding[] =>
  [...leaves.values()].some(({ leaf }) => Date.parse(leaf.at) > Date.parse(madeAt))
    ? [logFinding('archive_claim_unproven', { path: 'madeAt', what: 'madeAt' })]
    : [];

const publications: readonly string[] = [
  'publishEvents',
  'publishHubEvents',
  'evaluateRules',
  'escalateEvents',
];

/** What the entry of each role must be. */
const proves: Readonly<Record<ArchiveRole, (leaf: Leaf, event: ArchivedEvent) => boolean>> = {
  opened: (leaf, { department }) => publications.includes(leaf.operation) && leaf.provider === department,
  acknowledged: (leaf, { event }) => isAct(leaf, 'acknowledgeEvent', event),
  missed: (leaf, { event }) => isAct(leaf, 'escalateEvents', event) && leaf.change?.['act'] === 'miss',
  escalated: (leaf, { event }) => isAct(leaf, 'escalateEvents', event) && leaf.change?.['act'] === 'escalate',
  notified: (leaf, { event }) => isAct(leaf, 'escalateEvents', event) && leaf.change?.['act'] === 'notify',
  delivered: (leaf, { type }) => leaf.kind === 'release' && leaf.dataset === type,
  received: (leaf, { deliveries }) =>
    deliveries.some((one) => one.receipt === leaf.id && isReceiptOf(leaf, one)),
  purpose: (leaf, { purpose, openedAt, closedAt }) =>
    purpose !== undefined &&
    leaf.purpose === purpose &&
    leaf.at >= openedAt &&
    (closedAt === undefined || leaf.at <= closedAt),
  closed: (leaf, { event }) =>
    leaf.operation === 'closeEvent' || leaf.change?.['act'] === 'close'
      ? leaf.change?.['event'] === event
      : publications.includes(leaf.operation),
};

/** Whether an entry has the receipt of a delivery, signed by the key that the entry states. */
function isReceiptOf(
  { operation, change, consumer }: Leaf,
  { exchange, department }: ArchivedEvent['deliveries'][number],
): boolean {
  if (operation !== 'deliverEvents' || change?.['act'] !== 'receive') return false;
  if (change['delivery'] !== exchange || consumer !== department) return false;
  const key = keyIn(change['key']);
  const keyOf = (keyid: string) => (key?.keyid === keyid && change['keyid'] === keyid ? key : undefined);
  return (
    keyOfReceipt(String(change['receipt']), keyOf, { entry: exchange, signature: undefined }) !== undefined
  );
}

/** @param jwk JSON of a public key */
function keyIn(jwk: unknown): VerificationKey | undefined {
  try {
    return verificationKey(JSON.parse(String(jwk)) as JsonWebKey);
  } catch {
    return undefined;
  }
}

const isAct = ({ operation, change, decision }: Leaf, name: string, event: string): boolean =>
  operation === name && decision === 'allow' && change?.['event'] === event;

/** Each entry that the archive names is in the pack, and has the content that its role requires. */
function entriesOf({ event, entries }: EventArchive, leaves: Leaves): LogFinding[] {
  return entries.flatMap(({ exchange, as }, at) => {
    const path = `entries/${at}`;
    const found = leaves.get(exchange);
    if (found === undefined) return [logFinding('archive_entry_missing', { exchange, path })];
    return archiveRoles.includes(as) && proves[as](found.leaf, event)
      ? []
      : [logFinding('archive_entry_differs', { exchange, path, index: found.index, what: as })];
  });
}

/** Whether the entry of the closure has the reason that the archive states, or neither has one. */
function isReasonProven(
  { event: { closing }, entries }: Pick<EventArchive, 'event' | 'entries'>,
  proven: Leaves,
): boolean {
  const closed = entries.find(({ as }) => as === 'closed');
  const change = closed === undefined ? undefined : proven.get(closed.exchange)?.leaf.change;
  return change?.['code'] === closing?.code && change?.['reason'] === closing?.reason;
}

/** Each statement of the archive about the event has an entry, and each acknowledgement in the entries is in the archive. */
function claimsOf({ event, entries }: EventArchive, proven: Leaves): LogFinding[] {
  const leaves = [...proven.values()].map(({ leaf }) => leaf);
  const roles = new Set(entries.map(({ as, exchange }) => `${as} ${exchange}`));
  const named = (as: ArchiveRole, exchange: string): Leaf | undefined =>
    roles.has(`${as} ${exchange}`) ? proven.get(exchange)?.leaf : undefined;
  const isAcknowledged = ({
    department,
    grade,
    exchange,
  }: ArchivedEvent['acknowledgements'][number]): boolean => {
    const leaf = named('acknowledged', exchange);
    return leaf?.consumer === department && leaf.change?.['grade'] === grade;
  };
  /** the highest stage of each step and department */
  const reached = new Map<string, number>();
  for (const leaf of leaves) {
    if (!isAct(leaf, 'escalateEvents', event.event)) continue;
    const step = JSON.stringify([leaf.change?.['step'], leaf.consumer]);
    reached.set(step, Math.max(reached.get(step) ?? -1, Number(leaf.change?.['stage'])));
  }
  const isReached = ({ step, department, stage }: ArchivedEvent['escalations'][number]): boolean =>
    (reached.get(JSON.stringify([step, department])) ?? -1) >= stage;
  const count = (role: ArchiveRole): number => entries.filter(({ as }) => as === role).length;
  const unproven = [
    ...placesWhere(event.acknowledgements, 'acknowledgements', (one) => !isAcknowledged(one)),
    ...placesWhere(
      event.deliveries,
      'deliveries',
      ({ department, exchange, receipt }) =>
        named('delivered', exchange)?.consumer !== department ||
        (receipt !== undefined && named('received', receipt) === undefined),
    ),
    ...placesWhere(event.escalations, 'escalations', (one) => !isReached(one)),
    ...(count('closed') === (event.state === 'closed' ? 1 : 0) ? [] : ['event/state']),
    ...(count('opened') === 1 ? [] : ['event/openedAt']),
    ...(isReasonProven({ event, entries }, proven) ? [] : ['event/closing']),
  ];
  const acknowledged = new Set(event.acknowledgements.map(({ exchange }) => exchange));
  const leftOut = leaves.filter(
    (leaf) => isAct(leaf, 'acknowledgeEvent', event.event) && !acknowledged.has(leaf.id),
  );
  return [
    ...unproven.map((path) => logFinding('archive_claim_unproven', { path, what: path })),
    ...leftOut.map(({ id }) => logFinding('archive_entry_left_out', { exchange: id })),
  ];
}

const placesWhere = <T>(list: readonly T[], name: string, isWrong: (one: T) => boolean): readonly string[] =>
  list.flatMap((one, at) => (isWrong(one) ? [`event/${name}/${at}`] : []));
