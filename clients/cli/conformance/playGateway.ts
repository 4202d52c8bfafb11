/** Plays the cases against a gateway: bytes on a TLS socket with a department's certificate, as no client library would send them. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { ReplyMessage } from '../../../certs/message.ts';
import { signingKey, verifyReply } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import { sha256 } from '../../../log/hash.ts';
import { verifyReceipt } from '../../../log/receipt/verifyReceipt.ts';
import type { Anchors } from '../../../log/anchors.ts';
import type { Profile } from '../../sdk/profile.ts';
import type { CheckFinding } from '../verb.ts';
import { goodRequests, type GatewayCase, type RawRequest } from './gatewayCases.ts';
import type { Played } from './playClient.ts';
import { replyOn } from './replyOn.ts';

export interface GatewayPlay {
  readonly origin: string;
  readonly profile: Profile;
  /** keys of the hub that the gateway uses, and of its log */
  readonly anchors: Anchors;
  readonly cases: readonly GatewayCase[];
  readonly onPlayed?: (played: Played) => void;
}

/** Runs every case and returns the errors of the gateway. @throws the network's error where no gateway answers */
export async function playGateway({
  origin,
  profile,
  anchors,
  cases,
  onPlayed,
}: GatewayPlay): Promise<readonly Played[]> {
  const good = goodRequests(origin, signingKey(profile.signingKey));
  const keys = new Map(anchors.hubKeys.map((key) => [key.keyid, key]));
  const played: Played[] = [];
  for (const one of cases) {
    const raw = one.request(good);
    if (one.twice === true) await send(origin, profile, raw);
    const reply = await send(origin, profile, raw);
    const findings = findingsOf(one, reply, anchors, {
      request: {
        method: 'POST',
        targetUri: `${origin}${raw.line.split(' ')[1] ?? ''}`,
        rawHeaders: raw.headers.flat(),
        body: raw.body,
      },
      lookupKey: (keyid) => keys.get(keyid),
    });
    played.push({ name: one.name, findings });
    onPlayed?.({ name: one.name, findings });
  }
  return played;
}

/** The reply to the bytes. */
function send(origin: string, { hub, tls }: Profile, raw: RawRequest): ReturnType<typeof replyOn> {
  const { hostname, port } = new URL(origin);
  const options = {
    host: hostname,
    port: Number(port === '' ? 443 : port),
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ca: hub.ca,
    ...tls,
  };
  const socket = connect(options, () => socket.write(bytesOf(raw)));
  return replyOn(socket);
}

function bytesOf({ line, headers, body, end = '\r\n' }: RawRequest): Buffer {
  const head = [line, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join(end);
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

function findingsOf(
  { name, rule, expected, early }: GatewayCase,
  reply: ReplyMessage | Problem | undefined,
  anchors: Anchors,
  options: Parameters<typeof verifyReply>[1],
): readonly CheckFinding[] {
  const found = (code: string, zh: string, en: string): readonly CheckFinding[] => [
    { code, path: name, message: { zh: `${rule.zh}：${zh}`, en: `${rule.en}: ${en}` } },
  ];
  if (reply === undefined) return found('reply_absent', '没有答复', 'no reply came');
  if (reply instanceof Problem) return found(reply.code, reply.text.zh, reply.text.en);
  const code = codeOf(reply);
  const actual = `${reply.status} ${code ?? ''}`.trim();
  if (
    expected === 'decided'
      ? !isDecision(reply)
      : code !== expected || reply.status !== new Problem(expected).status
  ) {
    const wanted = expected === 'decided' ? '403, 404' : `${new Problem(expected).status} ${expected}`;
    return found('answer_wrong', `应答 ${wanted}，实为 ${actual}`, `${wanted} is wanted, ${actual} came`);
  }
  if (early === true) return [];
  try {
    const { receipt } = verifyReply(reply, options);
    if (receipt === undefined) return found('receipt_absent', '拒绝没有回执', 'the refusal has no receipt');
    const [fault] = verifyReceipt(receipt, { anchors, replyDigest: sha256(reply.body) }).findings;
    return fault === undefined ? [] : found(fault.code, fault.message.zh, fault.message.en);
  } catch (error) {
    if (error instanceof Problem) return found(error.code, error.text.zh, error.text.en);
    throw error;
  }
}

/** A dataset that does not exist is read, decided and denied, as any other. */
const isDecision = ({ status }: ReplyMessage): boolean => status === 403 || status === 404;

function codeOf({ body }: ReplyMessage): string | undefined {
  return /"code": *"([a-z_]+)"/.exec(Buffer.from(body).toString('utf8'))?.[1];
}
