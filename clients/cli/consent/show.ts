/** `datong consent show`: one consent with all it says. It is asked for with its person, so that ids alone tell nobody anything; the look is logged. */
import type { Command } from 'commander';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { ConsentView } from '../../sdk/consents.ts';
import { told } from '../told.ts';
import { withProfile } from '../profile.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { identifierFrom } from './identifier.ts';
import { provenHow } from './proven.ts';

export function registerShow(consent: Command): void {
  withProfile(consent.command('show'))
    .description('查看一份个人同意的全部内容 / one consent with all it says')
    .argument('<id>', 'id of the consent')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong consent show meals-2026-0451 --as education --person child.txt',
    )
    .action(show);
}

async function show(id: string, options: ClientVerbOptions & { readonly person: string }): Promise<void> {
  const person = identifierFrom(options.person);
  await withClient(options, async (client) => {
    const { json, exchange } = await client.consents(person);
    const one = json.consents.find((consent) => consent.id === id);
    // no word on whether it is somebody else's, or another department's
    if (one === undefined) {
      throw new VerbFailure(exitCode.refused, {
        zh: `此人与本部门有关的同意中没有 ${id}；本次查询已留痕，交换 ${exchange}`,
        en: `no consent ${id} of this person concerns your department; this look is logged, exchange ${exchange}`,
      });
    }
    if (options.json === true) {
      data(JSON.stringify({ ok: true, consent: one, exchange }));
      return;
    }
    dataLines(consentLines(one).map(say));
    talk({
      zh: `本次查询已留痕，交换 ${exchange}`,
      en: `this look is logged, exchange ${exchange}`,
    });
  });
}

/** What it says, a line for each thing that it says at all. */
export function consentLines(one: ConsentView): readonly Bilingual[] {
  const lines = [
    ['同意', 'consent', `${one.id}  ${told('state', one.state)}`],
    ['提供部门', 'provider', one.provider],
    ['接收部门', 'recipient', one.recipient],
    ['采集部门', 'collected by', one.collectedBy],
    ['数据资源', 'dataset', one.dataset],
    ['使用场景', 'purposes', one.purposes.join(', ')],
    ['数据项', 'fields', one.fields.join(', ')],
    ['有效期', 'valid', `${one.notBefore} – ${one.expires}`],
    ['至多保存', 'kept at most', one.retention],
    ['可用次数', 'uses', one.maxUses === undefined ? undefined : String(one.maxUses)],
    ['告知书', 'notice', one.notice],
    ['核验身份的方式', 'identity proven', provenHow(one)],
    ['作出', 'given', one.givenAt],
    ['撤回', 'withdrawn', one.withdrawnAt],
  ] as const;
  return lines.flatMap(([zh, en, said]) => {
    if (said === undefined) return [];
    const text = typeof said === 'string' ? { zh: said, en: said } : said;
    return [{ zh: `${zh}：${text.zh}`, en: `${en}: ${text.en}` }];
  });
}
