/** How a bridge reaches its broker: address, TLS and credentials. Secrets come from files or the environment, never from the configuration. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { wrongMember, type MemberReader } from '../memberReader.ts';
import { defined } from '../../../terms/defined.ts';

export interface BrokerAddress {
  readonly url: URL;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export const addressMembers = [
  'url',
  'username',
  'passwordFile',
  'passwordFrom',
  'ca',
  'cert',
  'key',
] as const;

/** @param schemes each with whether it is TLS, such as `mqtts:` @throws VerbFailure (exit 4) naming file and member */
export function brokerAddress(
  at: MemberReader,
  members: Readonly<Record<string, unknown>>,
  place: string,
  schemes: Readonly<Record<string, boolean>>,
): BrokerAddress {
  const url = urlOf(at, members['url'], `${place}.url`, Object.keys(schemes));
  const file = (name: string): Buffer | undefined =>
    members[name] === undefined ? undefined : fileOf(at, members[name], `${place}.${name}`);
  const password = passwordOf(at, members, place);
  const isTls = schemes[url.protocol] === true;
  if (!isTls && password !== undefined && !isLoopback(url.hostname))
    throw wrongMember(at.file, `${place}.url`, {
      zh: '不加密的连接不发送口令，请改用 TLS',
      en: 'a password is not sent over a connection without TLS',
    });
  const [ca, cert, key] = ['ca', 'cert', 'key'].map(file);
  if (!isTls && (ca ?? cert ?? key) !== undefined)
    throw wrongMember(at.file, `${place}.url`, {
      zh: '有证书时地址应为 TLS',
      en: 'certificates need an address with TLS',
    });
  return {
    url,
    ...(members['username'] === undefined
      ? {}
      : { username: at.text(members['username'], `${place}.username`) }),
    ...defined({ password, ca, cert, key }),
  };
}

function urlOf(at: MemberReader, value: unknown, place: string, schemes: readonly string[]): URL {
  const text = at.text(value, place);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol) || url.hostname === '')
    throw wrongMember(at.file, place, {
      zh: `应为 ${schemes.map((one) => `${one}//主机:端口`).join(' 或 ')}`,
      en: `${schemes.map((one) => `${one}//host:port`).join(' or ')} is wanted`,
    });
  if (url.username !== '' || url.password !== '')
    throw wrongMember(at.file, place, {
      zh: '地址中不写用户名和口令：用 username、passwordFile 或 passwordFrom',
      en: 'no user name or password in the address: use username and passwordFile or passwordFrom',
    });
  return url;
}

function passwordOf(
  at: MemberReader,
  { passwordFile, passwordFrom }: Readonly<Record<string, unknown>>,
  place: string,
): string | undefined {
  if (passwordFile !== undefined && passwordFrom !== undefined)
    throw wrongMember(at.file, `${place}.passwordFrom`, {
      zh: 'passwordFile 与 passwordFrom 只能有一个',
      en: 'passwordFile and passwordFrom exclude each other',
    });
  if (passwordFrom !== undefined) return at.variable(passwordFrom, `${place}.passwordFrom`);
  if (passwordFile === undefined) return undefined;
  return fileOf(at, passwordFile, `${place}.passwordFile`)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

const fileOf = (at: MemberReader, value: unknown, place: string): Buffer =>
  at.that(place, { zh: '不是可读的文件', en: 'it is no file that can be read' }, () =>
    readFileSync(resolve(dirname(resolve(at.file)), at.text(value, place))),
  );

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
