/** `datong login [NAME] --hub URL --pin sha256:…`: a person's token becomes a profile; no department's keys are needed. */
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { isPin } from '../../../certs/authority/identifiers.ts';
import { DatongRefusal, staffClient } from '../apply/staffCall.ts';
import { pinnedRoot } from '../enrol/pinnedRoot.ts';
import { data, exitCode, talk, VerbFailure, say } from '../verb.ts';
import { demandListener } from './profiles.ts';
import { hubOrigin } from '../values.ts';
import { checkName, storeProfile, storedProfile } from './profileHome.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { askHidden } from '../output.ts';

interface LoginOptions {
  readonly hub: string;
  readonly pin: string;
  readonly tokenFile?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('login')
    .argument('[name]', 'what the profile is called here', 'staff')
    .description(
      '以工作人员身份登录：令牌存为配置 / log in as a member of staff: the token is stored as a profile',
    )
    .requiredOption('--hub <url>', 'staff listener of the hub, such as https://hub.example:8445', hubOrigin)
    .requiredOption('--pin <sha256:…>', 'pin of the hub, given with the invitation')
    .option(
      '--token-file <file>',
      'its first line is the token, - for standard input (else DATONG_TOKEN, else asked)',
    )
    .option('--replace', 'where a profile of this name is there already')
    .option('--json', 'answer {name, hub, inUse} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong login operator --hub https://hub.example:8445 --pin sha256:mB3… --token-file token.txt\n',
    )
    .action(login);
}

async function login(name: string, options: LoginOptions): Promise<void> {
  const { hub, pin, replace } = options;
  checkName(name);
  if (!isPin(pin)) {
    throw new VerbFailure(exitCode.usage, {
      zh: '--pin 要写成 sha256: 加 43 个字符',
      en: '--pin is wanted as sha256: and 43 characters',
    });
  }
  if (replace !== true) refuseTaken(name);
  const ca = await pinnedRoot(hub, pin);
  await demandListener(hub, ca, 'staff');
  const token = await tokenOf(options.tokenFile);
  await storeStaff(name, { origin: hub, ca, pin, token }, options);
}

/** @throws VerbFailure (exit 4): a profile is never overwritten in passing */
export function refuseTaken(name: string): void {
  if (storedProfile(name) === undefined) return;
  throw new VerbFailure(
    exitCode.local,
    { zh: `已有名为“${name}”的配置`, en: `there is a profile "${name}" already` },
    { zh: '换一个名称，或加 --replace', en: 'take another name, or add --replace' },
  );
}

/** Stores a token that the hub has just accepted. @throws DatongRefusal for one that it refuses */
export async function storeStaff(
  name: string,
  access: { readonly origin: string; readonly ca: string; readonly pin: string; readonly token: string },
  { json }: { readonly json?: boolean },
): Promise<void> {
  const { origin, ca, pin, token } = access;
  const client = staffClient({ origin, ca, token });
  try {
    const reply = await client.get('/v1/inbox');
    if (reply.status >= 400) throw new DatongRefusal(reply);
  } finally {
    client.close();
  }
  const current = storeProfile(name, { v: 1, kind: 'staff', hub: { staff: origin, ca, pin }, token });
  if (json === true) data(JSON.stringify({ name, hub: origin, inUse: current }));
  talk(
    current
      ? {
          zh: `已登录；工作人员的命令使用配置 ${name}`,
          en: `logged in; verbs of staff use the profile ${name}`,
        }
      : {
          zh: `已登录；用 --profile ${name}，或先 datong client use ${name}`,
          en: `logged in; name it with --profile ${name}, or datong client use ${name} first`,
        },
  );
}

async function tokenOf(file: string | undefined): Promise<string> {
  const given =
    file === undefined
      ? (process.env['DATONG_TOKEN'] ?? (await askSecret({ zh: '令牌：', en: 'token: ' })))
      : readFileSync(file === '-' ? 0 : file, 'utf8');
  const token = (given.split('\n', 1)[0] ?? '').trim();
  if (token.startsWith('dtg_')) return token;
  throw new VerbFailure(
    exitCode.usage,
    { zh: '没有给出令牌（dtg_…）', en: 'no token (dtg_…) was given' },
    {
      zh: '用 --token-file 文件、环境变量 DATONG_TOKEN，或按提示输入',
      en: 'give it by --token-file FILE or DATONG_TOKEN, or type it when asked',
    },
  );
}

/** A line that is not shown while it is typed; '' where stdin is no terminal. */
async function askSecret(question: Bilingual): Promise<string> {
  return process.stdin.isTTY ? await askHidden(say(question)) : '';
}
