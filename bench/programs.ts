/**
 * Programs that a bench starts in separate bundled processes: `programs.ts ORDER` (row.ts). A program sends 0 when it is ready. It answers
 * each number that it receives with a number.
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatNamed, readRecords } from '../adapters/formats.ts';
import { ThreadPool } from '../hub/flows/intake/translation/threads/threadPool.ts';
import { openAuditLog } from '../hub/log/openAuditLog.ts';
import { openDatabase } from '../hub/platform/database/database.ts';
import { openKeys } from '../hub/platform/keys/openKeys.ts';
import {
  translate,
  chunksOf,
  copybookFile,
  csvFile,
  dbfFile,
  fixedFile,
  hl7File,
  jsonFile,
  peopleCells,
  xmlFile,
  type SampleFile,
} from './adapterFiles.ts';
import { eventsPerSecond } from './append.ts';
import type { ProgramOrder } from './row.ts';
import { testHub } from '../tests/hub.ts';

const megabyte = 1024 * 1024;
const makers: Readonly<
  Record<string, (people: readonly (readonly string[])[], copies: number) => SampleFile>
> = {
  csv: csvFile,
  fixed: fixedFile,
  copybook: copybookFile,
  dbf: dbfFile,
  xml: xmlFile,
  hl7: hl7File,
  json: jsonFile,
};

/**
 * Bytes by which the process grows when it reads about 100 MB of a format after a small file.
 * @param workbooks a small and a large one; for other formats empty: both files are made in memory
 */
async function memoryGrowth(format: string, workbooks: readonly string[]): Promise<number> {
  const people = peopleCells(2_000);
  const [small, large] = workbooks;
  let peak = 0;
  const read = async (bytes: AsyncIterable<Uint8Array>, options: object): Promise<void> => {
    for await (const batch of readRecords(formatNamed(format), bytes, options)) {
      if (batch.bad.length > 0) throw new Error('bad records in a clean file');
      peak = Math.max(peak, process.memoryUsage.rss());
    }
  };
  const grownBy = async (first: () => Promise<void>, second: () => Promise<void>): Promise<number> => {
    await first(); // compiles the code and builds tables
    const before = process.memoryUsage.rss();
    peak = 0;
    await second();
    return peak - before;
  };
  if (small !== undefined && large !== undefined)
    return grownBy(
      () => read(createReadStream(small), {}),
      () => read(createReadStream(large), {}),
    );
  const make = makers[format];
  if (make === undefined) throw new Error(`no files of the format ${format}`);
  const smallFile = make(people, 1);
  const copies = Math.ceil((100 * megabyte) / smallFile.body.length);
  return grownBy(
    () => read(chunksOf(smallFile), smallFile.options),
    () => {
      const file = make(people, copies);
      return read(chunksOf(file, copies), file.options);
    },
  );
}

/** Prepares the program of an order. @returns the function that answers a number */
async function prepare(order: ProgramOrder): Promise<(number: number) => Promise<number>> {
  switch (order.program) {
    case 'append': {
      const keys = await openKeys(order.keysDir, { create: false, hubName: 'bench' });
      const database = await openDatabase(order.address, { connections: 10 });
      const log = await openAuditLog({ database, keys, stateDir: order.stateDir });
      return (milliseconds) =>
        eventsPerSecond((draft) => log.append(draft), order.callers, milliseconds, log.epoch());
    }
    case 'hub': {
      const database = await openDatabase(order.address, { connections: 10 });
      const { hub } = await testHub({
        ...{ database, keysDir: order.keysDir, jobsByTime: false },
        calls: { rate: 1e9, burst: 1e9 },
      });
      const port = Number(new URL(hub.origins.exchange).port);
      return (asked) => {
        const { user, system } = process.cpuUsage();
        return Promise.resolve(asked === 0 ? port : (user + system) / 1_000);
      };
    }
    case 'translate': {
      const pool = new ThreadPool();
      return async (rows) => {
        await translate(order.path, rows, pool);
        return rows;
      };
    }
    case 'read':
      return () => memoryGrowth(order.format, order.workbooks);
    case 'receive': {
      const server = createServer((request, response) => {
        request.resume().on('end', () => response.end('{}'));
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      return () => Promise.resolve(port);
    }
  }
}

const answer = await prepare(JSON.parse(process.argv[2] ?? '') as ProgramOrder);
process.send?.(0);
for (;;) {
  const [number] = (await once(process, 'message')) as [number];
  process.send?.(await answer(number));
}
