/** `datong hub replace-authority`: what the root signed offline comes to the hub, as two persons decide. */
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyFiles } from '../../../hub/platform/keys/createKeys.ts';
import { bodyOf } from '../approve/waiting.ts';
import { readBoundedText } from '../boundedFile.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { tellProposal } from '../subject/service.ts';

interface ReplaceOptions extends StaffOptions {
  readonly from: string;
  readonly anotherRoot?: boolean;
  readonly reason: string;
  readonly json?: boolean;
}

export function registerReplaceAuthority(admin: Command): void {
  withStaffToken(admin.command('replace-authority'))
    .description(
      '更换中间机构或根的吊销列表：采用离线签发的文件，须数据主管部门第二人同意 / another intermediate authority, or the root’s newer list: takes what was signed offline once a second person, of the data office, accepts',
    )
    .requiredOption('--from <folder>', 'what datong hub authority sign wrote')
    .requiredOption('--reason <text>', '事由 / why')
    .option('--another-root', 'of a root with another key, whose certificate lies there too')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nCopy the new key to the key folder of every process before its first moment.' +
        '\n\nExample:\n  $ datong hub replace-authority --from /media/transfer --reason 到期更换 --as operator\n  $ datong review approve PROPOSAL --as security\n',
    )
    .action(replace);
}

const mostBytes = 65_536;

async function replace(options: ReplaceOptions): Promise<void> {
  const certificate = join(options.from, keyFiles.intermediateCertificate);
  const root = options.anotherRoot === true ? join(options.from, keyFiles.rootCertificate) : undefined;
  const body = {
    ...(root === undefined ? {} : { root: readBoundedText(root, mostBytes) }),
    ...(existsSync(certificate) ? { certificate: readBoundedText(certificate, mostBytes) } : {}),
    revocationList: readBoundedText(join(options.from, keyFiles.rootRevocationList), mostBytes),
    reason: options.reason,
  };
  await asSteward(options, async (client) => {
    tellProposal(bodyOf(await client.post('/v1/authority', body)), options);
  });
}
