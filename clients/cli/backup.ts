/** `datong hub backup --out FILE`: every table in one snapshot, sealed with the backup key before it touches the disk. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Command } from 'commander';
import { configurationIn } from './configurationIn.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import { sealStream } from '../../hub/platform/keys/sealedStream.ts';
import { startDatabase } from '../../hub/startDatabase.ts';
import { writeDurably } from '../../machine/writeDurably.ts';
import { recordBackup } from '../../hub/platform/backup/lastBackup.ts';
import { backup } from '../../hub/platform/backup/store/backup.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { counted } from '../../terms/counted.ts';

interface BackupOptions {
  readonly out: string;
  readonly config: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('backup')
    .description(
      '把整个数据库写成封存的备份；其间枢纽可以照常服务 / write a sealed archive of the whole database; the hub can serve at the same time',
    )
    .requiredOption('-o, --out <file>', 'archive to write; never overwritten')
    .option('--config <file>', 'configuration', 'hub.json')
    .option('--json', 'answer {file, bytes} as JSON')
    .addHelpText(
      'after',
      '\nThe archive opens only with backup.key of the key folder, which is not part of it: store the key folder separately.' +
        '\n\nExample:\n  datong hub backup --out /backup/datong-$(date +%F).dtb',
    )
    .action(run);
}

async function run(options: BackupOptions): Promise<void> {
  const file = resolve(options.out);
  if (existsSync(file)) {
    throw new VerbFailure(exitCode.local, {
      zh: `文件 ${file} 已存在，不会覆盖`,
      en: `the file ${file} exists and is not overwritten`,
    });
  }
  const config = configurationIn(options.config, { writesState: false });
  const keys = await openKeys(config.keysDir, { create: false, hubName: config.name });
  const { database, stop } = await startDatabase(config);
  try {
    const archive = async function* (): AsyncGenerator<Uint8Array> {
      const packed = createGzip({ level: 1 });
      const packing = pipeline(Readable.from(backup(database, config.name), { objectMode: false }), packed);
      yield* sealStream(keys.backup, packed);
      await packing;
    };
    const begun = database.now();
    // a file of that name is a whole archive
    const bytes = await writeDurably(file, archive());
    // the archive is whole: that its time could not be noted does not fail it
    await recordBackup(config.stateDir, begun).catch((error: unknown) =>
      talk({
        zh: `备份已完成，但未能在状态目录中记下时间，监控看不到这次备份：${String(error)}`,
        en: `the archive is complete, but its time could not be written to the state folder, so monitoring does not see it: ${String(error)}`,
      }),
    );
    if (options.json === true) data(JSON.stringify({ file, bytes }));
    else
      talk({ zh: `已备份：${file}（${bytes} 字节）`, en: `backed up: ${file} (${counted(bytes, 'byte')})` });
  } finally {
    await stop();
  }
}
