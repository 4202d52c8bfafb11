/** `datong request renew AGREEMENT`: the agreement with which its next term is asked for, as its last version said it. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { asSteward, type RequestOptions } from './requestCall.ts';

export function registerRenew(request: Command): void {
  withStaffToken(request.command('renew'))
    .description(
      '按最近生效的版本起草续期，输出 YAML / the next term of an agreement, as its last version said it, as YAML',
    )
    .argument('<agreement>', 'id of the agreement')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request renew agr-school-meals > renewed.yaml\n  $ datong request new renewed.yaml --reason "meals of 2027" --commitment undertaking.pdf\n',
    )
    .action(renew);
}

interface Begun {
  readonly of: number;
  readonly document?: object;
  readonly automatic?: object;
}

async function renew(agreement: string, options: RequestOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const path = `/v1/policy/documents/${encodeURIComponent(agreement)}/renewal`;
    const begun = bodyOf(await client.get(path)) as unknown as Begun;
    const { of, document = { kind: 'AutomaticAgreement', ...begun.automatic } } = begun;
    data(options.json === true ? JSON.stringify(begun) : stringify(document).trimEnd());
    talk({
      zh: `取自 ${agreement}@${of}；按需修改后提出：datong request new FILE`,
      en: `as ${agreement}@${of} says; change what differs, then ask: datong request new FILE`,
    });
  });
}
