/** `datong catalogue matter list|show|end`: the data office's register of matters (事项). `datong catalogue apply` registers them. */
import type { Command } from 'commander';
import { DatongRefusal, staffClient } from './apply/staffCall.ts';
import { openStaffAccess, withStaffToken, type StaffOptions } from './profile.ts';
import { printList, reading, text, title, withReader, type ReaderOptions } from './reading/reader.ts';
import { data, talk } from './verb.ts';

interface ListOptions extends ReaderOptions {
  readonly department?: string;
  readonly state?: string;
}

interface EndOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const matter = program
    .command('matter')
    .description('事项清单：查找、查看、终止 / the register of matters: search, show, end');
  withReader(
    matter
      .command('list')
      .description('按词语查找事项及其材料 / matters by words, with the papers they ask for')
      .argument('[words]', 'each must occur in its titles or codes or those of its papers'),
  )
    .option('--department <code>', 'matters that this department handles')
    .option('--state <state>', 'current or ended')
    .addHelpText('after', '\nExample:\n  datong catalogue matter list 入学 --state current\n')
    .action((q: string | undefined, { department, state, ...options }: ListOptions) =>
      printList(options, {
        path: '/v1/matters',
        member: 'matters',
        query: { q, department, state },
        line: (item) => [
          ...[text(item['code']), text(item['implementationCode']), title(item['title'])],
          (item['departments'] as readonly string[]).join(' '),
          (item['materials'] as readonly { title: unknown }[]).map((one) => title(one.title)).join(', '),
          ...(item['ended'] === undefined ? [] : ['ended']),
        ],
      }),
    );
  withReader(matter.command('show'))
    .description('一个事项的全部内容 / one matter, whole')
    .argument('<code>', 'code of the matter')
    .addHelpText('after', '\nExample:\n  datong catalogue matter show enrol-primary\n')
    .action((code: string, options: ReaderOptions) =>
      reading(options, async (get) => {
        const shown = await get(`/v1/matters/${encodeURIComponent(code)}`);
        data(JSON.stringify(shown, undefined, options.json === true ? undefined : 2));
      }),
    );
  withStaffToken(
    matter
      .command('end')
      .argument('<code>', 'code of the matter')
      .description('终止事项；由另一人确认 / end a matter; another person accepts')
      .requiredOption('--reason <text>', 'stored with the matter'),
  )
    .option('--json', 'answer as JSON')
    .addHelpText('after', "\nExample:\n  datong catalogue matter end enrol-primary --reason '已并入一件事'\n")
    .action(end);
}

async function end(code: string, { reason, json, ...access }: EndOptions): Promise<void> {
  const client = staffClient(openStaffAccess(access, 'operator'));
  try {
    const reply = await client.post(`/v1/matters/${encodeURIComponent(code)}/ending`, { reason });
    if (reply.status >= 400) throw new DatongRefusal(reply);
    if (json === true) data(JSON.stringify(reply.body));
    const { proposal } = reply.body as { proposal?: string };
    talk(
      proposal === undefined
        ? { zh: `事项 ${code} 早已终止`, en: `matter ${code} has ended before` }
        : {
            zh: `待另一人确认：datong review approve ${proposal}`,
            en: `waits for another person: datong review approve ${proposal}`,
          },
    );
  } finally {
    client.close();
  }
}
