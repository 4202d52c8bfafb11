/** The reply of a hub to one request, with its entry, its receipt and its signature; each step of it may be made wrong on purpose. */
import {
  contentDigest,
  readSignature,
  signatureHash,
  type SigningKey,
} from '../../../certs/signatures/index.ts';
import type { RequestMessage } from '../../../certs/message.ts';
import { signatureBase } from '../../../certs/signatures/headers.ts';
import { signBytes } from '../../../certs/signatures/key.ts';
import { replyTag } from '../../../certs/signatures/profile.ts';
import { replyShape, requestView } from '../../../certs/signatures/replyComponents.ts';
import { signCheckpoint } from '../../../log/checkpoint.ts';
import { replyCommitment } from '../../../log/commitment.ts';
import { leafHash, sha256 } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { prepareLeaf } from '../../../log/leafBytes.ts';
import type { NoteSigner } from '../../../log/note/noteKey.ts';
import { receiptText } from '../../../log/receipt/receipt.ts';
import { LeafTree } from '../../../log/tree/leafTree.ts';
import { newSalt } from '../../../machine/newKeyPair.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import type { Scene } from './scene.ts';

/** Deviations from the reply of a correct hub. Without any of them the reply is valid. */
export interface Twist {
  readonly status?: number;
  readonly body?: string;
  /** the entry's place in the log, and how many entries it has */
  readonly place?: { readonly index: number; readonly size: number };
  /** changed members of the entry; an undefined member is left out */
  readonly entry?: { readonly [Member in keyof Leaf]?: Leaf[Member] | undefined };
  /** the body that the entry commits to */
  readonly committed?: string;
  /** changes the entry's bytes in the receipt, after they were appended to the log */
  readonly leaf?: (bytes: Uint8Array) => Uint8Array;
  readonly path?: (path: readonly Uint8Array[]) => readonly Uint8Array[];
  readonly index?: (index: number) => number;
  readonly log?: keyof Scene['log'];
  /** a key that signs the checkpoint as well, its line the last */
  readonly cosigner?: keyof Scene['log'];
  /** the proof brings the statement by which the log changed its key */
  readonly rotated?: true;
  /** `none`: the reply has no receipt and states so under its signature */
  readonly receipt?: 'none';
  readonly key?: keyof Scene['hub'];
  /** the keyid that is named, where it is another key's */
  readonly named?: keyof Scene['hub'];
  /** the request that is answered, where it is another */
  readonly answers?: (request: RequestMessage) => RequestMessage;
  /** identifiers of components that the signature leaves out */
  readonly uncovered?: readonly string[];
  readonly tag?: string;
  readonly signature?: (raw: Buffer) => Buffer;
  /** `all`: the reply bears no signature at all */
  readonly unsigned?: 'all';
  /** changes that an attacker between hub and client makes to the finished reply */
  readonly onTheWay?: (reply: FinishedReply) => FinishedReply;
  /** the connection ends in the middle of the body */
  readonly cut?: true;
}

export interface FinishedReply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export const usualBody = '{"records":[{"id":"1","name":"张三"}],"withheld":{}}';

/** @param now Unix milliseconds */
export function makeReply(scene: Scene, request: RequestMessage, twist: Twist, now: number): FinishedReply {
  const status = twist.status ?? 200;
  const body = Buffer.from(twist.body ?? usualBody, 'utf8');
  const exchange = uuid7(now);
  const headers: [string, string][] = [
    ['content-type', status >= 400 ? 'application/problem+json' : 'application/json'],
    ['content-digest', contentDigest(body)],
    ['datong-exchange-id', exchange],
  ];
  if (twist.receipt !== 'none')
    headers.push(['datong-receipt', receiptOf(scene, request, twist, { exchange, status, body, now })]);
  const signed =
    twist.unsigned === 'all'
      ? []
      : signatureOf(scene, twist.answers?.(request) ?? request, twist, { status, headers, now });
  const reply = { status, headers: [...headers, ...signed], body };
  return twist.onTheWay?.(reply) ?? reply;
}

interface Made {
  readonly exchange: string;
  readonly status: number;
  readonly body: Buffer;
  readonly now: number;
}

function receiptOf(
  scene: Scene,
  request: RequestMessage,
  twist: Twist,
  { exchange, status, body, now }: Made,
): string {
  const salt = newSalt();
  const entry = {
    v: 1,
    id: exchange,
    at: new Date(now).toISOString(),
    kind: 'release',
    operation: 'queryDataset',
    decision: status >= 400 ? 'deny' : 'allow',
    actor: { department: 'conformance', keyid: scene.department.keyid },
    request: signatureHash(readSignature(request).signature),
    reply: replyCommitment(sha256(twist.committed === undefined ? body : Buffer.from(twist.committed)), salt),
    status,
    ...twist.entry,
  };
  const { bytes } = prepareLeaf(entry as Leaf);
  const { index, size } = twist.place ?? { index: 3, size: 11 };
  const tree = new LeafTree(
    Array.from({ length: size }, (_, i) => leafHash(i === index ? bytes : Buffer.from(`another entry ${i}`))),
  );
  const log: NoteSigner = scene.log[twist.log ?? 'now'];
  const cosigner = twist.cosigner === undefined ? [] : [scene.log[twist.cosigner]];
  const path = tree.inclusionProof(index);
  return receiptText({
    exchange: entry.id ?? exchange,
    leaf: twist.leaf?.(bytes) ?? bytes,
    openings: { reply: salt },
    proof: {
      index: twist.index?.(index) ?? index,
      path: twist.path?.(path) ?? path,
      checkpoint: signCheckpoint(size, tree.root(), log, ...cosigner),
      ...(twist.rotated === undefined ? {} : { rotations: [scene.rotation] }),
    },
  });
}

function signatureOf(
  scene: Scene,
  request: RequestMessage,
  twist: Twist,
  {
    status,
    headers,
    now,
  }: { readonly status: number; readonly headers: readonly [string, string][]; readonly now: number },
): [string, string][] {
  const key: SigningKey = scene.hub[twist.key ?? 'now'];
  const { keyid } = scene.hub[twist.named ?? twist.key ?? 'now'];
  const view = { status, headers: new Map(headers), request: requestView(request) };
  const components = replyShape(view).components.filter(({ id }) => twist.uncovered?.includes(id) !== true);
  const list = components.map(({ id }) => id).join(' ');
  const tag = twist.tag ?? replyTag;
  const parameters = `(${list});created=${Math.floor(now / 1000)};keyid="${keyid}";alg="${key.alg}";tag="${tag}"`;
  const base = signatureBase(components, parameters, view);
  if (typeof base !== 'string') throw new TypeError(`no value for ${base.missing.id}`);
  const raw = signBytes(Buffer.from(base, 'latin1'), key);
  const signature = twist.signature?.(raw) ?? raw;
  return [
    ['signature-input', `res=${parameters}`],
    ['signature', `res=:${signature.toString('base64')}:`],
  ];
}
