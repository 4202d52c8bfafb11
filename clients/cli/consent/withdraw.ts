/** `datong consent withdraw`: as many steps as giving it, and it holds from the next answer on. */
import type { Command } from 'commander';
import { withProfile } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { keep, withClient, type ClientVerbOptions } from '../withClient.ts';

export function registerWithdraw(consent: Command): void {
  withProfile(consent.command('withdraw'))
    .description('撤回一份个人同意 / the person has withdrawn')
    .argument('<id>', 'id of the consent')
    .option('--save <folder>', 'keep request, reply and receipt there')
    .option('--json', 'the consent as it stands')
    .addHelpText('after', '\nExample:\n  $ datong consent withdraw meals-2026-0451 --as pub-security')
    .action(withdraw);
}

async function withdraw(id: string, options: ClientVerbOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { json, exchange, kept } = await client.withdrawConsent(id);
    await keep(options, kept);
    if (options.json === true) data(JSON.stringify({ ok: true, consent: json, exchange }));
    talk({
      zh: `同意 ${json.id} 已撤回，下一次答复起不再据此提供数据；交换 ${exchange}`,
      en: `consent ${json.id} is withdrawn: nothing leaves on it from the next answer on; exchange ${exchange}`,
    });
  });
}
