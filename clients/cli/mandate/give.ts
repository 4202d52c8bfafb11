/** `datong policy mandate give`: makes a mandate where the department's key is, without a hub; a colleague submits the file. */
import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { signJws } from '../../../certs/jws.ts';
import { mandateText, mandateType, readMandate, type Mandate } from '../../../certs/mandates/mandate.ts';
import { signingKey } from '../../../certs/signatures/index.ts';
import { readBoundedText } from '../boundedFile.ts';
import { openProfile, withProfile, type ProfileOptions } from '../profile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { defined } from '../../../terms/defined.ts';

interface GiveOptions extends ProfileOptions {
  readonly passkey: string;
  readonly console: string;
  readonly role: string;
  readonly datasets?: readonly string[];
  readonly from?: string;
  readonly until: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function registerGive(mandate: Command): void {
  withProfile(mandate.command('give'))
    .description('在密钥所在处出具签署授权书 / give a mandate, where the key is; writes a file')
    .argument('<person>', 'id of the person, see datong review deputy persons')
    .requiredOption(
      '--passkey <thumbprint>',
      'of the passkey, as the page of the person or datong policy mandate passkeys shows',
    )
    .requiredOption(
      '--console <origin>',
      'address at which the person signs, such as https://hub.example:8445',
    )
    .requiredOption('--role <role>', 'the side that the person signs for: provider, consumer or data-office')
    .option('--datasets <ids...>', 'only agreements on these; without it, on any')
    .option('--from <time>', 'RFC 3339; without it, from now on')
    .requiredOption('--until <time>', 'RFC 3339, within 366 days')
    .option(
      '-o, --out <file>',
      'where it goes, - for standard output (default: DEPARTMENT.PERSON.mandate.json)',
    )
    .option('--json', 'print what was signed as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ datong policy mandate give 7k2m9x4q1a --passkey 4vS… --console https://hub.example:8445 --role provider --datasets pub-security.household \\
      --until 2029-01-01T00:00:00+08:00`,
    )
    .action(give);
}

export interface MandateFile {
  readonly v: 1;
  /** its content */
  readonly says: Mandate;
  /** compact JWS */
  readonly mandate: string;
}

function give(person: string, options: GiveOptions): void {
  const { department, signingKey: secret } = openProfile(options);
  const { passkey, console, role, datasets } = options;
  const text = mandateText({
    v: 1,
    console,
    department,
    person,
    passkey,
    role: role as Mandate['role'],
    ...defined({ datasets }),
    from: momentOf(options.from ?? new Date().toISOString()),
    until: momentOf(options.until),
  });
  // a mandate that the hub would refuse is not signed
  const says = readMandate(Buffer.from(text));
  const file: MandateFile = { v: 1, says, mandate: signJws(text, signingKey(secret), { typ: mandateType }) };
  const to = options.out ?? `${department}.${person}.mandate.json`;
  const content = `${JSON.stringify(file, undefined, 2)}\n`;
  if (to === '-') data(content);
  else writeFileSync(to, content);
  if (options.json === true && to !== '-') data(JSON.stringify({ ok: true, ...file, file: to }));
  talk({
    zh: `${department} 授权 ${person} 用通行密钥签署，至 ${says.until}；请同事登记：datong policy mandate hand-in ${to}`,
    en: `${department} lets ${person} sign by passkey until ${says.until}; have a colleague hand it in: datong policy mandate hand-in ${to}`,
  });
}

/** In UTC, the form of times in mandates. @throws VerbFailure (exit 2) */
function momentOf(time: string): string {
  const at = Date.parse(time);
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new VerbFailure(exitCode.usage, { zh: `${time} 不是时间`, en: `${time} is no time` });
}

/** @throws VerbFailure (exit 4), Problem made_by_later_release, format_version_malformed, the file system's error */
export function mandateFileIn(path: string): MandateFile {
  try {
    const value = JSON.parse(readBoundedText(path, 65_536)) as Partial<MandateFile>;
    refuseLaterVersion(value, path);
    if (value.v === 1 && typeof value.mandate === 'string') return value as MandateFile;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new VerbFailure(exitCode.local, {
    zh: `${path} 不是 datong policy mandate give 写出的文件`,
    en: `${path} is no file of datong policy mandate give`,
  });
}
