/** The 42 cases of the client trial: 18 replies that it must interpret correctly, 24 that it must reject. */
import { contentDigest } from '../../../certs/signatures/index.ts';
import { streamTag } from '../../../certs/signatures/profile.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { FinishedReply, Twist } from './makeReply.ts';
import type { Scene } from './scene.ts';

/**
 * How a client must end: with the verified body, with a proven refusal, with an unsigned refusal, without a connection, or rejecting the
 * reply.
 */
export type Ending = 'answered' | 'refused' | 'unsigned' | 'unconnected' | 'rejected';

export interface ClientCase {
  /** letters and dashes: part of the path that the client must request */
  readonly name: string;
  /** the rule that a failing client breaks */
  readonly rule: Bilingual;
  /** the first is the intended ending, the others are just as safe */
  readonly endings: readonly [Ending, ...Ending[]];
  readonly twist: Twist;
  readonly ask?: {
    readonly method?: 'GET';
    readonly body?: string;
    readonly more?: string;
    readonly signed?: Readonly<Record<string, string>>;
  };
  readonly server?: keyof Scene['servers'];
}

type Given = Omit<ClientCase, 'name' | 'rule' | 'endings' | 'twist'>;
const of =
  (ending: Ending | readonly [Ending, ...Ending[]]) =>
  (name: string, zh: string, en: string, twist: Twist, given: Given = {}): ClientCase => ({
    name,
    rule: { zh, en },
    endings: typeof ending === 'string' ? [ending] : ending,
    twist,
    ...given,
  });
const answered = of('answered');
const refused = of('refused');
const rejected = of('rejected');

/** Where a redirect leads; nothing may arrive there. */
export const followed = 'conformance.followed';
const elsewhere = '{"records":[]}';
const problem = (status: number, code: string): Twist => ({
  status,
  body: JSON.stringify({ status, code, title: '拒绝' }),
});
const withHeader = (
  { status, headers, body }: FinishedReply,
  name: string,
  value: string,
): FinishedReply => ({
  status,
  headers: headers.map(([known, old]) => [known, known === name ? value : old]),
  body,
});
const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
/** The ASN.1 form of r‖s. */
function der(raw: Buffer): Buffer {
  const integer = (part: Buffer): Buffer => {
    const body = (part[0] ?? 0) < 0x80 ? part : Buffer.concat([Buffer.from([0]), part]);
    return Buffer.concat([Buffer.from([2, body.length]), body]);
  };
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, both.length]), both]);
}

const signed = {
  purpose: 'school-enrolment',
  agreement: 'agr-conformance',
  'on-behalf-of': 'clerk-0042',
  matter: 'RX-2026-000123',
};

export const clientCases: readonly ClientCase[] = [
  answered('plain', '正确的答复应被采信', 'a valid reply is accepted', {}),
  answered(
    'text',
    '正文按字节核验和输出，不按字符集',
    'the body is bytes, in the digest and on the way out',
    { body: '{"姓名":"𠮷田","e":"é"}' },
  ),
  answered(
    'four-headers',
    '发出的每个 datong- 头都要签名',
    'every datong- header that is sent is signed',
    {},
    { ask: { signed } },
  ),
  answered(
    'without-body',
    '没有正文时仍有空摘要，且不发 content-type',
    'without a body: the digest of nothing, and no content-type',
    {},
    { ask: { method: 'GET', body: '' } },
  ),
  answered(
    'chinese-request',
    '请求摘要按 UTF-8 字节计算',
    "the request's digest is over its UTF-8 bytes",
    {},
    { ask: { body: '{"filter":[{"field":"姓名","op":"eq","value":"张三"}]}' } },
  ),
  answered(
    'query-string',
    '@target-uri 含查询串，与发出的一致',
    '@target-uri has the query as it is sent',
    {},
    { ask: { more: '?page=2&sort=-id' } },
  ),
  answered(
    'escaped-path',
    '@target-uri 不作百分号解码',
    '@target-uri is not decoded',
    {},
    { ask: { more: '/%E5%BC%A0%20b' } },
  ),
  answered('first-entry', '日志只有一条时审计路径为空', 'in a log of one entry the audit path is empty', {
    place: { index: 0, size: 1 },
  }),
  answered(
    'last-entry',
    '不满的树：最后一条的路径少几层',
    'in a tree that is not full the last entry has a shorter path',
    { place: { index: 6, size: 7 } },
  ),
  answered('long-log', '路径按位置左右合并', 'the path is folded left and right by the index', {
    place: { index: 517, size: 1000 },
  }),
  answered(
    'log-keys-both',
    '更换日志密钥期间：两把密钥都签名，证明另附更换声明',
    'while the log changes its key both sign, and the proof brings the statement',
    { cosigner: 'before', rotated: true },
  ),
  answered('capitals', '头名不分大小写', 'header names are case-insensitive', {
    onTheWay: ({ headers, ...reply }) => ({
      ...reply,
      headers: headers.map(([name, value]) => [name.toUpperCase(), value]),
    }),
  }),
  answered(
    'retired-key',
    '按 keyid 从 anchors.json 选密钥，含已停用的',
    'the key is chosen by keyid from anchors.json, retired ones too',
    { key: 'retired' },
  ),
  refused(
    'refusal',
    '签名的拒绝是拒绝，不是答复',
    'a signed refusal is a refusal and no answer',
    problem(403, 'agreement_unknown'),
  ),
  refused(
    'unread-request',
    '枢纽读不出请求签名时，拒绝不覆盖它，日志条目也不提它',
    'a refusal of a request whose signature was not read neither covers it nor names it',
    {
      ...problem(400, 'signature_malformed'),
      uncovered: ['"signature";req;key="req"'],
      entry: { request: undefined },
    },
  ),
  refused(
    'no-entry',
    '503 可以没有回执，仍有签名',
    'a 503 may come without a receipt, and is signed all the same',
    { ...problem(503, 'log_busy'), receipt: 'none' },
  ),
  of('unsigned')(
    'unsigned-refusal',
    '未签名的拒绝只可显示，不可作证',
    'an unsigned refusal is shown and is no evidence',
    { ...problem(421, 'host_mismatch'), unsigned: 'all' },
  ),
  of(['unsigned', 'rejected'])('redirect', '不跟随重定向', 'redirects are not followed', {
    ...problem(307, 'elsewhere'),
    unsigned: 'all',
    onTheWay: ({ headers, ...reply }) => ({
      ...reply,
      headers: [...headers, ['location', `/v1/datasets/${followed}/query`]],
    }),
  }),

  rejected('body', '正文须与摘要相符', 'the body is compared with its digest', {
    committed: elsewhere,
    onTheWay: (reply) => ({ ...reply, body: Buffer.from(elsewhere) }),
  }),
  rejected('body-and-digest', '摘要须在签名之内', 'the digest is under the signature', {
    committed: elsewhere,
    onTheWay: (reply) => ({
      ...withHeader(reply, 'content-digest', contentDigest(Buffer.from(elsewhere))),
      body: Buffer.from(elsewhere),
    }),
  }),
  rejected('status', '状态码须在签名之内', 'the status is under the signature', {
    onTheWay: (reply) => ({ ...reply, status: 201 }),
  }),
  rejected('without-receipt', '成功的答复必须有回执', 'an answer needs a receipt', {
    receipt: 'none',
  }),
  rejected('strange-signature', '签名须由所称密钥作出', 'the signature is by the key that it names', {
    key: 'stranger',
    named: 'now',
  }),
  rejected('unknown-key', '密钥须在 anchors.json 中', 'the key is one of anchors.json', {
    key: 'stranger',
  }),
  rejected('earlier-request', '答复须对应这一次请求', 'the reply is to this very request', {
    answers: (request) => ({
      ...request,
      rawHeaders: request.rawHeaders.map((text) =>
        text.startsWith('req=:') ? `req=:${'A'.repeat(86)}==:` : text,
      ),
    }),
  }),
  rejected('request-uncovered', '成功的答复须覆盖请求签名', "an answer covers the request's signature", {
    uncovered: ['"signature";req;key="req"'],
  }),
  rejected('receipt-uncovered', '回执须在签名之内', 'the receipt is under the signature', {
    uncovered: ['"datong-receipt"'],
  }),
  rejected('digest-uncovered', '摘要须列入签名覆盖', 'the digest is among what is covered', {
    uncovered: ['"content-digest"'],
  }),
  rejected('stream-tag', '标签须为 datong-res-1', 'the tag is datong-res-1', { tag: streamTag }),
  rejected('der', '签名为 r‖s 64 字节，不是 DER', 'the signature is r‖s, 64 bytes, and not DER', {
    signature: der,
  }),
  rejected('other-exchange', '回执须属于这次交换', 'the receipt is of this exchange', {
    entry: { id: '01890000-0000-7000-8000-000000000000' },
  }),
  rejected('other-answer', '日志条目须承诺这份正文', 'the entry commits to this body', {
    committed: elsewhere,
  }),
  rejected('other-request', '日志条目须指明这次请求', 'the entry names this request', {
    entry: { request: 'A'.repeat(43) },
  }),
  rejected('leaf', '日志条目须在日志中', 'the entry is in the log', {
    leaf: (bytes) => flipped(bytes, 20),
  }),
  rejected('path', '审计路径须通到检查点的根', "the path leads to the checkpoint's root", {
    path: (path) => path.map((hash, i) => (i === 0 ? flipped(hash, 0) : hash)),
  }),
  rejected(
    'log-key',
    '检查点须由 anchors.json 的日志密钥签名',
    'the checkpoint is signed by a log key of anchors.json',
    { log: 'stranger' },
  ),
  rejected(
    'log-key-ended',
    '已由新密钥接替的旧日志密钥单独签名，不得采信',
    'an old log key that another one has replaced is not accepted alone',
    { log: 'before' },
  ),
  rejected('log-name', '检查点须属于这份日志', 'the checkpoint is of this log', { log: 'otherName' }),
  of(['rejected', 'unsigned'])('unsigned-answer', '未签名的答复不是答复', 'an unsigned answer is refused', {
    unsigned: 'all',
  }),
  of(['unconnected', 'rejected'])('cut', '正文不完整即丢弃', 'an incomplete body is discarded', {
    cut: true,
  }),
  of(['unconnected', 'rejected'])(
    'strange-authority',
    '只信任 hub-root.pem',
    'no authority but hub-root.pem is trusted',
    {},
    { server: 'stranger' },
  ),
  of(['unconnected', 'rejected'])(
    'other-host',
    '服务器证书须写有所连的主机',
    "the server's certificate names the host",
    {},
    { server: 'elsewhere' },
  ),
];
