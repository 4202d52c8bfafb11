/**
 * `datong init`: writes hub.json after it has tested every setting, and prints the next command. It leaves nothing half done, and can be
 * run again.
 */
import type { Command } from 'commander';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renameDurably } from '../../../machine/renameDurably.ts';
import { checkHub } from '../../../hub/checkHub.ts';
import { formatVersion } from '../../../terms/refuseLaterVersion.ts';
import { readConfig } from '../../../hub/platform/config/readConfig.ts';
import { reservePorts } from '../../../hub/reservePorts.ts';
import { withHubExit } from '../hubExit.ts';
import { data, exitCode, talk, VerbFailure, say } from '../verb.ts';
import { defined } from '../../../terms/defined.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { askLines } from '../output.ts';

interface InitOptions {
  readonly dir: string;
  readonly name?: string;
  readonly origin?: string;
  readonly database?: string;
  readonly databaseCa?: string;
  readonly staffHost?: string;
  readonly json?: boolean;
}

/** The settings that a hub requires. */
interface Answers {
  readonly name: string;
  readonly origin: string;
  /** `postgres://…`, or `own`: a PostgreSQL of the hub's own */
  readonly database: string;
}

const questions: Readonly<Record<keyof Answers, Bilingual>> = {
  name: {
    zh: '枢纽短名（小写字母，写进日志，以后不变，如 yunxi）：',
    en: 'short name of the hub (lower case, recorded in the log permanently, such as yunxi): ',
  },
  origin: {
    zh: '各部门访问交换端口的地址（如 https://hub.yunxi.example:8443）：',
    en: 'address at which departments reach the exchange listener (such as https://hub.yunxi.example:8443): ',
  },
  database: {
    zh: 'PostgreSQL 地址（postgres://用户:口令@主机/库；仅评估时写 own，由枢纽自带）：',
    en: 'address of PostgreSQL (postgres://user:password@host/database; own for one of the hub’s own, for evaluation): ',
  },
};

/**
 * Takes answers from the options and asks for the rest where a user sits at a terminal. @throws VerbFailure (exit 2) naming what is missing
 */
async function answersOf(options: InitOptions): Promise<Answers> {
  const missing = (Object.keys(questions) as (keyof Answers)[]).filter((key) => options[key] === undefined);
  const answers = { name: '', origin: '', database: '', ...options };
  if (missing.length === 0) return answers;
  if (!process.stdin.isTTY) {
    const flags = missing.map((key) => `--${key}`);
    throw new VerbFailure(exitCode.usage, {
      zh: `缺少 ${flags.join('、')}`,
      en: `${flags.join(', ')} ${flags.length === 1 ? 'is' : 'are'} missing`,
    });
  }
  const given = await askLines(missing.map((key) => say(questions[key])));
  missing.forEach((key, at) => (answers[key] = given[at] ?? ''));
  return answers;
}

const nearby = /^(localhost|127(\.\d+){3}|\[::1\]|)$/;

/**
 * The address in the form for hub.json. A connection to another machine uses TLS, and the server proves its name: `sslmode=verify-full`,
 * with the authority's certificate where it is not a public one.
 * @throws VerbFailure (exit 2) for no address, or for TLS without proof of the name; exit 4 where the certificate is missing
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
  // never printed: it may contain a password
  throw new VerbFailure(exitCode.usage, {
    zh: '--database 要写成 postgres://用户:口令@主机/库，或 own',
    en: '--database is wanted as postgres://user:password@host/database, or own',
  });
}

export function register(program: Command): void {
  program
    .command('init')
    .description(
      '新建枢纽：写出 hub.json，检查端口、数据库与文件夹 / a new hub: writes hub.json, tries ports, database, folder',
    )
    .option('--dir <folder>', 'where hub.json goes', '.')
    .option('--name <name>', 'short name of the hub; recorded in the log permanently')
    .option('--origin <url>', 'as departments reach the exchange listener, such as https://hub.example:8443')
    .option('--database <url>', 'postgres://…; own: a PostgreSQL of the hub’s own, for evaluation')
    .option('--database-ca <file>', 'certificate of the authority that certified the database (PEM)')
    .option('--staff-host <address>', 'where the staff listener listens (default: 127.0.0.1)')
    .option('--json', 'answer {file, changed} as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong init --name yunxi --origin https://hub.yunxi.example:8443 --database postgres://datong:…@db.yunxi.example/datong --database-ca db-root.pem
  $ datong init        # asks`,
    )
    .action(init);
}

async function init(options: InitOptions): Promise<void> {
  const answers = await answersOf(options);
  const folder = resolve(options.dir);
  const file = join(folder, 'hub.json');
  const document = documentOf(answers, options);
  const text = `${JSON.stringify({ v: formatVersion, ...document }, undefined, 2)}\n`;
  refuseOther(file, text);
  await withHubExit(async () => {
    // relative paths of the document are the file's folder's
    const config = readConfig({ ...document, stateDir: join(folder, 'data') }, {});
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    const ports = await reservePorts(config, 'refuse');
    ports.release();
    await checkHub(config, { newHub: true });
  });
  const changed = !existsSync(file);
  if (changed) {
    // the address of the database may contain a password
    rmSync(`${file}.new`, { force: true }); // of a try that was cut off: its mode would stay
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameDurably(`${file}.new`, file);
  }
  if (options.json === true) data(JSON.stringify({ file, changed }));
  talk(
    changed
      ? {
          zh: `已写入 ${file}；端口、数据库、文件夹都可用`,
          en: `wrote ${file}; ports, database and folder are usable`,
        }
      : {
          zh: `${file} 已是这样；端口、数据库、文件夹都可用`,
          en: `${file} says so already; ports, database and folder are usable`,
        },
  );
  talk({
    zh: `接着：datong hub bootstrap --config ${file} --operator 姓名 --security 另一人的姓名`,
    en: `next: datong hub bootstrap --config ${file} --operator NAME --security ANOTHER-NAME`,
  });
}

/** The exchange listener uses the port of its address, the other three the ports after it. */
function documentOf({ name, origin, database }: Answers, { databaseCa, staffHost }: InitOptions): object {
  const port = portOf(origin);
  return {
    name,
    publicOrigin: origin,
    listeners: {
      exchange: { port },
      open: { port: port + 1 },
      staff: { ...defined({ host: staffHost }), port: port + 2 },
      admin: { port: port + 3 },
    },
    stateDir: 'data',
    ...(database === 'own' ? {} : { database: { url: databaseUrl(database, databaseCa) } }),
  };
}

/** @throws VerbFailure (exit 2) */
function portOf(origin: string): number {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url?.origin === origin && url.protocol === 'https:') return Number(url.port === '' ? 443 : url.port);
  throw new VerbFailure(exitCode.usage, {
    zh: '--origin 要写成 https://主机:端口，末尾不带斜线',
    en: '--origin is wanted as https://host:port, without a slash at its end',
  });
}

/** @throws VerbFailure (exit 4): the output of an earlier run is never overwritten silently */
function refuseOther(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') === text) return;
  throw new VerbFailure(
    exitCode.local,
    { zh: `${file} 已存在，内容不同`, en: `${file} is there already and says something else` },
    {
      zh: '照旧使用它（datong serve --check），或先把它移走',
      en: 'go on with it (datong serve --check), or move it away first',
    },
  );
}
