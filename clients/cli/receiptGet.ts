/** `datong audit receipt get EXCHANGE`: the receipt of one of one's own exchanges once more. */
import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { withProfile } from './profile.ts';
import { data } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';

interface GetOptions extends ClientVerbOptions {
  readonly output?: string;
}

export function registerGet(receipt: Command): void {
  withProfile(
    receipt
      .command('get')
      .argument('<exchange>', 'id of one of your own exchanges')
      .description('再次取得本部门某次交换的回执 / the receipt of an exchange of your department once more'),
  )
    .option('-o, --output <file>', 'write it there instead of printing it')
    .addHelpText('after', '\nExample:\n  datong audit receipt get 0193a5b0-… -o receipt.json\n')
    .action(get);
}

async function get(exchange: string, options: GetOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { json } = await client.receipt(exchange);
    const text = `${JSON.stringify(json, undefined, 2)}\n`;
    if (options.output === undefined) data(text);
    else writeFileSync(options.output, text, { mode: 0o600 });
  });
}
