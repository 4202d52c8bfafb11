/**
 * `datong client conformance --client COMMAND|URL`: runs valid and invalid cases against any client or gateway, and reports each broken
 * rule.
 */
import type { Command } from 'commander';
import { withProfile } from '../profile.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { exitCode, reportFindings, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { clientCases } from './clientCases.ts';
import { gatewayCases } from './gatewayCases.ts';
import { playClient, type Played } from './playClient.ts';
import { playGateway } from './playGateway.ts';

interface ConformanceOptions extends ClientVerbOptions {
  readonly client: string;
  readonly only?: readonly string[];
  readonly atOnce: number;
}

export function register(program: Command): void {
  withProfile(program.command('conformance'))
    .description(
      '一致性测试：对任何客户端或网关演练好坏各种情形，指出违反哪条规则 / play good and bad cases against a client or a gateway, and say which rule it breaks',
    )
    .requiredOption(
      '--client <command|url>',
      'command that runs the client, or https:// address of a gateway',
    )
    .option('--only <case...>', 'only these cases')
    .option('--at-once <n>', 'cases at the same time', wholeNumber(1, 16), 4)
    .option('--json', '{ok, findings, cases}')
    .addHelpText(
      'after',
      `
Examples:
  $ datong client conformance --client 'python3 clients/examples/datong_client.py'
  $ datong client conformance --client https://hub.example:8443 --profile datong.json`,
    )
    .action((options: ConformanceOptions) => run(options));
}

async function run(options: ConformanceOptions): Promise<void> {
  const { client: command, atOnce } = options;
  const reported = ({ name, findings }: Played): void => {
    if (options.json !== true) talk(`${findings.length === 0 ? '✓' : '✗'} ${name}`);
  };
  if (/^https:\/\//.test(command)) {
    const cases = chosen(gatewayCases, options);
    const { origin } = new URL(command);
    await withClient(options, async (client, profile) => {
      const anchors = await client.anchors();
      printPlayed(await playGateway({ origin, profile, anchors, cases, onPlayed: reported }), options);
    });
  } else
    printPlayed(
      await playClient({ command, atOnce, cases: chosen(clientCases, options), onPlayed: reported }),
      options,
    );
}

function printPlayed(played: readonly Played[], options: ConformanceOptions): void {
  const n = played.length;
  reportFindings(
    played.flatMap(({ findings }) => findings),
    {
      json: options.json === true,
      failure: exitCode.refused,
      passed: { zh: `${n} 种情形全部通过`, en: `all ${n} cases pass` },
      facts: { cases: played.map(({ name, findings }) => ({ name, ok: findings.length === 0 })) },
    },
  );
}

/** @throws VerbFailure (exit 2) for a case that there is not */
function chosen<Case extends { readonly name: string }>(
  all: readonly Case[],
  { only }: ConformanceOptions,
): readonly Case[] {
  if (only === undefined) return all;
  const unknown = only.find((name) => !all.some((one) => one.name === name));
  if (unknown === undefined) return all.filter(({ name }) => only.includes(name));
  const known = all.map(({ name }) => name);
  throw new VerbFailure(
    exitCode.usage,
    { zh: `没有名为“${unknown}”的情形`, en: `there is no case "${unknown}"` },
    { zh: `可用：${known.join('、')}`, en: `known: ${known.join(', ')}` },
  );
}
