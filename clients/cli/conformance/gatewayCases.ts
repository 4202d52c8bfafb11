/** The 40 cases of the gateway trial: five requests that it must accept, 35 that it must refuse, each with the code of the reason. */
import { contentDigest, signingKey, type SigningKey } from '../../../certs/signatures/index.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { signNow, type RequestOfNow } from '../../../machine/signNow.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';

/** A request as its bytes will be. */
export interface RawRequest {
  /** the first line, without its end */
  readonly line: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** line end of the head */
  readonly end?: string;
}

export interface GatewayCase {
  readonly name: string;
  readonly rule: Bilingual;
  /** the code it is refused with; `decided`: it is read, and refused for the dataset that there is not */
  readonly expected: ProblemCode | 'decided';
  /** refused before the application, so that no reply is signed */
  readonly early?: true;
  readonly request: (good: GoodRequest) => RawRequest;
  /** the very bytes are sent twice, and the second time counts */
  readonly twice?: true;
}

/** Makes a request that is valid except for the given parts. */
export type GoodRequest = (given?: Given) => RawRequest;
interface Given extends Partial<Pick<RequestOfNow, 'created' | 'expires' | 'nonce' | 'key'>> {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const path = '/v1/datasets/conformance.none/query';

/** @param origin of the gateway, which is signed */
export const goodRequests =
  (origin: string, key: SigningKey): GoodRequest =>
  (given = {}) => {
    const { body: text = '{}', headers = {}, ...more } = given;
    const body = Buffer.from(text, 'utf8');
    const usual = {
      'content-type': 'application/json',
      'datong-purpose': 'conformance',
      'datong-agreement': 'agr-conformance',
    };
    const signed = signNow({
      method: 'POST',
      targetUri: `${origin}${path}`,
      headers: { ...usual, ...headers },
      body,
      key,
      ...more,
    });
    const sent: [string, string][] = Object.entries(signed);
    return {
      line: `POST ${path} HTTP/1.1`,
      headers: [['Host', new URL(origin).host], ...sent, ['Content-Length', String(body.length)]],
      body,
    };
  };

const plus = (raw: RawRequest, ...more: readonly (readonly [string, string])[]): RawRequest => ({
  ...raw,
  headers: [...raw.headers, ...more],
});
const without = (raw: RawRequest, name: string): RawRequest => ({
  ...raw,
  headers: raw.headers.filter(([known]) => known.toLowerCase() !== name),
});
const edited = (raw: RawRequest, name: string, edit: (value: string) => string): RawRequest => ({
  ...raw,
  headers: raw.headers.map(([known, value]) => [known, known.toLowerCase() === name ? edit(value) : value]),
});
const input = (raw: RawRequest, from: string | RegExp, to: string): RawRequest =>
  edited(raw, 'signature-input', (text) => text.replace(from, to));
const seconds = (): number => Math.floor(Date.now() / 1000);

type Request = GatewayCase['request'];
const taken = (name: string, zh: string, en: string, request: Request): GatewayCase => ({
  name,
  rule: { zh, en },
  expected: 'decided',
  request,
});
const refused = (
  name: string,
  expected: ProblemCode,
  zh: string,
  en: string,
  request: Request,
  more: Pick<GatewayCase, 'twice'> = {},
): GatewayCase => ({
  name,
  rule: { zh, en },
  expected,
  request,
  ...more,
});
const early = (
  name: string,
  expected: ProblemCode,
  zh: string,
  en: string,
  request: Request,
): GatewayCase => ({
  name,
  rule: { zh, en },
  expected,
  request,
  early: true,
});

export const gatewayCases: readonly GatewayCase[] = [
  taken('plain', '正确的请求应被读懂并作出决定', 'a good request is read and decided', (good) => good()),
  taken('all-headers', 'datong- 头一并签名', 'datong- headers are signed together', (good) =>
    good({
      headers: {
        'datong-on-behalf-of': 'clerk-0042',
        'datong-matter': 'RX-2026-000123',
        accept: 'application/json',
      },
    }),
  ),
  taken('capitals', '头名不分大小写', 'header names are case-insensitive', (good) => {
    const raw = good();
    return { ...raw, headers: raw.headers.map(([name, value]) => [name.toUpperCase(), value]) };
  }),
  taken('chunked', '分块传输的正文是同一份正文', 'a chunked body is the same body', (good) => {
    const raw = plus(without(good(), 'content-length'), ['Transfer-Encoding', 'chunked']);
    return {
      ...raw,
      body: Buffer.from(`${raw.body.length.toString(16)}\r\n${raw.body.toString()}\r\n0\r\n\r\n`),
    };
  }),
  taken(
    'skew',
    '时钟允许偏差 30 秒，有效期至多 300 秒',
    'clocks may differ by 30 s, a signature may live 300 s',
    (good) => good({ created: seconds() + 20, expires: seconds() + 320 }),
  ),

  refused('unsigned', 'signature_missing', '没有签名', 'no signature', (good) =>
    without(good(), 'signature'),
  ),
  refused('without-input', 'signature_missing', '没有 Signature-Input', 'no Signature-Input', (good) =>
    without(good(), 'signature-input'),
  ),
  refused('without-digest', 'digest_missing', '没有 Content-Digest', 'no Content-Digest', (good) =>
    without(good(), 'content-digest'),
  ),
  refused('other-body', 'digest_mismatch', '正文被改', 'another body', (good) => ({
    ...good(),
    body: Buffer.from('[]'),
  })),
  refused(
    'other-digest',
    'signature_invalid',
    '正文与摘要一起被改',
    'another body with its digest',
    (good) => {
      const body = Buffer.from('[]');
      return { ...edited(good(), 'content-digest', () => contentDigest(body)), body };
    },
  ),
  refused('two-types', 'header_duplicate', '签名的头出现两次', 'a signed header twice', (good) =>
    plus(good(), ['Content-Type', 'text/plain']),
  ),
  refused('two-inputs', 'header_duplicate', '两个 Signature-Input', 'two Signature-Input', (good) =>
    plus(good(), ['Signature-Input', 'req=()']),
  ),
  refused('label', 'signature_input_malformed', '标号不是 req', 'a label other than req', (good) =>
    input(good(), 'req=', 'sig1='),
  ),
  refused(
    'tag',
    'signature_input_malformed',
    '标签不是 datong-req-1',
    'a tag other than datong-req-1',
    (good) => input(good(), 'datong-req-1', 'datong-res-1'),
  ),
  refused('der', 'signature_malformed', '签名为 DER，不是 r‖s', 'a signature in DER', (good) =>
    edited(
      good(),
      'signature',
      () => `req=:${Buffer.concat([Buffer.from([0x30, 69]), Buffer.alloc(69, 2)]).toString('base64')}:`,
    ),
  ),
  refused('flipped', 'signature_invalid', '签名不成立', 'a signature that does not hold', (good) =>
    edited(good(), 'signature', (text) =>
      text.replace(/^req=:./, (start) => (start.endsWith('A') ? 'req=:B' : 'req=:A')),
    ),
  ),
  refused('unknown-key', 'key_unknown', '未登记的密钥', 'a key that was never enrolled', (good) =>
    good({ key: signingKey(newKeyPair().privateKey) }),
  ),
  refused(
    'borrowed-keyid',
    'signature_invalid',
    '以别的密钥冒用 keyid',
    "another key's signature under this keyid",
    (good) => {
      const own = good().headers.find(([name]) => name === 'signature-input')?.[1] ?? '';
      const [keyid = ''] = /;keyid="[^"]+"/.exec(own) ?? [];
      return input(good({ key: signingKey(newKeyPair().privateKey) }), /;keyid="[^"]+"/, keyid);
    },
  ),
  refused('algorithm', 'algorithm_mismatch', 'alg 与密钥不符', "an alg that is not the key's", (good) =>
    input(good(), 'ecdsa-p256-sha256', 'ed25519'),
  ),
  refused('expired', 'request_expired', '已过期', 'expired', (good) =>
    good({ created: seconds() - 200, expires: seconds() - 100 }),
  ),
  refused('early', 'request_not_yet_valid', '签于未来', 'signed in the future', (good) =>
    good({ created: seconds() + 100 }),
  ),
  refused('long-life', 'lifetime_too_long', '有效期过长', 'a signature that lives too long', (good) =>
    good({ expires: seconds() + 400 }),
  ),
  refused('nonce', 'nonce_malformed', 'nonce 不是 22 个字符', 'a nonce that is not 22 characters', (good) =>
    input(good(), /;nonce="[^"]+"/, ';nonce="short"'),
  ),
  refused(
    'replay',
    'nonce_replayed',
    '同样的字节不得再次通过',
    'the same bytes never pass twice',
    (good) => good(),
    { twice: true },
  ),
  refused(
    'unsigned-header',
    'component_missing',
    'datong- 头未签名',
    'a datong- header that is not signed',
    (good) => plus(good(), ['datong-matter', 'RX-1']),
  ),
  refused(
    'unsigned-type',
    'component_missing',
    'content-type 未签名',
    'a content-type that is not signed',
    (good) => input(good(), /"content-type" ?/, ''),
  ),
  refused(
    'unknown-header',
    'header_unknown',
    '未知的 datong- 头',
    'a datong- header that is unknown',
    (good) => good({ headers: { 'datong-wish': 'x' } }),
  ),
  refused(
    'absent-header',
    'component_unexpected',
    '签了没有发出的头',
    'a header that is signed and not sent',
    (good) => without(good(), 'datong-purpose'),
  ),
  refused('query', 'signature_invalid', '查询串被加上', 'a query that was added', (good) => ({
    ...good(),
    line: `POST ${path}?x=1 HTTP/1.1`,
  })),
  refused('other-path', 'signature_invalid', '路径被换', 'another path', (good) => ({
    ...good(),
    line: `POST ${path.replace('none', 'more')} HTTP/1.1`,
  })),
  refused(
    'utf8-header',
    'header_malformed',
    '签名的头不是可见 ASCII',
    'a signed header beyond ASCII',
    (good) => edited(good(), 'datong-purpose', () => Buffer.from('查询').toString('latin1')),
  ),
  refused('gzip', 'unsupported_media_type', '压缩的正文', 'a body that is compressed', (good) =>
    plus(good(), ['Content-Encoding', 'gzip']),
  ),
  refused('two-members', 'malformed_json', 'JSON 成员重复', 'a JSON member twice', (good) =>
    good({ body: '{"limit":1,"limit":2}' }),
  ),

  early('other-host', 'host_mismatch', 'Host 须为本网关', "the Host is the gateway's own", (good) =>
    edited(good(), 'host', () => 'evil.example'),
  ),
  early('two-hosts', 'header_duplicate', 'Host 只有一个', 'there is one Host', (good) =>
    plus(good(), ['Host', 'evil.example']),
  ),
  early('absolute-target', 'target_malformed', '目标须为路径', 'the target is a path', (good) => ({
    ...good(),
    line: `POST https://evil.example${path} HTTP/1.1`,
  })),
  early(
    'two-lengths',
    'malformed_http',
    'Content-Length 与 Transfer-Encoding 不得并存',
    'Content-Length and Transfer-Encoding never together',
    (good) => plus(good(), ['Transfer-Encoding', 'chunked']),
  ),
  early('line-feed', 'malformed_http', '行须以 CRLF 结束', 'lines end with CRLF', (good) => ({
    ...good(),
    end: '\n',
  })),
  early('long-header', 'headers_too_large', '头总长有限', 'headers have a limit', (good) =>
    plus(good(), ['x-long', 'x'.repeat(20_000)]),
  ),
  early('many-headers', 'headers_too_many', '头的行数有限', 'header lines have a limit', (good) =>
    plus(good(), ...Array.from({ length: 300 }, (_, i): [string, string] => [`x-${i}`, 'y'])),
  ),
];
