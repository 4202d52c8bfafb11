/** The first operator token, made where the hub's keys and database are: nobody can ask for it over the network. */
import type { Command } from 'commander';
import { openAuditLog } from '../../../hub/audit/openAuditLog.ts';
import { readConfig } from '../../../hub/config/readConfig.ts';
import { openIdentity } from '../../../hub/identity/openIdentity.ts';
import type { IssuedToken } from '../../../hub/identity/staffToken.ts';
import { openKeys } from '../../../hub/keys/openKeys.ts';
import { startDatabase } from '../../../hub/startDatabase.ts';
import { readHead } from '../../../hub/store/auditHead.ts';
import type { Database } from '../../../hub/store/database.ts';
import { migrate } from '../../../hub/store/migrate.ts';
import { listStaffTokens } from '../../../hub/store/staffTokens.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface BootstrapOptions {
  readonly config: string;
  readonly name: string;
  readonly days: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function registerBootstrap(admin: Command): void {
  admin
    .command('bootstrap')
    .description(
      '新枢纽的首个运维令牌（没有密钥时生成密钥） / the first operator token of a new hub (makes its keys where there are none)',
    )
    .option('--config <file>', 'configuration', 'hub.json')
    .option('--name <name>', 'of the operator', 'operator')
    .option('--days <number>', 'until the token expires, 1 to 366', wholeNumber(1, 366), 30)
    .option('--force', 'also where an operator token is in force: when it was lost')
    .option('--json', 'answer {id, token, expires} as JSON')
    .addHelpText('after', '\nExample:\n  datong admin bootstrap --config /etc/datong/hub.json --name 李工\n')
    .action(bootstrap);
}

async function bootstrap(options: BootstrapOptions): Promise<void> {
  const config = readConfig(options.config);
  const { database, stop } = await startDatabase(config);
  try {
    await migrate(database);
    await refuseSecond(database, options);
    const keys = await openKeys(config.keysDir, { create: await isNew(database), hubName: config.name });
    const audit = await openAuditLog({ database, keys, stateDir: config.stateDir });
    const identity = await openIdentity({ database, keys, audit, origin: config.publicOrigin });
    try {
      const request = { name: options.name, scopes: ['operator'], days: options.days };
      const issued = await identity.perform('bootstrap', { actor: { staff: 'hub' } }, (context) =>
        identity.issueToken(request, context),
      );
      tell(issued, options);
    } finally {
      identity.close();
      await audit.close();
    }
  } finally {
    await stop();
  }
}

/** Keys are made for a hub without history only: new keys beside an old log would orphan it. */
async function isNew(database: Database): Promise<boolean> {
  return (await readHead(database.app, false)).size === 0;
}

async function refuseSecond(database: Database, { force }: BootstrapOptions): Promise<void> {
  const now = database.now();
  const inForce = (await listStaffTokens(database.app)).find(
    (token) => token.revokedAt === null && token.expiresAt > now && token.scopes.includes('operator'),
  );
  if (inForce === undefined || force === true) return;
  throw new VerbFailure(
    exitCode.refused,
    {
      zh: `已有有效的运维令牌（${inForce.id}，${inForce.name}）`,
      en: `an operator token is in force (${inForce.id}, ${inForce.name})`,
    },
    {
      zh: '用它执行 datong admin token issue；确已遗失时加 --force，再吊销旧令牌',
      en: 'use it with datong admin token issue; where it is lost, add --force, then revoke the old one',
    },
  );
}

function tell(issued: IssuedToken, { json }: BootstrapOptions): void {
  if (json === true) data(JSON.stringify(issued));
  else data(issued.token);
  talk({
    zh: `运维令牌 ${issued.id}，有效至 ${issued.expires}；只显示这一次，请妥善保存`,
    en: `operator token ${issued.id}, until ${issued.expires}; it is shown this once, keep it safe`,
  });
}
