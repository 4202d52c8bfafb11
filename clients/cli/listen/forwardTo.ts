/** A copy that another program keeps: each answer is posted to it, and taken over when it says so. */
import { exitCode, VerbFailure } from '../verb.ts';
import { readWatermark, writeWatermark } from './keptWatermark.ts';
import type { CopyOf, LocalCopy } from './localCopy.ts';

/** ms until the other program must have answered */
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
    watermark: () => Promise.resolve(readWatermark(state, of)),
    async take({ begins, batch, changes, watermark }) {
      const { dataset, agreement } = of;
      const body = JSON.stringify({ dataset, agreement, watermark, begins, batch, changes });
      const status = await posted(url, body);
      if (status < 200 || status > 299) throw notTaken(`HTTP ${status}`);
      await writeWatermark(state, of, watermark);
    },
    close: () => Promise.resolve(),
  };
}

async function posted(url: URL, body: string): Promise<number> {
  try {
    const reply = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'manual' },
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(patience),
    });
    await reply.body?.cancel();
    return reply.status;
  } catch (error) {
    throw notTaken(error instanceof Error ? error.name : 'no answer');
  }
}

/** Personal data goes in the clear to this machine alone. */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  if (url !== undefined && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) return url;
  throw new VerbFailure(exitCode.usage, {
    zh: `--forward-to ${text}：应为 https 地址，或本机的 http 地址`,
    en: `--forward-to ${text}: an https address is wanted, or an http address of this machine`,
  });
}
