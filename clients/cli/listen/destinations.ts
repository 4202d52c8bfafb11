/** A copy as files: one JSON document a row, in a folder by the first two digits of its name. */
import { mkdirSync, rmSync, existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CopyOf, CopyPlace, LocalCopy } from './localCopy.ts';
import { formatVersion, isRefusedVersion, refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { Semaphore } from '../../../machine/semaphore.ts';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { syncFolder } from '../../../machine/writeNew.ts';

/** Files that are written at the same time: the disk confirms several at once. */
const writesAtOnce = 8;

export function copyInFolder(folder: string, of: CopyOf): LocalCopy {
  const state = join(folder, 'copy.json');
  const rows = join(folder, 'rows');
  const made = new Set<string>();
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  const shardOf = (row: string): string => join(rows, row.slice(0, 2));

  async function put(row: string, record: unknown): Promise<void> {
    const draft = join(shardOf(row), `${row}.new`);
    await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o600, flush: true });
    await rename(draft, join(shardOf(row), `${row}.json`));
  }

  /** The rows are on the disk before the watermark that counts them as applied. */
  async function store(changes: ReadonlyMap<string, unknown>): Promise<void> {
    const shards = new Set([...changes.keys()].map(shardOf));
    const isNew = [...shards].some((shard) => !made.has(shard));
    for (const shard of shards) mkdirSync(shard, { recursive: true, mode: 0o700 });
    const turns = new Semaphore(writesAtOnce);
    const written = await Promise.allSettled(
      [...changes].map(([row, record]) =>
        turns.run(() =>
          record === undefined ? rm(join(shardOf(row), `${row}.json`), { force: true }) : put(row, record),
        ),
      ),
    );
    const failed = written.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    for (const shard of shards) syncFolder(shard);
    if (isNew) for (const parent of [rows, folder]) syncFolder(parent);
    for (const shard of shards) made.add(shard);
  }

  return {
    place: () => Promise.resolve(readPlace(state, of)),
    async take({ begins, changes, watermark, resume }) {
      if (begins) {
        rmSync(rows, { recursive: true, force: true });
        made.clear();
      }
      await store(new Map(changes.map(({ row, record }) => [row, record])));
      await writePlace(state, of, { watermark, resume });
    },
    close: () => Promise.resolve(),
  };
}

/* A copy in another program: each answer is posted to it, and counts as stored when it confirms. */

/** milliseconds in which the other program must have answered */
const patience = 60_000;

/** It did not take the answer over: it is posted again. */
const notTaken = (why: string): VerbFailure =>
  new VerbFailure(exitCode.network, {
    zh: `--forward-to 的程序没有接收（${why}）`,
    en: `the program of --forward-to did not take it over (${why})`,
  });

/** @param state file of the watermark @throws VerbFailure where rows would travel unprotected */
export function forwardTo(address: string, state: string, of: CopyOf): LocalCopy {
  const url = addressOf(address);
  return {
    place: () => Promise.resolve(readPlace(state, of)),
    async take({ begins, batch, changes, watermark, resume }) {
      const { dataset, agreement } = of;
      const body = JSON.stringify({ dataset, agreement, watermark, begins, batch, changes });
      const status = await posted(url, body);
      if (status < 200 || status > 299) throw notTaken(`HTTP ${status}`);
      await writePlace(state, of, { watermark, resume });
    },
    close: () => Promise.resolve(),
  };
}

async function posted(url: URL, body: string): Promise<number> {
  try {
    const reply = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(patience),
    });
    await reply.body?.cancel();
    return reply.status;
  } catch (error) {
    throw notTaken(error instanceof Error ? error.name : 'no answer');
  }
}

/** Personal data is sent unencrypted to this machine only. */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  if (url !== undefined && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) return url;
  throw new VerbFailure(exitCode.usage, {
    zh: `--forward-to ${text}：应为 https 地址，或本机的 http 地址`,
    en: `--forward-to ${text}: an https address is wanted, or an http address of this machine`,
  });
}

/** A file with the identity of a copy, and the answer that was applied last. */
type Stored = CopyOf & CopyPlace & { readonly v?: number };

/** @throws VerbFailure where the file is of another copy */
function readPlace(path: string, of: CopyOf): CopyPlace | undefined {
  if (!existsSync(path)) return undefined;
  const stored = storedIn(path);
  const other = Object.entries(of).find(([name, value]) => stored?.[name as keyof CopyOf] !== value);
  if (stored !== undefined && other === undefined)
    return { watermark: stored.watermark, resume: stored.resume };
  throw new VerbFailure(
    exitCode.local,
    {
      zh: `${path} 不是这份数据的副本（${other?.[0] ?? 'JSON'} 不同）`,
      en: `${path} belongs to another copy (${other?.[0] ?? 'JSON'} differs)`,
    },
    { zh: '为每个数据资源和共享协议各用一处', en: 'use a separate place for each dataset and agreement' },
  );
}

/** Replaced atomically, on the disk before this returns, and readable by this user alone. */
async function writePlace(path: string, of: CopyOf, place: CopyPlace): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ v: formatVersion, ...of, ...place } satisfies Stored)}\n`);
}

function storedIn(path: string): Stored | undefined {
  const text = readFileSync(path, 'utf8');
  try {
    const stored = JSON.parse(text) as Stored; // compared member by member
    refuseLaterVersion(stored, path);
    return stored;
  } catch (error) {
    if (isRefusedVersion(error)) throw error;
    return undefined;
  }
}
