/** `datong policy mandate`: the persons whom a department's key permits to sign agreements by passkey, in a browser, without that key. */
import type { Command } from 'commander';
import type { MandateList, MandateView, PasskeyList } from '../../sdk/listTypes.ts';
import { bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { pathSegment } from '../values.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { columns } from '../printedText.ts';
import { translated } from '../reportedValues.ts';
import { data, dataLines, talk } from '../verb.ts';
import { mandateFileIn, registerGive } from './give.ts';
import { registerVerify } from './verify.ts';

interface Options extends StaffOptions {
  readonly json?: boolean;
}

export function register(program: Command): void {
  const mandate = program
    .command('mandate')
    .description(
      '签署授权书：谁可以用通行密钥代表部门签署 / who signs agreements for a department by passkey',
    );
  registerGive(mandate);
  withStaffToken(mandate.command('hand-in'))
    .description('登记签署授权书；被授权的人不得自行登记 / hand in a mandate; not by the person it is for')
    .argument('<file>', 'file that datong policy mandate give wrote')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong policy mandate hand-in pub-security.7k2m9x4q1a.mandate.json --as steward',
    )
    .action(submitMandate);
  withStaffToken(mandate.command('list'))
    .description('本部门的签署授权书，含已结束的 / mandates of your department, those that ended too')
    .option('--department <code>', 'of this department only')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong policy mandate list --as steward')
    .action(list);
  withStaffToken(mandate.command('show'))
    .description('一份签署授权书及其原文 / one mandate, with its artefact')
    .argument('<id>', 'mdt-…, see datong policy mandate list')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong policy mandate show mdt-0123456789abcdef01234567 --as steward',
    )
    .action(show);
  withStaffToken(mandate.command('revoke'))
    .description('撤销签署授权书，立即生效 / revoke a mandate, at once')
    .argument('<id>', 'mdt-…, see datong policy mandate list')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong policy mandate revoke mdt-0123456789abcdef01234567 --reason 岗位调整 --as steward',
    )
    .action(revoke);
  withStaffToken(mandate.command('passkeys'))
    .description('本人的通行密钥：授权书须写明的内容 / your own passkeys: what a mandate has to name')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong policy mandate passkeys --as steward')
    .action(passkeys);
  registerVerify(mandate);
}

async function submitMandate(file: string, options: Options): Promise<void> {
  const { mandate } = mandateFileIn(file);
  await asSteward(options, async (client) => {
    const view = bodyOf(await client.post('/v1/mandates', { mandate })) as unknown as MandateView;
    if (options.json === true) data(JSON.stringify({ ok: true, ...view }));
    else data(view.id);
    talk({
      zh: `${view.personName} 可以用通行密钥代表 ${view.department} 签署，至 ${view.until}`,
      en: `${view.personName} may sign for ${view.department} by passkey until ${view.until}`,
    });
  });
}

async function list({ department, ...options }: Options & { readonly department?: string }): Promise<void> {
  await asSteward(options, async (client) => {
    const mandates = await everyPage(
      getFrom(client),
      '/v1/mandates',
      { limit: '200', department },
      (page) => page['mandates'] as MandateList['mandates'],
    );
    if (options.json === true) data(JSON.stringify({ ok: true, mandates }));
    else dataLines(columns(mandates.map(rowOf)));
    talk({ zh: `${mandates.length} 份签署授权书`, en: `${mandates.length} mandates` });
  });
}

const rowOf = ({
  id,
  state,
  department,
  role,
  person,
  personName,
  datasets,
  until,
}: MandateView): string[] => [
  ...[id, translated('state', state), department, role ?? '–', `${personName} (${person})`],
  datasets === undefined ? '*' : datasets.join(' '),
  until ?? '–',
];

async function show(id: string, options: Options): Promise<void> {
  await asSteward(options, async (client) => {
    data(JSON.stringify(bodyOf(await client.get(`/v1/mandates/${pathSegment(id)}`)), undefined, 2));
  });
}

async function revoke(id: string, options: Options & { readonly reason: string }): Promise<void> {
  await asSteward(options, async (client) => {
    const { reason } = options;
    const revoked = bodyOf(await client.post(`/v1/mandates/${pathSegment(id)}/revocation`, { reason }));
    if (options.json === true) data(JSON.stringify({ ok: true, ...revoked }));
    talk({
      zh: `${id} 已撤销；凭它签署而尚未生效的文件须重新签署`,
      en: `${id} is revoked; what was signed by it and is not in force is to be signed anew`,
    });
  });
}

async function passkeys(options: Options): Promise<void> {
  await asSteward(options, async (client) => {
    const own = bodyOf(await client.get('/v1/passkeys')) as unknown as PasskeyList;
    if (options.json === true) data(JSON.stringify({ ok: true, ...own }));
    else dataLines(columns(own.passkeys.map(({ key, label, expires }) => [key, label, expires])));
    talk({
      zh: `人员编号 ${own.person}，控制台 ${own.console}，${own.passkeys.length} 个通行密钥`,
      en: `person ${own.person}, console ${own.console}, ${own.passkeys.length} passkeys`,
    });
  });
}
