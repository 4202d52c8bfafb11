/** `datong review refuse ID`: refuses a proposal that waits for you, with a reason; or withdraws your own. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { asReviewer, bodyOf } from './waiting.ts';
import { pathSegment } from '../values.ts';

interface RefuseOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

/** RFC 7638 thumbprint */
const keyForm = /^[A-Za-z0-9_-]{43}$/;

export function register(program: Command): void {
  withStaffToken(
    program
      .command('refuse')
      .argument(
        '<id>',
        'of a proposal or a version of a schema, or thumbprint of a key, as datong inbox lists it',
      )
      .description(
        '拒绝一项提议、一个标准版本或一把密钥，或撤回自己的提议 / refuse a proposal, a version of a schema or a key, or take your own back',
      )
      .requiredOption('--reason <text>', 'shown to the proposer'),
  )
    .option('--json', 'answer {proposal, kind, name, state} as JSON')
    .addHelpText('after', "\nExample:\n  datong review refuse 0198f0c2-… --reason '与现行目录重复'\n")
    .action((id: string, { reason, json, ...options }: RefuseOptions) =>
      asReviewer(options, async (client) => {
        if (keyForm.test(id)) {
          const ended = bodyOf(await client.post(`/v1/signing-keys/${id}/refusal`, { reason }));
          if (json === true) data(JSON.stringify(ended));
          talk({ zh: `密钥 ${id} 已拒绝，其证书已吊销`, en: `the key ${id} and its certificates are ended` });
          return;
        }
        if (id.startsWith('urn:')) {
          const path = `/v1/schemas/${pathSegment(id)}/decision`;
          const returned = bodyOf(await client.post(path, { act: 'return', reason }));
          if (json === true) data(JSON.stringify(returned));
          talk({ zh: `${id} 已退回为草稿`, en: `${id} is returned: it is a draft again` });
          return;
        }
        const path = `/v1/proposals/${encodeURIComponent(id)}/refusal`;
        const decided = bodyOf(await client.post(path, { reason }));
        if (json === true) data(JSON.stringify(decided));
        const { kind, name, state } = decided as { kind: string; name: string; state: string };
        talk(
          state === 'withdrawn'
            ? { zh: `已撤回 ${kind} ${name}`, en: `${kind} ${name} is taken back` }
            : { zh: `已拒绝 ${kind} ${name}`, en: `${kind} ${name} is refused` },
        );
      }),
    );
}
