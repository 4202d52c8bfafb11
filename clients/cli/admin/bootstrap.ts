/** Invites the first two persons of a hub, on the machine with its keys and database: no request over the network can do this. */
import type { Command } from 'commander';
import { existsSync, readdirSync } from 'node:fs';
import { openAuditLog } from '../../../hub/log/openAuditLog.ts';
import { configurationIn } from '../configurationIn.ts';
import { openIdentity } from '../../../hub/identity/openIdentity.ts';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { openKeys } from '../../../hub/platform/keys/openKeys.ts';
import { startDatabase } from '../../../hub/startDatabase.ts';
import { readHead } from '../../../hub/log/store/head.ts';
import type { Database } from '../../../hub/platform/database/database.ts';
import { migrate } from '../../../hub/platform/database/migrate.ts';
import { listPersons, listRoleGrants } from '../../../hub/identity/store/persons.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { withHubExit } from '../hubExit.ts';
import { founderRoles, inviteFounders, type FounderInvitation } from './founders.ts';
import { defined } from '../../../terms/defined.ts';

interface BootstrapOptions {
  readonly config: string;
  readonly operator: string;
  readonly security: string;
  readonly force?: boolean;
  readonly authority?: string;
  readonly json?: boolean;
}

export function registerBootstrap(admin: Command): void {
  admin
    .command('bootstrap')
    .description(
      '邀请新枢纽的头两个人：运维与数据安全管理员（没有密钥时生成密钥） / invite the first two persons of a new hub (makes its keys where there are none)',
    )
    .option('--config <file>', 'configuration', 'hub.json')
    .option('--operator <name>', 'name of the operator', 'operator')
    .option('--security <name>', 'name of the security officer, another person', 'security')
    .option(
      '--authority <folder>',
      'with the files that datong hub authority made; the key of the root is then never stored on this machine',
    )
    .option('--force', 'also where the hub has an operator; for the case that every login was lost')
    .option('--json', 'answer {pin, persons: [{person, name, role, code, second, expires}]} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong hub bootstrap --config /etc/datong/hub.json --operator 李工 --security 王科\n',
    )
    .action(bootstrap);
}

async function bootstrap(options: BootstrapOptions): Promise<void> {
  const config = configurationIn(options.config);
  refuseSecondAuthority(config.keysDir, options);
  const { database, stop } = await startDatabase(config);
  try {
    await migrate(database);
    await refuseSecond(database, options);
    const keys = await withHubExit(async () =>
      openKeys(config.keysDir, {
        create: await isNew(database),
        hubName: config.name,
        ...defined({ authority: options.authority }),
      }),
    );
    const audit = await openAuditLog({ database, keys, stateDir: config.stateDir });
    const identity = await openIdentity({ database, keys, audit, origin: config.publicOrigin });
    try {
      const { operator, security } = options;
      const invited = await inviteFounders(identity, { operator, security });
      printInvitations(
        invited,
        { hub: config.openOrigin, pin: pinOf(keys.authority.rootCertificate) },
        options,
      );
    } finally {
      identity.close();
      await audit.close();
    }
  } finally {
    await stop();
  }
}

/** Whether the hub has no history. Only then are keys made: new keys would orphan an existing log. */
async function isNew(database: Database): Promise<boolean> {
  return (await readHead(database.app, false)).size === 0;
}

/** Existing keys have their authority: a second one would silently be ignored. */
function refuseSecondAuthority(keysDir: string, { authority }: BootstrapOptions): void {
  if (authority === undefined || !existsSync(keysDir) || readdirSync(keysDir).length === 0) return;
  throw new VerbFailure(
    exitCode.local,
    { zh: `${keysDir} 中已有密钥和签发机构`, en: `${keysDir} holds keys and an authority already` },
    {
      zh: '去掉 --authority；要更换中间机构见 docs/keys.md',
      en: 'leave --authority out; docs/keys.md describes how to replace the intermediate authority',
    },
  );
}

async function refuseSecond(database: Database, { force }: BootstrapOptions): Promise<void> {
  const operators = new Set(
    (await listRoleGrants(database.app)).flatMap(({ role, person, confirmedBy }) =>
      role === 'operator' && confirmedBy !== null ? [person] : [],
    ),
  );
  const [known] = (await listPersons(database.app)).filter(
    ({ id, state }) => state !== 'ended' && operators.has(id),
  );
  if (known === undefined || force === true) return;
  throw new VerbFailure(
    exitCode.refused,
    {
      zh: `已有运维人员（${known.id}，${known.name}）`,
      en: `there is an operator (${known.id}, ${known.name})`,
    },
    {
      zh: '由其执行 datong hub person invite；确已无人能登录时加 --force',
      en: 'ask that person to invite others with datong hub person invite; if no operator can log in any more, add --force',
    },
  );
}

function printInvitations(
  persons: readonly FounderInvitation[],
  { hub, pin }: { readonly hub: string; readonly pin: string },
  { json }: BootstrapOptions,
): void {
  if (json === true) data(JSON.stringify({ pin, persons }));
  for (const { name, code, second, expires, role } of persons) {
    if (json !== true)
      data(`datong client accept ${code} ${second} --hub ${hub} --pin ${pin} --login ${role}`);
    talk({
      zh: `${name}（${role}）：邀请 ${expires} 前有效，只显示这一次；枢纽启动后由本人执行`,
      en: `${name} (${role}): until ${expires}, shown only once; the person runs it themselves when the hub serves`,
    });
  }
  talk({
    zh: `${founderRoles.length} 人都加入之前，只提供使用场景 sandbox 的合成数据`,
    en: `until ${founderRoles.length} persons have accepted, the hub returns only invented rows, for the purpose sandbox`,
  });
}
