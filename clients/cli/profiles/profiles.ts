/** `datong client profiles`: the identities that this user has, and the default one. */
import { connect } from 'node:tls';
import type { Command } from 'commander';
import { columns } from '../printedText.ts';
import { data, dataLines, say, talk, exitCode, VerbFailure } from '../verb.ts';
import { inUse, storedProfile, profileHome, profileNames, type ProfileKind } from './profileHome.ts';
import { Connection } from '../../sdk/connection.ts';
import type { Profile } from '../../sdk/profile.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';

export function register(program: Command): void {
  program
    .command('profiles')
    .description('本机的配置：各个枢纽、部门与工作人员 / profiles on this machine: hubs, departments, staff')
    .option('--json', 'answer [{name, kind, hub or department, file, inUse}] as JSON')
    .addHelpText('after', '\nExample:\n  datong client profiles\n  datong client use education\n')
    .action(profiles);
}

function profiles(options: { readonly json?: boolean }): void {
  const current = inUse();
  const found = profileNames().flatMap((name) => {
    const profile = storedProfile(name);
    if (profile === undefined) return [];
    const place =
      profile.kind === 'staff'
        ? { hub: profile.hub.staff }
        : { department: profile.department, file: profile.file };
    return [{ name, kind: profile.kind, ...place, inUse: current[profile.kind] === name }];
  });
  if (options.json === true) {
    data(JSON.stringify(found));
    return;
  }
  const rows = found.map((one) => [
    one.inUse ? '*' : ' ',
    one.name,
    one.kind === 'staff' ? say({ zh: '工作人员', en: 'staff' }) : say({ zh: '部门', en: 'department' }),
    'hub' in one ? one.hub : `${one.department}  ${one.file}`,
  ]);
  dataLines(columns(rows));
  if (found.length === 0) talk({ zh: `${profileHome()} 中没有配置`, en: `no profiles in ${profileHome()}` });
}

type Listener = 'exchange' | 'open' | 'staff';

/** Paths that one listener has, and its status there for a caller without credentials. The other listeners answer with 404. */
const probes = [
  ['open', '/.well-known/datong-signing', 200],
  ['staff', '/v1/inbox', 401],
] as const;

/** By these, the exchange listener ends the connection of a client without a certificate. */
const certificateWanted: readonly unknown[] = [
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
];
/** Without the alert, its end is a reset. So is that of a proxy without a hub, which takes no part in TLS. */
const resets: readonly unknown[] = ['ECONNRESET', 'EPIPE'];
/** milliseconds for a handshake, and for the end after it */
const patienceMs = 5_000;

/** Whether a listener that the root vouches for takes the handshake, and then ends the connection although nothing was sent. */
async function wantsCertificate(origin: string, ca: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve) => {
    const place = { host, port: Number(port === '' ? 443 : port), ca };
    let isSecure = false;
    const socket = connect(place, () => {
      isSecure = true;
    });
    const ends = (answer: boolean): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => ends(false), patienceMs);
    socket.on('error', () => ends(isSecure));
    socket.on('close', () => ends(isSecure));
    socket.resume();
  });
}

/**
 * Finds which listener of the pinned hub answers at an address.
 * @throws VerbFailure (exit 3) if none of the three answers so; the error of TLS or of the network
 */
async function listenerAt(origin: string, ca: string): Promise<Listener> {
  const connection = new Connection({ ca, sockets: 1 });
  try {
    for (const [listener, path, expected] of probes) {
      const uri = `${origin}${path}`;
      const { status } = await connection.send({ method: 'GET', uri, headers: {}, body: new Uint8Array() });
      if (status === expected) return listener;
      if (status !== 404) throw undetermined(origin, status);
    }
    throw undetermined(origin, 404);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (certificateWanted.includes(code)) return 'exchange';
    if (resets.includes(code) && (await wantsCertificate(origin, ca))) return 'exchange';
    throw error;
  } finally {
    connection.close();
  }
}

const undetermined = (origin: string, status: number): VerbFailure =>
  new VerbFailure(
    exitCode.network,
    {
      zh: `${origin} 的答复不像这个枢纽的任何端口（HTTP ${status}）`,
      en: `${origin} does not answer as a listener of this hub does (HTTP ${status})`,
    },
    {
      zh: '核对地址与端口；枢纽正忙或正在启动的，稍后再试',
      en: 'check address and port; if the hub is busy or starting, try again later',
    },
  );

const listenerAtZh: Readonly<Record<Listener, string>> = {
  exchange: '交换端口',
  open: '开放端口',
  staff: '管理端口',
};

/**
 * To be called before a secret is sent.
 * @throws VerbFailure (exit 2) if the address is another listener of the hub than the verb needs
 */
export async function demandListener(origin: string, ca: string, wanted: Listener): Promise<void> {
  const found = await listenerAt(origin, ca);
  if (found === wanted) return;
  throw new VerbFailure(
    exitCode.usage,
    {
      zh: `${origin} 是这个枢纽的${listenerAtZh[found]}，这里需要${listenerAtZh[wanted]}`,
      en: `${origin} is the ${found} listener of this hub; its ${wanted} listener is wanted here`,
    },
    {
      zh: '端口通常是：交换 8443，开放 8444，管理 8445；datong serve 启动时会列出',
      en: 'usual ports: exchange 8443, open 8444, staff 8445; datong serve lists them when it starts',
    },
  );
}

/** Prints the department for which a verb acts, if it comes from the default profile and not from an option or the folder. */
export function printDepartment(name: string, { department, hub }: Profile): void {
  talk({
    zh: `代表部门 ${department}，枢纽 ${hub.exchange}（使用中的配置 ${name}）`,
    en: `for department ${department} at ${hub.exchange} (the profile in use, ${name})`,
  });
}

/** Prints the member of staff of a verb that uses the profile in use where there are several. */
export function printStaff(name: string, origin: string): void {
  if (!profileNames().some((other) => other !== name && storedProfile(other)?.kind === 'staff')) return;
  talk({
    zh: `以配置 ${name} 的身份，枢纽 ${origin}（使用中的配置）`,
    en: `as ${name} at ${origin} (the profile in use)`,
  });
}

const remedies: Readonly<Record<ProfileKind, Bilingual>> = {
  department: {
    zh: '部门先运行 datong enrol；工作人员先运行 datong client accept（第一次）或 datong login；演示环境用 --as 部门代码',
    en: 'a department runs datong enrol first, staff datong client accept (the first time) or datong login; with the demo use --as DEPARTMENT',
  },
  staff: {
    zh: '先运行 datong client accept（第一次）或 datong login；演示环境用 --as 名称或 --demo',
    en: 'run datong client accept (the first time) or datong login first; with the demo use --as NAME or --demo',
  },
};

const faults: Readonly<Record<ProfileKind, Bilingual>> = {
  department: { zh: '没有指明代表哪个部门', en: 'no department is named to speak for' },
  staff: { zh: '没有指明工作人员身份', en: 'no member of staff is named to act as' },
};

/** A verb without a profile does not guess one: it lists those that exist. */
export function nothingNamed(kind: ProfileKind): VerbFailure {
  const names = profileNames().filter((name) => storedProfile(name)?.kind === kind);
  if (names.length === 0) return new VerbFailure(exitCode.local, faults[kind], remedies[kind]);
  return new VerbFailure(exitCode.local, faults[kind], {
    zh: `已有配置：${names.join('、')}；用 --profile 名称，或 datong client use 名称`,
    en: `there are the profiles ${names.join(', ')}: name one with --profile NAME, or datong client use NAME`,
  });
}

/** An unknown profile name, with the existing ones. */
export function unknownProfile(name: string): VerbFailure {
  const names = profileNames();
  return new VerbFailure(
    exitCode.usage,
    { zh: `没有名为“${name}”的配置`, en: `there is no profile "${name}"` },
    names.length === 0
      ? { zh: '先运行 datong login 或 datong enrol', en: 'run datong login or datong enrol first' }
      : { zh: `可用：${names.join('、')}`, en: `known: ${names.join(', ')}` },
  );
}
