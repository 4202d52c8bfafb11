/** `datong consent list`: the consents of one person that concern this department. The look itself is logged. */
import { told } from '../told.ts';
import type { Command } from 'commander';
import { withProfile } from '../profile.ts';
import { columns } from '../textWidth.ts';
import type { ConsentView } from '../../sdk/consents.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { identifierFrom } from './identifier.ts';
import { provenHow } from './proven.ts';

export function registerList(consent: Command): void {
  withProfile(consent.command('list'))
    .description('查询某人与本部门有关的个人同意 / the consents of one person that concern your department')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  $ datong consent list --as education --person child.txt')
    .action(list);
}

async function list(options: ClientVerbOptions & { readonly person: string }): Promise<void> {
  const person = identifierFrom(options.person);
  await withClient(options, async (client) => {
    const { json, exchange } = await client.consents(person);
    if (options.json === true) {
      data(JSON.stringify({ ok: true, ...json, exchange }));
      return;
    }
    const rows = json.consents.map(consentRow);
    dataLines(columns(rows));
    talk({
      zh: `${rows.length} 份与本部门有关的同意；本次查询已留痕，交换 ${exchange}`,
      en: `${rows.length} consents concern your department; this look is logged, exchange ${exchange}`,
    });
  });
}

/** A consent as one line; at its end how she was proven who gave it on her own page. */
export function consentRow(one: ConsentView): readonly string[] {
  const { id, state, recipient, dataset, purposes, expires } = one;
  const proven = provenHow(one);
  return [
    ...[id, told('state', state), recipient, dataset, purposes.join(' '), expires],
    proven === undefined ? '' : say(proven),
  ];
}
