/** `datong rows check DATASET FACT`: one question about one subject, answered with yes, no or unknown. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { FactAnswer, FactQuestion, Scalar } from '../sdk/types.ts';
import { contextOf, withCallContext, type ContextOptions } from './callContext.ts';
import { withProfile } from './profile.ts';
import { data, talk } from './verb.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';

interface CheckOptions extends ClientVerbOptions, ContextOptions {
  readonly subject: string;
  readonly on?: string;
  readonly value?: string;
  readonly number?: boolean;
}

export function register(program: Command): void {
  withCallContext(withProfile(program.command('check')))
    .description(
      '核验：对一个主体问一个问题，只答 yes、no 或 unknown / ask one fact about one subject: yes, no or unknown',
    )
    .argument('<dataset>', 'such as pub-security.household')
    .argument('<fact>', 'a fact (核验项) of the agreement, such as school-age')
    .requiredOption('--subject <value>', 'identifier of the subject in full; - reads it from stdin')
    .option('--on <day>', 'YYYY-MM-DD, where the fact requires a day')
    .option('--value <text>', 'value to compare, where the fact requires one')
    .option('--number', 'the value is a number')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', '{ok, answer, exchange, index}')
    .addHelpText(
      'after',
      `
Examples:
  $ datong rows check pub-security.household school-age --as education --purpose school-enrolment --agreement agr-school-enrolment \\
      --on-behalf-of official-0317 --matter RX-2026-000451 --subject 990101…
  $ datong rows check hrss.social-insurance paid-in-month --as education --purpose school-enrolment --agreement agr-enrolment-insurance \\
      --on-behalf-of official-0317 --matter RX-2026-000451 --subject - --value 2026-05`,
    )
    .action(run);
}

async function run(dataset: string, fact: string, options: CheckOptions): Promise<void> {
  await withClient(options, async (client) => {
    const reply = await client.checkFact(dataset, fact, questionOf(options), contextOf(options));
    const { exchange } = reply;
    const { answer } = reply.json;
    const index = reply.check?.receipt?.proof.index;
    data(options.json === true ? JSON.stringify({ ok: true, answer, exchange, index }) : answer);
    await storeEvidence(options, reply.kept);
    const { zh, en } = answerTexts[answer];
    talk({
      zh: `${zh}；签名与回执已核验，日志第 ${index ?? '?'} 条，交换 ${exchange}`,
      en: `${en}; signature and receipt verified, entry ${index ?? '?'} of the log, exchange ${exchange}`,
    });
  });
}

const answerTexts: Readonly<Record<FactAnswer['answer'], Bilingual>> = {
  yes: { zh: '是', en: 'yes' },
  no: { zh: '否', en: 'no' },
  unknown: { zh: '不能确定', en: 'unknown' },
};

/** A subject of `-` is read from stdin, so that the identifier does not stay in the shell's history. */
function questionOf({ subject, on, value, number }: CheckOptions): FactQuestion {
  const compared: Scalar | undefined = value !== undefined && number === true ? Number(value) : value;
  return {
    subject: subject === '-' ? readFileSync(0, 'utf8').trim() : subject,
    ...defined({ on, value: compared }),
  };
}
