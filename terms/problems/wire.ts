/**
 * Rejections of the wire profile `datong-sig-1`: certificate, headers, signature, nonce, digest; and of a reply, as a client reports
 * them.
 */
export const wireProblems = {
  certificate_missing: {
    status: 401,
    who: 'department',
    text: { zh: '连接没有出示部门证书', en: 'the connection shows no certificate of a department' },
    next: {
      zh: '用入网时签发的 TLS 证书连接；证书须含 urn:datong:dept:<代码>',
      en: 'connect with the TLS certificate issued at enrolment; it names urn:datong:dept:<code>',
    },
  },
  certificate_revoked: {
    status: 401,
    who: 'department',
    text: { zh: '证书 {serial} 已被吊销', en: 'certificate {serial} is revoked' },
    next: { zh: '向数据主管部门申请新的入网码', en: 'ask the data office for a new enrolment code' },
  },
  certificate_expired: {
    status: 401,
    who: 'department',
    text: {
      zh: '部门 {department} 的证书 {serial} 已于 {until} 过期',
      en: 'certificate {serial} of the department {department} expired at {until}',
    },
    next: {
      zh: '在开放端口用签名密钥续期（到期后 30 天内）',
      en: 'renew on the open listener with the signing key (within 30 days of expiry)',
    },
  },
  header_duplicate: {
    status: 400,
    who: 'caller',
    text: { zh: '请求头 {name} 出现多次', en: 'the header {name} comes more than once' },
    next: { zh: '每个请求头只发送一次', en: 'send every header once' },
  },
  header_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '请求头 {name} 的值不合规', en: 'the value of the header {name} is malformed' },
    next: {
      zh: '只用可见 ASCII 字符，不留空，不超过规定长度',
      en: 'use visible ASCII, not empty, within the stated length',
    },
  },
  header_text_malformed: {
    status: 400,
    who: 'caller',
    text: {
      zh: '请求头 {name} 的内容不合规',
      en: 'the text in the header {name} is not one that it may hold',
    },
    next: {
      zh: '只对原文做一次 UTF-8 百分号编码（RFC 3986），解码后不超过 100 个字符；办件号可用汉字、字母、数字、._:/- 与 ()[]〔〕（）【】，经办人标识只用 ASCII 字母、数字与 ._:/-',
      en: 'percent-encode the text once (UTF-8, RFC 3986), at most 100 characters decoded; case numbers are of Chinese characters, letters, digits, ._:/- and ()[]〔〕（）【】, ids of officials of ASCII letters, digits and ._:/- only',
    },
  },
  header_identity_number: {
    status: 400,
    who: 'caller',
    text: {
      zh: '请求头 {name} 中含有公民身份号码，未予留存',
      en: 'the header {name} contains an identity number; it was not stored',
    },
    next: {
      zh: '填写办件号、经办人化名标识或编号本身；它们永久留存于日志，不得写入身份号码',
      en: 'send the number of the case, agreement or official itself: these stay in the log for ever, and identity numbers have no place there',
    },
  },
  header_unknown: {
    status: 400,
    who: 'caller',
    text: { zh: '未知的请求头 {name}', en: 'the header {name} is not known' },
    next: {
      zh: '核对拼写；datong- 开头的请求头只有接口文档所列几种',
      en: 'check its spelling; the only datong- headers are those of the API documentation',
    },
  },
  headers_too_many: {
    status: 431,
    who: 'caller',
    text: { zh: '请求头超过 {limit} 行', en: 'there are more than {limit} header lines' },
    next: { zh: '去掉多余的请求头', en: 'leave out what is not needed' },
  },
  target_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '请求目标的写法不被接受', en: 'this form of request target is not accepted' },
    next: {
      zh: '请求行写以 / 开头的路径，只含 RFC 3986 允许的字符',
      en: 'write a path that begins with / and holds only characters of RFC 3986',
    },
  },
  host_mismatch: {
    status: 421,
    who: 'caller',
    text: { zh: 'Host 与本枢纽的公开地址不符', en: "Host is not this hub's public address" },
    next: { zh: '使用 {expected}', en: 'use {expected}' },
  },
  signature_missing: {
    status: 401,
    who: 'caller',
    text: { zh: '请求没有签名', en: 'the request is not signed' },
    next: {
      zh: '添加标签为 req 的 Signature-Input 与 Signature（RFC 9421）',
      en: 'add Signature-Input and Signature with the label req (RFC 9421)',
    },
  },
  signature_input_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: 'Signature-Input 的写法不正确', en: 'Signature-Input is malformed' },
    next: {
      zh: '按 expected 逐字核对；参数为 created、expires、nonce、keyid、alg、tag',
      en: 'compare with expected; the parameters are created, expires, nonce, keyid, alg and tag',
    },
  },
  signature_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: 'Signature 的写法不正确', en: 'Signature is malformed' },
    next: {
      zh: '写成 req=:<64 字节签名的标准 Base64>:；ECDSA 用 r‖s（IEEE P1363），不用 DER',
      en: 'write req=:<standard base64 of the 64 signature bytes>:; ECDSA as r‖s (IEEE P1363), not DER',
    },
  },
  signature_duplicate: {
    status: 400,
    who: 'caller',
    text: { zh: '请求带有多个签名', en: 'the request carries more than one signature' },
    next: { zh: '只保留标签为 req 的一个签名', en: 'keep one signature, labelled req' },
  },
  component_missing: {
    status: 401,
    who: 'caller',
    text: { zh: '签名没有覆盖 {component}', en: 'the signature does not cover {component}' },
    next: { zh: '把它加入签名覆盖的成分', en: 'add it to the covered components' },
  },
  component_unexpected: {
    status: 401,
    who: 'caller',
    text: {
      zh: '签名覆盖了 {component}，但它不在请求中或不属于本签名规范',
      en: 'the signature covers {component}, which is not in the request or not part of the profile',
    },
    next: { zh: '从覆盖的成分中去掉它，或发送该请求头', en: 'leave it out, or send that header' },
  },
  key_unknown: {
    status: 401,
    who: 'department',
    text: { zh: '枢纽没有登记签名密钥 {keyid}', en: 'the hub knows no signing key {keyid}' },
    next: {
      zh: 'keyid 是公钥的 RFC 7638 指纹；核对是否用了入网时的签名密钥',
      en: 'keyid is the RFC 7638 thumbprint of the public key; check that it is the key enrolled for signing',
    },
  },
  key_revoked: {
    status: 401,
    who: 'department',
    text: { zh: '签名密钥 {keyid} 已停用', en: 'the signing key {keyid} is no longer in force' },
    next: { zh: '用当前密钥签名，或重新入网', en: 'sign with a key in force, or enrol again' },
  },
  key_not_confirmed: {
    status: 401,
    who: 'data-office',
    text: {
      zh: '签名密钥 {keyid} 还没有由另一人确认',
      en: 'the signing key {keyid} waits until another person has confirmed it',
    },
    next: {
      zh: '请本部门或主管部门的另一人核对密钥标识后确认：datong review approve {keyid}',
      en: 'have another person, of the department or the data office, compare the thumbprint: datong review approve {keyid}',
    },
  },
  key_department_mismatch: {
    status: 403,
    who: 'department',
    text: {
      zh: '签名密钥与 TLS 证书不属于同一部门',
      en: 'the signing key and the TLS certificate belong to different departments',
    },
    next: { zh: '两者都用本部门的', en: 'use both of your own department' },
  },
  algorithm_mismatch: {
    status: 401,
    who: 'caller',
    text: {
      zh: 'alg 与登记密钥的算法不一致',
      en: 'alg is not the algorithm of the registered key',
    },
    next: { zh: '把 alg 写成 {expected}', en: 'write alg as {expected}' },
  },
  request_expired: {
    status: 401,
    who: 'caller',
    text: {
      zh: '请求签名已于 {expires} 过期，枢纽时钟为 {now}',
      en: "the request's signature expired at {expires}; the hub's clock says {now}",
    },
    next: {
      zh: '发送前才签名，并用 NTP 校准时钟（允许偏差 30 秒）',
      en: 'sign right before sending and set the clock by NTP (30 s of skew are allowed)',
    },
  },
  request_not_yet_valid: {
    status: 401,
    who: 'caller',
    text: {
      zh: '请求的签名时间 {created} 在枢纽时钟 {now} 之后',
      en: "the request was signed at {created}, in the future of the hub's clock, which says {now}",
    },
    next: {
      zh: '用 NTP 校准时钟（允许偏差 30 秒）',
      en: 'set the clock by NTP (30 s of skew are allowed)',
    },
  },
  lifetime_too_long: {
    status: 401,
    who: 'caller',
    text: { zh: '签名有效期不在 1 至 300 秒之间', en: 'the signature lives not between 1 and 300 seconds' },
    next: { zh: '让 expires 等于 created 加 60', en: 'let expires be created plus 60' },
  },
  nonce_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: 'nonce 的写法不正确', en: 'nonce is malformed' },
    next: {
      zh: '每次取 16 个随机字节，写成 22 个 base64url 字符',
      en: 'take 16 random bytes for every request, written as 22 base64url characters',
    },
  },
  nonce_replayed: {
    status: 401,
    who: 'caller',
    text: { zh: '同一个 nonce 已经用过', en: 'this nonce was used before' },
    next: {
      zh: '重试时保留 datong-idempotency-key，换新的 nonce 并重新签名',
      en: 'to retry keep datong-idempotency-key, take a new nonce and sign again',
    },
  },
  digest_missing: {
    status: 400,
    who: 'caller',
    text: { zh: '缺少 Content-Digest', en: 'Content-Digest is missing' },
    next: {
      zh: '总是发送 Content-Digest: sha-256=:…:，空正文也要（RFC 9530）',
      en: 'always send Content-Digest: sha-256=:…:, for an empty body too (RFC 9530)',
    },
  },
  digest_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: 'Content-Digest 的写法不正确', en: 'Content-Digest is malformed' },
    next: {
      zh: '写成 sha-256=:<44 个标准 Base64 字符>:，只写这一种算法',
      en: 'write sha-256=:<44 characters of standard base64>: and no other algorithm',
    },
  },
  digest_mismatch: {
    status: 400,
    who: 'caller',
    text: { zh: 'Content-Digest 与收到的正文不符', en: 'Content-Digest is not that of the body received' },
    next: {
      zh: '对发送的原始字节计算 SHA-256；途中不要压缩或改写正文',
      en: 'compute the digest over the bytes that are sent; nothing on the way may compress or rewrite them',
    },
  },
  signature_invalid: {
    status: 401,
    who: 'caller',
    text: { zh: '签名与收到的请求不符', en: 'the signature does not match the request received' },
    next: {
      zh: '运行 datong client diagnose，或把自己的签名基串发给 /v1/diagnose，逐字节比对',
      en: 'run datong client diagnose, or send your own signature base to /v1/diagnose to compare byte by byte',
    },
  },
  message_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '这不是一条 HTTP/1.1 报文：{reason}', en: 'this is not an HTTP/1.1 message: {reason}' },
    next: {
      zh: '保存起始行、每行一个请求头、空行、正文的原始字节',
      en: 'save the exact bytes: start line, header lines, empty line, body',
    },
  },
  key_malformed: {
    status: 400,
    who: 'department',
    text: { zh: '密钥无法使用：{reason}', en: 'the key cannot be used: {reason}' },
    next: {
      zh: '使用 P-256 或 Ed25519 密钥，JWK 或 PEM 均可',
      en: 'use a P-256 or Ed25519 key, as JWK or PEM',
    },
  },
  jws_invalid: {
    status: 401,
    who: 'caller',
    text: { zh: 'JWS 签名不成立', en: 'the JWS does not verify' },
    next: {
      zh: '用登记的密钥以 ES256 或 EdDSA 签名，并写明 kid',
      en: 'sign with the registered key, as ES256 or EdDSA, and name its kid',
    },
  },
} as const;
