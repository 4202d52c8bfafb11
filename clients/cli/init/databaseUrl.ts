import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCode, VerbFailure } from '../verb.ts';

const nearby = /^(localhost|127(\.\d+){3}|\[::1\]|)$/;

/**
 * The address as it goes into hub.json. To another machine the connection is TLS, and the server proves its name: `sslmode=verify-full`,
 * with the authority's certificate where it is not a public one.
 * @throws VerbFailure (exit 2) for no address, or for TLS that proves nothing; exit 4 where the certificate is not there
 */
export function databaseUrl(address: string, authority: string | undefined): string {
  const url = parsed(address);
  const { searchParams } = url;
  const socket = searchParams.get('host')?.startsWith('/') === true;
  const mode = searchParams.get('sslmode');
  if (authority !== undefined) {
    const path = resolve(authority);
    if (!existsSync(path)) {
      throw new VerbFailure(exitCode.local, {
        zh: `没有证书文件 ${path}`,
        en: `there is no certificate ${path}`,
      });
    }
    searchParams.set('sslrootcert', path);
    searchParams.set('sslmode', 'verify-full');
    return url.href;
  }
  if (socket || nearby.test(url.hostname)) return address;
  if (mode === null) {
    searchParams.set('sslmode', 'verify-full');
    return url.href;
  }
  if (mode === 'verify-full') return address;
  throw new VerbFailure(
    exitCode.usage,
    {
      zh: `到另一台机器的数据库连接，sslmode=${mode} 不能证明对方是谁`,
      en: `to a database on another machine sslmode=${mode} does not prove who answers`,
    },
    {
      zh: '用 sslmode=verify-full；数据库证书不是公共机构签发时加 --database-ca 证书文件',
      en: 'use sslmode=verify-full; add --database-ca FILE where no public authority certified the database',
    },
  );
}

function parsed(address: string): URL {
  if (/^postgres(ql)?:\/\//.test(address) && URL.canParse(address)) return new URL(address);
  // never repeated: it may hold a password
  throw new VerbFailure(exitCode.usage, {
    zh: '--database 要写成 postgres://用户:口令@主机/库，或 own',
    en: '--database is wanted as postgres://user:password@host/database, or own',
  });
}
