/**
 * The archive of an event under a response plan: what was due, who acknowledged, whom it left to and who used its purpose, with the log
 * entries that prove it. The hub signs the whole; each entry also proves itself by its place in the signed log.
 */
import { verifyWrittenJws, eventArchiveType } from '../../certs/jws.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { parseAnchors, type Anchors } from '../anchors.ts';
import { EvidenceJsonFault, parseEvidenceJson } from '../evidenceJson.ts';
import { logFinding, type LogFinding } from '../finding.ts';
import type { Leaf } from '../leaf.ts';
import { followRotations } from '../note/keyRotation.ts';
import type { NoteVerifier } from '../note/noteKey.ts';
import { parseLeaf } from '../parseLeaf.ts';
import { maxPackLength, type PackFile } from './pack.ts';
import { verifyPack, type NamedText, type PackCheck } from './verifyPack.ts';

/** What an entry proves. `purpose`: a call under the purpose of the plan while the event was open. */
const archiveRoles = [
  'opened',
  'acknowledged',
  'missed',
  'escalated',
  'delivered',
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
  readonly state: 'open' | 'closed';
  readonly purpose?: string;
  readonly openedAt: string;
  readonly closedAt?: string;
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
  readonly deliveries: readonly { readonly department: string; readonly exchange: string }[];
}

export interface EventArchive<E = ArchivedEvent> {
  readonly v: 1;
  /** RFC 3339 */
  readonly madeAt: string;
  /** `all`: every entry; `publisher`: calls under the purpose only where the publisher provided the data */
  readonly scope: 'all' | 'publisher';
  readonly event: E;
  /** `ResponsePlan` of openapi.yaml, the revision under which it opened */
  readonly plan: object;
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
      ...claimsOf(
        archive,
        [...leaves.values()].map(({ leaf }) => leaf),
      ),
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
  const { madeAt, event, plan, entries, pack, anchors, signature } = value;
  if (![madeAt, signature].every((one) => typeof one === 'string')) throw malformed('signature');
  if (!isObject(event) || ![plan, pack, anchors].every(isObject)) throw malformed('event');
  const { acknowledgements, escalations, deliveries } = event;
  for (const list of [entries, acknowledgements, escalations, deliveries])
    if (!Array.isArray(list) || !list.every(isObject)) throw malformed('entries');
  return value as unknown as EventArchive;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const rotationsIn = (anchors: object): readonly string[] => {
  const { logKeyRotations = [] } = anchors as { readonly logKeyRotations?: readonly string[] };
  return parseAnchors(anchors).logKeys.length === 0 ? [] : logKeyRotations;
};

function signatureOf({ signature, ...signed }: EventArchive, hubKeys: Anchors['hubKeys']): LogFinding[] {
  const [header = '', , bytes = ''] = signature.split('.');
  const payload = Buffer.from(canonicalJson(signed as unknown as CanonicalValue)).toString('base64url');
  try {
    verifyWrittenJws(`${header}.${payload}.${bytes}`, ({ kid, typ }) =>
      typ === eventArchiveType ? hubKeys.find(({ keyid }) => keyid === kid) : undefined,
    );
    return [];
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return [logFinding('archive_signature_invalid', { path: 'signature' })];
  }
}

const publications: readonly string[] = [
  'publishEvents',
  'publishHubEvents',
  'evaluateRules',
  'escalateEvents',
];

/** What the entry of each role must be. */
const proves: Readonly<Record<ArchiveRole, (leaf: Leaf, event: ArchivedEvent) => boolean>> = {
  opened: (leaf) => publications.includes(leaf.operation),
  acknowledged: (leaf, { event }) => isAct(leaf, 'acknowledgeEvent', event),
  missed: (leaf, { event }) => isAct(leaf, 'escalateEvents', event) && leaf.change?.['act'] === 'miss',
  escalated: (leaf, { event }) => isAct(leaf, 'escalateEvents', event) && leaf.change?.['act'] === 'escalate',
  delivered: (leaf, { type }) => leaf.kind === 'release' && leaf.dataset === type,
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

const isAct = ({ operation, change, decision }: Leaf, name: string, event: string): boolean =>
  operation === name && decision === 'allow' && change?.['event'] === event;

/** Each entry that the archive names is proven, and says what it is named for. */
function entriesOf(
  { event, entries }: EventArchive,
  leaves: ReadonlyMap<string, { readonly index: number; readonly leaf: Leaf }>,
): LogFinding[] {
  return entries.flatMap(({ exchange, as }, at) => {
    const path = `entries/${at}`;
    const found = leaves.get(exchange);
    if (found === undefined) return [logFinding('archive_entry_missing', { exchange, path })];
    return archiveRoles.includes(as) && proves[as](found.leaf, event)
      ? []
      : [logFinding('archive_entry_differs', { exchange, path, index: found.index, what: as })];
  });
}

/** What the archive says of the event has its entry, and what entries say of the event is in the archive. */
function claimsOf({ event, entries }: EventArchive, leaves: readonly Leaf[]): LogFinding[] {
  const named = (as: ArchiveRole, exchange: string): Leaf | undefined =>
    entries.some((one) => one.as === as && one.exchange === exchange)
      ? leaves.find(({ id }) => id === exchange)
      : undefined;
  const isAcknowledged = ({
    department,
    grade,
    exchange,
  }: ArchivedEvent['acknowledgements'][number]): boolean => {
    const leaf = named('acknowledged', exchange);
    return leaf?.consumer === department && leaf.change?.['grade'] === grade;
  };
  const acts = leaves.filter((leaf) => isAct(leaf, 'escalateEvents', event.event));
  const isReached = ({ step, department, stage }: ArchivedEvent['escalations'][number]): boolean =>
    acts.some(
      ({ consumer, change }) =>
        consumer === department && change?.['step'] === step && Number(change['stage']) >= stage,
    );
  const count = (role: ArchiveRole): number => entries.filter(({ as }) => as === role).length;
  const unproven = [
    ...placesWhere(event.acknowledgements, 'acknowledgements', (one) => !isAcknowledged(one)),
    ...placesWhere(
      event.deliveries,
      'deliveries',
      ({ department, exchange }) => named('delivered', exchange)?.consumer !== department,
    ),
    ...placesWhere(event.escalations, 'escalations', (one) => !isReached(one)),
    ...(count('closed') === (event.state === 'closed' ? 1 : 0) ? [] : ['event/state']),
    ...(count('opened') === 1 ? [] : ['event/openedAt']),
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
