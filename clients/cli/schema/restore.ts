import type { Command } from 'commander';
import type { StaffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { pathSegment } from '../pathSegment.ts';
import type { StaffOptions } from '../profile.ts';
import { told } from '../told.ts';
import { data } from '../verb.ts';
import { withStaff } from './staffVerb.ts';

interface RestoreOptions extends StaffOptions {
  readonly json?: boolean;
  readonly reason: string;
}

/** `datong schema restore URN`: the text of an earlier version once more, as the newest of its major. */
export const register = (schema: Command): void =>
  withStaff<RestoreOptions>(
    schema
      .command('restore')
      .description(
        '以新版本恢复早先版本的文本，历史保留 / restore the text of an earlier version as a new one; history is kept',
      )
      .argument('<urn>', 'version of a schema at the hub whose text is restored')
      .requiredOption('--reason <text>', 'why; it stands in the log'),
    "datong schema restore urn:datong:household:1.0 --reason '1.1 版误加了数据项'",
    async (client, urn, { reason, json }) => {
      const { document } = bodyOf(await client.get(`/v1/schemas/${pathSegment(urn)}`)) as {
        readonly document: object;
      };
      const next = await nextVersion(client, urn);
      const waiver = { reason, restores: urn };
      const sent = bodyOf(
        await client.post('/v1/schemas', { document: { ...document, $id: next }, waiver }),
      ) as {
        readonly state?: string;
      };
      if (json === true) data(JSON.stringify(sent));
      else data(`${next}  ${told('state', sent.state ?? 'proposed')}`);
    },
  );

/** The urn behind the last one of the same major. */
async function nextVersion(client: StaffClient, urn: string): Promise<string> {
  const [, name = '', major = ''] = /^urn:datong:([a-z0-9-]+):(\d+)\.\d+$/.exec(urn) ?? [];
  const start = `urn:datong:${name}:${major}.`;
  let last = 0;
  let cursor: string | undefined;
  do {
    const asked = new URLSearchParams({ name, limit: '200', ...(cursor === undefined ? {} : { cursor }) });
    const page = bodyOf(await client.get(`/v1/schemas?${asked.toString()}`)) as {
      readonly schemas: readonly { readonly urn: string }[];
      readonly nextCursor?: string;
    };
    for (const one of page.schemas)
      if (one.urn.startsWith(start)) last = Math.max(last, Number(one.urn.slice(start.length)));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return `${start}${last + 1}`;
}
