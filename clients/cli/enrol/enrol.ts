/** `datong enrol CODE --hub URL --pin sha256:…`: enrols this machine for a department. `datong enrol --renew`: renews its certificate. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { isPin } from '../../../certs/authority/identifiers.ts';
import { storeProfile, storedProfile, profileHome } from '../profiles/profileHome.ts';
import { namedVerb } from '../namedVerb.ts';
import { hubOrigin } from '../values.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { profileFile } from './clientFolder.ts';
import { enrolDepartment } from './enrolDepartment.ts';
import type { KeyStoreExport, KeyStoreOptions, KeyStorePlan } from './keyStore.ts';
import { renewCertificate } from './renewCertificate.ts';
import { defined } from '../../../terms/defined.ts';

interface EnrolOptions extends KeyStoreOptions {
  readonly hub?: string;
  readonly pin?: string;
  readonly department?: string;
  readonly dir: string;
  readonly renew?: boolean;
  readonly atOnce?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('enrol')
    .description(
      '凭一次性入网码取得证书；私钥在本机生成，不离开本机 / get a certificate with a one-time code; keys are made here and never leave',
    )
    .argument('[code]', 'enrolment code from the data office')
    .option('--hub <url>', 'open listener of the hub, such as https://hub.example:8444', hubOrigin)
    .option('--pin <sha256:…>', 'pin of the hub, given with the code')
    .option('--department <code>', 'refuse unless the code is for this department')
    .option('--dir <folder>', 'where datong.json is written', '.')
    .option(
      '--renew',
      'renew the certificate of datong.json (from half of its life; up to 30 days after its end)',
    )
    .option('--at-once', 'with --renew: also before it is time, when the authority of the hub was stolen')
    .option(
      '--key-store <file>',
      'certify the TLS key of a .p12 or .pfx, RSA or P-256, instead of a fresh one',
    )
    .option('--key-store-alias <name>', 'which key of the store, where it holds several')
    .option(
      '--key-store-password-file <file>',
      'its first line is the password of the stores (else DATONG_KEYSTORE_PASSWORD)',
    )
    .option(
      '--export-key-store <file>',
      'write TLS key and certificate chain as .p12, for Java, IIS and others',
    )
    .option('--export-legacy', 'protect it with 3DES, for Windows Server 2016 and Java before 8u301')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong enrol DT-7K2QX-0M4ZB-R9T1C-W8H5N --hub https://hub.example:8444 --pin sha256:mB3…
  $ datong enrol DT-… --hub … --pin … --key-store tomcat.p12 --key-store-password-file secret.txt
  $ datong enrol --renew        # from cron, once a day: does nothing until it is time`,
    )
    .action((code: string | undefined, options: EnrolOptions) => namedVerb(() => run(code, options)));
}

async function run(code: string | undefined, options: EnrolOptions): Promise<void> {
  if (options.atOnce === true && options.renew !== true)
    throw new VerbFailure(exitCode.usage, {
      zh: '--at-once 与 --renew 一起使用',
      en: '--at-once belongs to --renew',
    });
  const folder = resolve(options.dir);
  if (options.renew === true) {
    await renew(resolve(folder, profileFile), options);
    return;
  }
  const { hub, pin } = demanded(code, options);
  const { tls, exportTo } = await plan(options);
  const enrolled = await enrolDepartment({
    code: code ?? '',
    hub,
    pin,
    folder,
    tls,
    ...defined({ department: options.department }),
  });
  const { department, serial, keyid, notAfter, renewFrom, confirmed, clockAhead } = enrolled;
  if (options.json === true) data(JSON.stringify({ ...enrolled, profile: resolve(folder, profileFile) }));
  talk({
    zh: `已入网：部门 ${department}，证书 ${serial}，有效期至 ${notAfter}，${renewFrom} 起可换发`,
    en: `enrolled: department ${department}, certificate ${serial}, valid until ${notAfter}, renewable from ${renewFrom}`,
  });
  talk({
    zh: `写入 ${resolve(folder, profileFile)}；私钥在 datong-keys/（0600），不离开本机`,
    en: `wrote ${resolve(folder, profileFile)}; private keys are in datong-keys/ (0600) and stay on this machine`,
  });
  if (!confirmed) {
    talk({
      zh: `贵部门已有密钥：请另一人核对指纹 ${keyid} 并确认，之后才能使用`,
      en: `your department holds keys already: another person compares the thumbprint ${keyid} and confirms it, then it counts`,
    });
  }
  await exportStore(exportTo, resolve(folder, profileFile));
  printClock(clockAhead);
  keepName(department, resolve(folder, profileFile));
}

async function renew(path: string, options: EnrolOptions): Promise<void> {
  const { tls, exportTo } = await plan(options);
  const { renewed, department, serial, notAfter, renewFrom } = await renewCertificate(
    path,
    tls,
    options.atOnce,
  );
  if (options.json === true) data(JSON.stringify({ renewed, department, serial, notAfter, renewFrom }));
  talk(
    renewed
      ? {
          zh: `已换发：证书 ${serial}，有效期至 ${notAfter}`,
          en: `renewed: certificate ${serial}, valid until ${notAfter}`,
        }
      : { zh: `还不到时候：${renewFrom} 起可换发`, en: `not yet: it can be renewed from ${renewFrom}` },
  );
  await exportStore(exportTo, path);
}

/** Key stores have a separate library, which is loaded only for them. */
async function plan(options: EnrolOptions): Promise<KeyStorePlan> {
  const { keyStore, keyStoreAlias, exportKeyStore, exportLegacy } = options;
  if ([keyStore, keyStoreAlias, exportKeyStore, exportLegacy].every((one) => one === undefined))
    return { tls: undefined, exportTo: undefined };
  const { planKeyStores } = await import('./keyStore.ts');
  return planKeyStores(options, options.renew === true);
}

async function exportStore(to: KeyStoreExport | undefined, profile: string): Promise<void> {
  if (to === undefined) return;
  const { exportKeyStore } = await import('./keyStore.ts');
  if (!exportKeyStore(to, profile)) return;
  talk({
    zh: `写入密钥库 ${to.path}（PKCS#12）`,
    en: `wrote the key store ${to.path} (PKCS #12)`,
  });
}

/** @throws VerbFailure (exit 2) for missing or malformed options */
function demanded(
  code: string | undefined,
  { hub, pin }: EnrolOptions,
): { readonly hub: string; readonly pin: string } {
  const usage = (zh: string, en: string): VerbFailure => new VerbFailure(exitCode.usage, { zh, en });
  if (code === undefined) throw usage('缺少入网码', 'the enrolment code is missing');
  if (hub === undefined)
    throw usage(
      '--hub 写开放端口的地址，如 https://hub.example:8444',
      '--hub is missing, such as https://hub.example:8444',
    );
  if (pin === undefined || !isPin(pin)) {
    throw usage(
      '--pin 要写成 sha256: 加 43 个字符，与入网码一起由数据主管部门告知',
      '--pin must be sha256: and 43 characters, as given by the data office with the code',
    );
  }
  return { hub, pin };
}

/** Always printed: a wrong clock is the most common reason for failing signatures, and clocks drift. */
function printClock(ahead: number): void {
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const off = Math.abs(ahead) > 20_000;
  talk({
    zh: `本机时钟比枢纽${ahead > 0 ? '快' : '慢'} ${seconds} 秒${off ? '；相差超过 30 秒的签名会被拒绝，请校时' : ''}`,
    en: `this machine's clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the hub's${off ? '; beyond 30 s signatures are refused: set it right' : ''}`,
  });
}

/** Gives the profile a name, so that verbs in other folders can use it. Enrolment succeeds even where this user's home is not writable. */
function keepName(department: string, file: string): void {
  const free = [department, ...Array.from({ length: 98 }, (_, index) => `${department}-${index + 2}`)].find(
    (name) => storedProfile(name) === undefined,
  );
  if (free === undefined) return;
  try {
    const current = storeProfile(free, { v: 1, kind: 'department', department, file });
    talk(
      current
        ? {
            zh: `在别的文件夹也使用这个配置（${free}）`,
            en: `verbs in other folders use this profile too (${free})`,
          }
        : {
            zh: `在别的文件夹用 --profile ${free}，或 datong client use ${free}`,
            en: `in other folders name it with --profile ${free}, or datong client use ${free}`,
          },
    );
  } catch {
    talk({
      zh: `${profileHome()} 不可写：只在 ${file} 所在的文件夹可用`,
      en: `${profileHome()} cannot be written: it is of use only in the folder of ${file}`,
    });
  }
}
