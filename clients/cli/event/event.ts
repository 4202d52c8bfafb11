/** `datong event`: publishes events to a topic of one's own department. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { maxEventsOfCall, type PublishedEvent } from '../../sdk/events.ts';
import { readBoundedText } from '../boundedFile.ts';
import { withProfile } from '../profile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { keep, withClient, type ClientVerbOptions } from '../withClient.ts';

interface PublishOptions extends ClientVerbOptions {
  readonly topic: string;
}

const maxBytes = 1 << 20;

export function register(program: Command): void {
  const event = program.command('event').description('事件：发布 / events: publish');
  withProfile(event.command('publish'))
    .description('向本部门的主题发布事件 / publish events to a topic of your department')
    .argument('<file>', 'a CloudEvent, an array of them, or one a line; - for standard input')
    .requiredOption('--topic <id>', 'such as ecology.air-warnings')
    .option('--save <folder>', 'keep request, reply and receipt there')
    .option('--json', 'tell the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong event publish warning.json --topic ecology.air-warnings --as ecology
  $ tail -n 100 warnings.ndjson | datong event publish - --topic ecology.air-warnings --json

It is safe to publish a file again: an event that was stored before is counted as repeated.
Exit: 0 stored, 1 refused by the hub, 3 network, 4 the file.`,
    )
    .action(publish);
}

async function publish(file: string, options: PublishOptions): Promise<void> {
  const events = eventsIn(file === '-' ? readFileSync(0, 'utf8') : readBoundedText(file, maxBytes), file);
  await withClient(options, async (client) => {
    const answer = await client.events.publish(options.topic, events);
    await keep(options, answer.kept);
    const { stored, repeated } = answer.json;
    if (options.json === true) data(JSON.stringify({ ok: true, ...answer.json, exchange: answer.exchange }));
    talk({
      zh: `已发布 ${stored} 个事件${repeated === 0 ? '' : `，另有 ${repeated} 个此前已发布`}`,
      en: `${stored} events published${repeated === 0 ? '' : `; ${repeated} were published before`}`,
    });
  });
}

/** @throws VerbFailure (exit 4) for a file without events, or with more than go in one call; SyntaxError for what is no JSON */
function eventsIn(text: string, file: string): readonly PublishedEvent[] {
  const events = parsed(text);
  if (events.length > 0 && events.length <= maxEventsOfCall) return events;
  throw new VerbFailure(
    exitCode.local,
    {
      zh: `${file} 须有 1 至 ${maxEventsOfCall} 个事件，读到 ${events.length} 个`,
      en: `${file} needs 1 to ${maxEventsOfCall} events; ${events.length} were read`,
    },
    { zh: '分成几个文件，依次发布', en: 'split it and publish one file after the other' },
  );
}

/** One JSON value, or one a line. The hub checks what each of them is. */
function parsed(text: string): readonly PublishedEvent[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  try {
    const value = JSON.parse(trimmed) as PublishedEvent | readonly PublishedEvent[];
    return Array.isArray(value) ? (value as readonly PublishedEvent[]) : [value as PublishedEvent];
  } catch (error) {
    const lines = trimmed.split(/\r?\n/).filter((line) => line.trim() !== '');
    if (lines.length < 2) throw error;
    return lines.map((line) => JSON.parse(line) as PublishedEvent);
  }
}
