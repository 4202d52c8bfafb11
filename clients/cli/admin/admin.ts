/** `datong hub`: commands for the operator of a hub. */
import type { Command } from 'commander';
import { registerCode, registerCertificate, registerRotateLogKey, registerAcceptClock } from './staffActs.ts';
import { registerBootstrap } from './bootstrap.ts';
import { registerPerson } from './person.ts';
import { registerSuspend } from './suspend.ts';
import { registerToken } from './token.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyFiles } from '../../../hub/platform/keys/createKeys.ts';
import { bodyOf } from '../approve/waiting.ts';
import { readBoundedText } from '../boundedFile.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';

/** `datong hub replace-authority`: installs at the hub what the root signed offline; two persons decide. */
interface ReplaceOptions extends StaffOptions {
  readonly from: string;
  readonly anotherRoot?: boolean;
  readonly reason: string;
  readonly json?: boolean;
}

function registerReplaceAuthority(admin: Command): void {
  withStaffToken(admin.command('replace-authority'))
    .description(
      '更换中间机构或根的吊销列表：采用离线签发的文件，须数据主管部门第二人同意 / another intermediate authority, or the root’s newer list: takes what was signed offline once a second person, of the data office, accepts',
    )
    .requiredOption('--from <folder>', 'what datong hub authority sign wrote')
    .requiredOption('--reason <text>', '事由 / why')
    .option('--another-root', 'of a root with another key, whose certificate is stored there too')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nCopy the new key to the key folder of every process before its first moment.' +
        '\n\nExample:\n  $ datong hub replace-authority --from /media/transfer --reason 到期更换 --as operator\n  $ datong review approve PROPOSAL --as security\n',
    )
    .action(replace);
}

const maxBytes = 65_536;

async function replace(options: ReplaceOptions): Promise<void> {
  const certificate = join(options.from, keyFiles.intermediateCertificate);
  const root = options.anotherRoot === true ? join(options.from, keyFiles.rootCertificate) : undefined;
  const body = {
    ...(root === undefined ? {} : { root: readBoundedText(root, maxBytes) }),
    ...(existsSync(certificate) ? { certificate: readBoundedText(certificate, maxBytes) } : {}),
    revocationList: readBoundedText(join(options.from, keyFiles.rootRevocationList), maxBytes),
    reason: options.reason,
  };
  await asSteward(options, async (client) => {
    printProposal(bodyOf(await client.post('/v1/authority', body)), options);
  });
}

export function register(program: Command): void {
  const admin = program
    .command('admin')
    .description(
      '新枢纽的头两个人、人员与角色、令牌、入网码、吊销、暂停与恢复、确认时钟、更换日志密钥与中间机构 / the first two persons of a new hub, persons and roles, tokens, enrolment codes, revocation, suspension and resumption, the clock, the key of the log, the intermediate authority',
    );
  registerBootstrap(admin);
  registerPerson(admin);
  registerToken(admin);
  registerCode(admin);
  registerCertificate(admin);
  registerSuspend(admin);
  registerAcceptClock(admin);
  registerRotateLogKey(admin);
  registerReplaceAuthority(admin);
}
