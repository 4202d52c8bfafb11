/** Sentences for the error codes of files, network and libraries: their own messages are never shown. */
import type { Bilingual } from './bilingual.ts';

const fileFaults: Readonly<Record<string, Bilingual>> = {
  ENOENT: { zh: '没有这个文件或文件夹', en: 'there is no such file or folder' },
  EACCES: { zh: '没有权限', en: 'permission is denied' },
  EPERM: { zh: '没有权限', en: 'permission is denied' },
  ENOTDIR: { zh: '路径中有一段不是文件夹', en: 'a part of its path is no folder' },
  EEXIST: { zh: '已经存在', en: 'it is there already' },
  EROFS: { zh: '该处只读', en: 'nothing can be written there' },
  ENOSPC: { zh: '磁盘已满', en: 'the disk is full' },
  EDQUOT: { zh: '磁盘配额已用尽', en: 'the quota of the disk is used up' },
  EMFILE: { zh: '打开的文件过多', en: 'too many files are open' },
  ENFILE: { zh: '本机打开的文件过多', en: 'too many files are open on this machine' },
  EIO: { zh: '磁盘读写出错', en: 'the disk fails to read or write' },
};

const networkFaults: readonly (readonly [RegExp, Bilingual])[] = [
  [/^ECONNREFUSED$/, { zh: '那里没有程序在监听', en: 'nothing listens there' }],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, { zh: '找不到这个主机名', en: 'the name of the host is not known' }],
  [/^ETIMEDOUT$/, { zh: '没有及时应答', en: 'there was no answer in time' }],
  [/^(?:ECONNRESET|ECONNABORTED|EPIPE)$/, { zh: '连接被中断', en: 'the connection was cut' }],
  [/^EBADMSG$/, { zh: '应答不合该数据库的协议', en: 'what it answers is not the protocol of that database' }],
  [/^(?:EHOST|ENET)/, { zh: '没有到那里的网络', en: 'no network leads there' }],
  [
    /^ERR_TLS_CERT_ALTNAME/,
    {
      zh: '那里的证书写的是另一个主机名：地址中的主机名须为证书所列名称（subjectAltName）之一',
      en: 'the certificate there names another host: the host of the address must be one of its names (subjectAltName)',
    },
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    {
      zh: '对方（枢纽）的证书已过期，或本机时钟超前',
      en: "the other side's (the hub's) certificate has expired, or this machine's clock is ahead",
    },
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    { zh: '证书尚未生效：核对时钟', en: 'the certificate is not valid yet: look at the clock' },
  ],
  [
    /^(?:CERT_|UNABLE_|DEPTH_|SELF_)/,
    {
      zh: '证书不是由本机所认的机构签发',
      en: 'the certificate there comes from an authority that this machine does not know',
    },
  ],
  [
    /^ERR_SSL_\w+_ALERT_(?:\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED)$/,
    {
      zh: '对方不接受所出示的客户端证书',
      en: 'the other side does not accept the client certificate that was presented',
    },
  ],
  [
    /^(?:EPROTO|ERR_TLS|ERR_SSL)/,
    { zh: 'TLS 协商不成：是否是另一个端口？', en: 'no TLS was agreed on: is it another port?' },
  ],
];

/** Why a file could not be read or written; undefined for a code that is not about files. */
export const fileFault = (code: string): Bilingual | undefined =>
  Object.hasOwn(fileFaults, code) ? fileFaults[code] : undefined;

/** Why a peer could not be reached; undefined for a code that is not about the network or TLS. */
export const networkFault = (code: string): Bilingual | undefined =>
  networkFaults.find(([pattern]) => pattern.test(code))?.[1];

/** Whether OpenSSL reported that bytes are no key, no certificate, or are protected by another password. */
export const isKeyFault = (code: string): boolean => /^ERR_(?:OSSL|CRYPTO)_/.test(code);
