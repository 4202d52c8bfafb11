/** `datong client accept FIRST SECOND --hub URL --pin sha256:…`: a person accepts an invitation; their first token is printed, once. */
import type { Command } from 'commander';
import { pinnedRoot } from '../enrol/pinnedRoot.ts';
import { storeStaff, refuseTaken } from '../profiles/login.ts';
import { checkName } from '../profiles/profileHome.ts';
import { data, talk } from '../verb.ts';
import { acceptInvitation, type AcceptedInvitation } from './acceptInvitation.ts';
import { hubOrigin, wholeNumber } from '../values.ts';

interface AcceptOptions {
  readonly hub: string;
  readonly pin: string;
  readonly days: number;
  readonly login?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('accept')
    .argument('<first>', 'first code, from the person who invited you')
    .argument('<second>', 'second code, from the person who confirmed the invitation')
    .description('凭两段邀请码加入并取得令牌 / accept an invitation (needs both codes) and get a token')
    .requiredOption('--hub <url>', 'open listener of the hub, such as https://hub.example:8444', hubOrigin)
    .requiredOption('--pin <sha256:…>', 'pin of the hub, given with the invitation')
    .option('--days <number>', 'until the token expires, 1 to 366', wholeNumber(1, 366), 90)
    .option('--login <name>', 'store the token as a profile of this name instead of printing it')
    .option('--json', 'answer {person, id, token, expires} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong client accept DT-7K2QX-… DT-0M4ZB-… --hub https://hub.example:8444 --pin sha256:mB3…\n',
    )
    .action(accept);
}

async function accept(first: string, second: string, options: AcceptOptions): Promise<void> {
  const { hub, pin, days, login: name } = options;
  if (name !== undefined) refuseTaken(checkName(name));
  const accepted = await acceptInvitation({ first, second, hub, pin, days });
  if (name !== undefined) {
    await logIn(name, accepted, options);
    return;
  }
  data(options.json === true ? JSON.stringify(accepted) : accepted.token);
  talk({
    zh: `令牌 ${accepted.id}，有效至 ${accepted.expires}；只显示这一次，只有您本人使用`,
    en: `token ${accepted.id}, until ${accepted.expires}; it is shown only once; do not share it`,
  });
}

/** Stores the token as a profile. If the login fails, the token is printed, because an invitation can be accepted only once. */
async function logIn(name: string, accepted: AcceptedInvitation, options: AcceptOptions): Promise<void> {
  const { hub, pin } = options;
  try {
    const ca = await pinnedRoot(hub, pin);
    await storeStaff(name, { origin: accepted.staff, ca, pin, token: accepted.token }, options);
  } catch (error) {
    data(accepted.token);
    talk({
      zh: `您已加入，但未能登录到 ${accepted.staff}；令牌只显示这一次，请用 datong login 登录`,
      en: `the invitation is accepted, but the login at ${accepted.staff} failed; the token is shown only once: use it with datong login`,
    });
    throw error;
  }
}
